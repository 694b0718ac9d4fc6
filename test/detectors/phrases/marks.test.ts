import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPhrase, PhraseMarks } from '../../../src/detectors/phrases/marks.ts'
import { createPatternCompiler } from '../../../src/detectors/phrases/pattern.ts'
import { createVocabulary } from '../../../src/detectors/phrases/phrase-trie.ts'

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
const phrases = fc.array(phrase, { minLength: 1, maxLength: 5 })
const rules = fc.array(fc.record({ mark: fc.constantFrom('one', 'two', 'three'), phrases }), { maxLength: 6 })
const text = fc.array(fc.oneof(word, fc.constant('x')), { maxLength: 14 })

it('tells of each mark the first place in the text where one of its phrases stands, and of no other mark', () => {
  fc.assert(
    fc.property(rules, text, fc.nat(14), fc.nat(14), (given, words, one, other) => {
      const vocabulary = createVocabulary()
      const compile = createPatternCompiler({}, vocabulary)
      const compiled = given.map(({ mark, phrases }) => ({
        mark,
        pattern: compile(`(${phrases.join('|')})`),
      }))
      const marks = new PhraseMarks<string>(compiled, vocabulary)
      const ids = Int32Array.from(words, (each) => vocabulary.idOf(each))
      const [from, to] = [Math.min(one, other, words.length), Math.min(Math.max(one, other), words.length)]

      const expected = new Map<string, number>()
      for (let start = from; start < to; start++)
        for (const { mark, phrases } of given)
          if (phrases.some((each) => `${words.slice(start, to).join(' ')} `.startsWith(`${each} `)))
            if (!expected.has(mark)) expected.set(mark, start)
      const found = new Map<string, number>()
      marks.find(ids, from, to, found)
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    }),
  )
})

it('keeps a place that was found before it', () => {
  const vocabulary = createVocabulary()
  const pattern = createPatternCompiler({}, vocabulary)('(b c|c)')
  const marks = new PhraseMarks([{ mark: 'one', pattern }], vocabulary)
  const ids = Int32Array.from(['x', 'b', 'c'], (each) => vocabulary.idOf(each))
  const found = new Map([['one', 0]])
  marks.find(ids, 0, 3, found)
  expect(found.get('one')).toBe(0)
  found.set('one', 2)
  marks.find(ids, 0, 3, found)
  expect(found.get('one')).toBe(1)
})

it('takes phrases alone', () => {
  const vocabulary = createVocabulary()
  const compile = createPatternCompiler({}, vocabulary)
  expect(isPhrase(compile('(a b|c)'))).toBe(true)
  for (const source of ['a ~2 b', 'a b', '(a|b)?']) {
    expect(isPhrase(compile(source))).toBe(false)
    expect(() => new PhraseMarks([{ mark: 'one', pattern: compile(source) }], vocabulary)).toThrow('phrases')
  }
})
