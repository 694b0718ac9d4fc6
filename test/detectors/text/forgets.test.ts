import { expect, it } from 'vitest'
import { Folder } from '../../../src/detectors/text/fold.ts'
import { Tokens } from '../../../src/detectors/text/tokens.ts'
import { crisisReading, textsOf } from '../read-words.ts'

const secret = 'My name is Maria and I live in Elm Street. '

it.each(['in plain letters', 'with an é in it'])('keeps nothing of a text that was read, %s', (how) => {
  const folder = new Folder()
  const { units } = folder.fold(how === 'in plain letters' ? secret : `${secret}é`)
  expect(units.some((unit) => unit !== 0)).toBe(true)
  folder.forget()
  expect(units.every((unit) => unit === 0)).toBe(true)
  expect(folder.fold('').length).toBe(0)
})

it('keeps no room for a very long text', () => {
  const folder = new Folder()
  expect(folder.fold('a'.repeat(100_000)).units.length).toBeGreaterThan(100_000)
  folder.forget()
  expect(folder.fold('a').units.length).toBeLessThan(10_000)
})

it('lets go of words that are too long for a book', () => {
  const { book } = crisisReading()
  const tokens = new Tokens<ReturnType<typeof book.of>>({
    units: new Uint16Array(1),
    length: 0,
    origins: undefined,
  })
  tokens.add(book.of('averyveryverylongwordthatsaysmuch'), 0, 33, 0, 0, 0)
  tokens.forget()
  expect(textsOf(tokens)).toEqual([])
  expect(tokens.words).toEqual([])
})
