import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LinearModel, sumWords } from '../../../src/detectors/text/linear-model.ts'
import { hashWords } from '../../../src/detectors/text/ngrams.ts'
import { tokenize } from '../../../src/detectors/text/tokens.ts'
import { createWordSummer } from '../../../src/detectors/text/word-sums.ts'

const bucketBits = 8
const model = (heads: number): LinearModel => ({
  bucketBits,
  heads: Array.from({ length: heads }, (_, head) => `head ${head}`),
  weights: Int8Array.from({ length: heads << bucketBits }, (_, at) => ((at * 37) % 255) - 127),
  scales: new Array<number>(heads).fill(0.01),
  biases: new Array<number>(heads).fill(0),
})
const classes = new Map([
  ['die', [1]],
  ['i', [2, 3]],
  ['want', [4]],
])
const text = fc.array(fc.constantFrom('i', 'want', 'die', 'to', 'unforgettable-things', '.', 'Ärger'), {
  maxLength: 40,
})

it.each([8, 3])('remembered words weigh what they weigh when they are worked out, with %i heads', (heads) => {
  const trained = model(heads)
  const summer = createWordSummer(trained, classes)
  fc.assert(
    fc.property(text, fc.nat(3), (words, count) => {
      const tokens = tokenize(words.join(' '))
      const extras = Array.from({ length: Math.min(count, tokens.words.length) }, (_, at) => ({
        word: at,
        name: `found ${at}`,
      }))
      expect(summer.sum(tokens, extras)).toEqual(
        sumWords(trained, hashWords(tokens, bucketBits, extras, classes)),
      )
    }),
  )
})
