import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LinearModel, sumWords } from '../../../src/detectors/text/linear-model.ts'
import { hashWords } from '../../../src/detectors/text/ngrams.ts'
import { wordSummers } from '../../../src/detectors/text/word-sums.ts'
import { weighedReader } from './weighed-reader.ts'

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
  const sum = wordSummers(trained)()
  const tokenizer = weighedReader(trained, classes)
  fc.assert(
    fc.property(text, fc.nat(3), (words, count) => {
      const tokens = tokenizer.read(words.join(' '))
      const extras = Array.from({ length: Math.min(count, tokens.length) }, (_, at) => ({
        word: at,
        name: `found ${at}`,
      }))
      const expected = sumWords(trained, hashWords(tokens, bucketBits, extras))
      const { sums, counts } = sum(tokens, extras)
      expect(sums.slice(0, expected.sums.length)).toEqual(expected.sums)
      expect(counts.slice(0, tokens.length + 1)).toEqual(expected.counts)
    }),
  )
})
