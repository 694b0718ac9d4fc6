import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { hashString } from '../../../src/detectors/text/hash.ts'
import { createWordBook, type Word, type WordBook } from '../../../src/detectors/text/word-book.ts'

const describeWord = (text: string, hash: number): Word => ({ text, hash, id: text.length })
const unitsOf = (text: string) => Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
const find = (written: string, book: WordBook) =>
  book.find(unitsOf(written), 0, written.length, hashString(written.replaceAll("'", '')))

describe('a book of words', () => {
  it('gives each word as it is read, whatever was met before', () => {
    const book = createWordBook(describeWord)
    const written = fc.string({ unit: fc.constantFrom('a', 'b', "'", 'é'), minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(written.filter((word) => !/''|^'|'$/.test(word))), (words) => {
        for (const word of words) {
          const text = word.replaceAll("'", '')
          expect(find(word, book)).toEqual({ text, hash: hashString(text), id: text.length })
          expect(book.of(text).text).toBe(text)
        }
      }),
    )
  })

  it('tells two words apart that have one hash', () => {
    const book = createWordBook(describeWord)
    const units = unitsOf('treeloss')
    expect([book.find(units, 0, 4, 7).text, book.find(units, 4, 8, 7).text]).toEqual(['tree', 'loss'])
    expect([book.find(units, 0, 4, 7).text, book.find(units, 4, 8, 7).text]).toEqual(['tree', 'loss'])
  })

  it('works a word out once, and each time one so long that it hardly comes again', () => {
    const work = vi.fn(describeWord)
    const book = createWordBook(work)
    const long = 'unforgettably'.repeat(2)
    for (const word of ['tree', 'tree', long, long]) expect(find(word, book).text).toBe(word)
    expect(work.mock.calls.map(([word]) => word)).toEqual(['tree', long, long])
  })

  it('keeps common words through a flood of made-up ones, whose number is bounded', () => {
    const work = vi.fn(describeWord)
    const book = createWordBook(work)
    for (let at = 0; at < 30_000; at++) {
      book.of('tree')
      book.of(`w${at}`)
    }
    expect(work.mock.calls.filter(([word]) => word === 'tree')).toHaveLength(1)
    work.mockClear()
    book.of('w0')
    expect(work).toHaveBeenCalledOnce()
  })

  it('is not slowed by words that want one place: what finds none is worked out each time', () => {
    const work = vi.fn(describeWord)
    const book = createWordBook(work)
    const letters = 'abcdefghijklmnopqrstuvwxyz'
    const units = unitsOf(letters)
    for (let round = 0; round < 2; round++)
      for (let at = 0; at < 26; at++) expect(book.find(units, at, at + 1, 7).text).toBe(letters[at])
    expect(work.mock.calls.length).toBeLessThanOrEqual(2 * 26)
  })
})
