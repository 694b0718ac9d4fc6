import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTextHash } from '../../../src/detectors/crisis/text-hash.ts'

it('names a text the same each time, and two texts differently', () => {
  const hashText = createTextHash()
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      expect(hashText(one)).toBe(hashText(one))
      if (one !== other) expect(hashText(one)).not.toBe(hashText(other))
    }),
  )
})

it('tells long texts apart that differ in one letter, wherever it stands', () => {
  const hashText = createTextHash()
  const text = 'I have been thinking about it for a long while. '.repeat(200)
  const names = new Set(
    Array.from({ length: 500 }, (_, at) => hashText(`${text.slice(0, at * 19)}*${text.slice(at * 19 + 1)}`)),
  )
  expect(names.size).toBe(500)
})

it('gives other names in another process, so that nobody can prepare a text that bears the name of another', () => {
  expect(createTextHash()('I want to die')).not.toBe(createTextHash()('I want to die'))
})
