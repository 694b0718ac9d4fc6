import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createGrammar } from '../../../src/detectors/crisis/grammar.ts'
import { createRepairer, isOrdinaryWord, repair } from '../../../src/detectors/text/repair.ts'
import { tokenize } from '../../../src/detectors/text/tokens.ts'
import { remembered, type WordFacts } from '../../../src/detectors/text/word-facts.ts'

const { vocabulary } = createGrammar()
const repairer = createRepairer(vocabulary.words(), (word) => vocabulary.idOf(word) > 0)
const lookUp = remembered(
  (word): WordFacts => ({
    id: vocabulary.idOf(word),
    correction: repairer.correct(word),
    isOrdinary: isOrdinaryWord(word, repairer),
    hash: 0,
    about: [],
    sums: [],
    count: 0,
  }),
)
const pieces = [
  'i',
  'want',
  'k',
  '1',
  'k1ll',
  'su*cide',
  '!',
  'my',
  'self',
  'dieeee',
  'iwanttodie',
  '.',
  '-',
  'tree',
]
const text = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(' ', ' ', '', '. ')), { maxLength: 20 })
  .map((parts) => parts.flat().join(''))

describe('facts about words', () => {
  it('change nothing in what a text is read as', () => {
    fc.assert(
      fc.property(text, (written) => {
        const tokens = tokenize(written)
        const known = { ...tokens, facts: tokens.words.map(lookUp) }
        const { facts, ...read } = repair(known, repairer, lookUp)
        expect(read).toEqual(repair(tokens, repairer))
        expect(facts?.map(({ id }) => id)).toEqual(read.words.map((word) => vocabulary.idOf(word)))
      }),
    )
  })

  it('are worked out once for a word, and each time for one so long that it hardly comes again', () => {
    const work = vi.fn((word: string) => word.length)
    const get = remembered(work)
    const long = 'unforgettably'.repeat(2)
    for (const word of ['tree', 'tree', 'unforgettably', 'unforgettably', long, long])
      expect(get(word)).toBe(word.length)
    expect(work.mock.calls.map(([word]) => word)).toEqual(['tree', 'unforgettably', long, long])
  })

  it('of common words outlive a flood of made-up ones, whose number is bounded', () => {
    const work = vi.fn((word: string) => word.length)
    const get = remembered(work)
    for (let at = 0; at < 30_000; at++) {
      get('tree')
      get(`w${at}`)
    }
    expect(work.mock.calls.filter(([word]) => word === 'tree')).toHaveLength(1)
    work.mockClear()
    get('w0')
    expect(work).toHaveBeenCalledWith('w0')
  })
})
