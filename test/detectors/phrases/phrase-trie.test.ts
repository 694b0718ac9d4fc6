import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createVocabulary } from '../../../src/detectors/phrases/phrase-trie.ts'

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const phrase = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '))

it('finds the phrases that stand in a text, and no others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(phrase, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.oneof(word, fc.constant('x')), { maxLength: 12 }),
      (lists, text) => {
        const vocabulary = createVocabulary()
        const tries = lists.map((phrases) => vocabulary.tries.of(phrases.join('|')))
        const ids = Int32Array.from(text, (each) => vocabulary.idOf(each))
        const stands = (phrases: string[], from: number, to: number) =>
          phrases.includes(text.slice(from, to).join(' '))
        lists.forEach((phrases, list) => {
          const trie = tries[list] ?? -1
          for (let from = 0; from < text.length; from++) {
            const ends = text.map((_, at) => at + 1).filter((to) => to > from)
            expect(vocabulary.tries.starts(trie, ids, from, text.length)).toBe(
              ends.some((to) => stands(phrases, from, to)),
            )
            for (const to of ends)
              expect(vocabulary.tries.fills(trie, ids, from, to)).toBe(stands(phrases, from, to))
          }
        })
      },
    ),
  )
})

it('keeps what it was given first when much is added', () => {
  const { tries, idOf } = createVocabulary()
  const first = tries.of('i want|i wish')
  tries.of(Array.from({ length: 2_000 }, (_, at) => `word${at} follows word${at + 1}`).join('|'))
  const ids = Int32Array.from(['i', 'wish', 'word7', 'follows', 'word8'], (word) => idOf(word))
  expect(tries.fills(first, ids, 0, 2)).toBe(true)
})
