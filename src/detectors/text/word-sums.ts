import type { LinearModel, RunningSums } from './linear-model.ts'
import {
  addExtra,
  addOwnBuckets,
  type ExtraFeature,
  extraRepeats,
  groupByWord,
  hashString,
  maxNeighbourBuckets,
  maxOwnBuckets,
  NeighbourHasher,
  type WordClasses,
} from './ngrams.ts'
import { Break, type Tokens } from './tokens.ts'

/** Gives the same sums as `sumWords` over `hashWords`, but remembers what a word weighs by itself. */
export interface WordSummer {
  sum(tokens: Tokens, extras: readonly ExtraFeature[]): RunningSums
}

/** What one word brings along wherever it stands. */
interface KnownWord {
  hash: number
  about: readonly number[]
  /** Raw weights by head, and of how many features. */
  sums: Int32Array
  count: number
}

/** Enough for the words that people use. A longer slice would keep the whole message alive in memory (V8). */
const maxKnownWords = 20_000
const maxKnownUnits = 12
const noNumbers: readonly number[] = []

export function createWordSummer(model: LinearModel, classes: WordClasses): WordSummer {
  const known = new Map<string, KnownWord>()
  const mask = (1 << model.bucketBits) - 1
  const heads = model.heads.length
  const own = new Int32Array(maxOwnBuckets)

  const lookUp = (word: string): KnownWord => {
    const found = known.get(word)
    if (found !== undefined) return found
    const hash = hashString(word)
    const count = addOwnBuckets(word, hash, own, 0, mask)
    const made = { hash, about: classes.get(word) ?? noNumbers, sums: new Int32Array(heads), count }
    addWeights(model, own, count, made.sums)
    if (known.size < maxKnownWords && word.length <= maxKnownUnits) known.set(word, made)
    return made
  }
  return { sum: (tokens, extras) => sumTokens(tokens, extras, model, mask, lookUp) }
}

function sumTokens(
  { words, breaks }: Tokens,
  extras: readonly ExtraFeature[],
  model: LinearModel,
  mask: number,
  lookUp: (word: string) => KnownWord,
): RunningSums {
  const heads = model.heads.length
  const sums = new Int32Array((words.length + 1) * heads)
  const counts = new Int32Array(words.length + 1)
  const extraByWord = groupByWord(extras)
  const neighbours = new NeighbourHasher(mask)
  const total = new Int32Array(heads)
  let buckets = new Int32Array(maxNeighbourBuckets)
  for (let at = 0; at < words.length; at++) {
    const word = lookUp(words[at] ?? '')
    let length = neighbours.add(word.hash, word.about, breaks[at] === Break.sentence, buckets, 0)
    const found = extraByWord.get(at)
    if (found !== undefined) {
      const room = maxNeighbourBuckets + found.length * extraRepeats
      if (room > buckets.length) {
        const larger = new Int32Array(room)
        larger.set(buckets)
        buckets = larger
      }
      for (const name of found) length = addExtra(name, buckets, length, mask)
    }
    addWeights(model, buckets, length, total)
    const row = (at + 1) * heads
    for (let head = 0; head < heads; head++) {
      const sum = (total[head] ?? 0) + (word.sums[head] ?? 0)
      total[head] = sum
      sums[row + head] = sum
    }
    counts[at + 1] = (counts[at] ?? 0) + word.count + length
  }
  return { heads, sums, counts }
}

/** Adds the weights of the first `count` buckets to `into`. */
function addWeights({ weights }: LinearModel, buckets: Int32Array, count: number, into: Int32Array): void {
  const heads = into.length
  for (let feature = 0; feature < count; feature++) {
    const row = (buckets[feature] ?? 0) * heads
    for (let head = 0; head < heads; head++) into[head] = (into[head] ?? 0) + (weights[row + head] ?? 0)
  }
}
