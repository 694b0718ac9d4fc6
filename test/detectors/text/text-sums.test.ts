import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LinearModel, sumWords } from '../../../src/detectors/text/linear-model.ts'
import { hashWords } from '../../../src/detectors/text/ngrams.ts'
import { createTextSummer } from '../../../src/detectors/text/text-sums.ts'
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
  maxLength: 300,
})

it.each([13, 4, 1])(
  'a text weighs as much as all of its words and what was found in it, with %i heads',
  (heads) => {
    const trained = model(heads)
    const sum = createTextSummer(trained)
    const tokenizer = weighedReader(trained, classes)
    fc.assert(
      fc.property(text, fc.nat(3), (parts, count) => {
        const tokens = tokenizer.read(parts.join(' '))
        const words = tokens.length
        const extras = Array.from({ length: Math.min(count, words) }, (_, at) => ({
          word: at,
          name: `found ${at}`,
        }))
        const running = sumWords(trained, hashWords(tokens, bucketBits, extras))
        const { sums, features } = sum(tokens, extras)
        expect(features).toBe(running.counts[words])
        expect(Array.from(sums).slice(0, heads)).toEqual([...running.sums.slice(words * heads)])
      }),
    )
  },
)
