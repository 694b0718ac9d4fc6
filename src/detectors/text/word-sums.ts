import { type LinearModel, type RunningSums, sumWords } from './linear-model.ts'
import {
  aboutNothing,
  addOwnBuckets,
  type ClassedWord,
  type ExtraFeature,
  extraBucket,
  extraRepeats,
  groupByWord,
  hashWords,
  maxNeighbourBuckets,
  maxOwnBuckets,
  NeighbourHasher,
  type WordClasses,
} from './ngrams.ts'
import { Break, type Tokens } from './tokens.ts'

/** A word with what it brings along wherever it stands. */
export interface WeighedWord extends ClassedWord {
  /** Raw weights by head, and of how many features. */
  readonly sums: readonly number[]
  readonly count: number
}

/** Gives the same sums as `sumWords` over `hashWords`, faster. They are used again for the summer's next text. */
export type WordSummer = (tokens: Tokens<WeighedWord>, extras: readonly ExtraFeature[]) => RunningSums

/** Makes summers, each with sums of its own. */
export function wordSummers(model: LinearModel): () => WordSummer {
  if (model.heads.length !== packedHeads) {
    return () => (tokens, extras) => sumWords(model, hashWords(tokens, model.bucketBits, extras))
  }
  const mask = (1 << model.bucketBits) - 1
  const packed = packEight(model.weights)
  return () => {
    const neighbours = new NeighbourHasher(mask)
    let running = roomFor(startWords)
    return (tokens, extras) => {
      if (running.counts.length <= tokens.length) running = roomFor(tokens.length * 2)
      neighbours.begin()
      sumTokens(tokens, extras, { model, packed, neighbours, running })
      return running
    }
  }
}

const startWords = 128

function roomFor(words: number): RunningSums {
  return {
    heads: packedHeads,
    sums: new Int32Array((words + 1) * packedHeads),
    counts: new Int32Array(words + 1),
  }
}

/** Works out what a word brings along wherever it stands. */
export function createWordScale(
  model: LinearModel,
  classes: WordClasses,
): (text: string, hash: number) => Pick<WeighedWord, 'about' | 'sums' | 'count'> {
  const mask = (1 << model.bucketBits) - 1
  const own = new Int32Array(maxOwnBuckets)
  return (text, hash) => {
    const count = addOwnBuckets(text, hash, own, 0, mask)
    return { about: classes.get(text) ?? aboutNothing, sums: weightsOf(model, own, count), count }
  }
}

const packedHeads = 8

/** The weights of something found, as often as it counts. */
function weighExtra(name: string, { weights, heads, bucketBits }: LinearModel): number[] {
  const row = extraBucket(name, (1 << bucketBits) - 1) * heads.length
  return heads.map((_, head) => (weights[row + head] ?? 0) * extraRepeats)
}

function weightsOf({ weights, heads }: LinearModel, buckets: Int32Array, count: number): number[] {
  const sums = new Array<number>(heads.length).fill(0)
  for (let at = 0; at < count; at++) {
    const row = (buckets[at] ?? 0) * sums.length
    for (let head = 0; head < sums.length; head++) sums[head] = (sums[head] ?? 0) + (weights[row + head] ?? 0)
  }
  return sums
}

/**
 * The eight weights of a bucket in two numbers, each weight one byte and 128 too high, so that four are added at once:
 * bytes 0 and 2 in one sum, bytes 1 and 3 in another, sixteen bits apart. Good for `maxNeighbourBuckets` at a time.
 */
function packEight(weights: Int8Array): Int32Array {
  const packed = new Int32Array(weights.length / 4)
  for (let at = 0; at < packed.length; at++) {
    let four = 0
    for (let byte = 3; byte >= 0; byte--) four = (four << 8) | ((weights[at * 4 + byte] ?? 0) + offset)
    packed[at] = four
  }
  return packed
}

const offset = 128
const evenBytes = 0x00ff00ff
interface SumParts {
  model: LinearModel
  packed: Int32Array
  neighbours: NeighbourHasher
  running: RunningSums
}

function sumTokens(
  { words, length: wordCount, breaks }: Tokens<WeighedWord>,
  extras: readonly ExtraFeature[],
  { model, packed, neighbours, running: { sums, counts } }: SumParts,
): void {
  const extraByWord = extras.length === 0 ? undefined : groupByWord(extras)
  // One variable a head: this is the innermost loop of the crisis detector, and memory would be slower.
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let at = 0; at < wordCount; at++) {
    const word = words[at]
    if (word === undefined) continue
    const length = neighbours.add(word.hash, word.about, breaks[at] === Break.sentence, buckets, 0)
    let [even, odd, evenHigh, oddHigh] = [0, 0, 0, 0]
    for (let place = 0; place < length; place++) {
      const bucket = (buckets[place] ?? 0) * 2
      const low = packed[bucket] ?? 0
      const high = packed[bucket + 1] ?? 0
      even += low & evenBytes
      odd += (low >>> 8) & evenBytes
      evenHigh += high & evenBytes
      oddHigh += (high >>> 8) & evenBytes
    }
    const tooHigh = length * offset
    const own = word.sums
    a += (own[0] ?? 0) + (even & 0xffff) - tooHigh
    b += (own[1] ?? 0) + (odd & 0xffff) - tooHigh
    c += (own[2] ?? 0) + (even >>> 16) - tooHigh
    d += (own[3] ?? 0) + (odd >>> 16) - tooHigh
    e += (own[4] ?? 0) + (evenHigh & 0xffff) - tooHigh
    f += (own[5] ?? 0) + (oddHigh & 0xffff) - tooHigh
    g += (own[6] ?? 0) + (evenHigh >>> 16) - tooHigh
    h += (own[7] ?? 0) + (oddHigh >>> 16) - tooHigh
    const found = extraByWord?.get(at) ?? noNames
    for (const name of found) {
      const extra = weighExtra(name, model)
      a += extra[0] ?? 0
      b += extra[1] ?? 0
      c += extra[2] ?? 0
      d += extra[3] ?? 0
      e += extra[4] ?? 0
      f += extra[5] ?? 0
      g += extra[6] ?? 0
      h += extra[7] ?? 0
    }
    const row = (at + 1) * packedHeads
    sums[row] = a
    sums[row + 1] = b
    sums[row + 2] = c
    sums[row + 3] = d
    sums[row + 4] = e
    sums[row + 5] = f
    sums[row + 6] = g
    sums[row + 7] = h
    counts[at + 1] = (counts[at] ?? 0) + word.count + length + found.length * extraRepeats
  }
}

/** The buckets of one word with those before it; nothing of them is needed when the next one comes. */
const buckets = new Int32Array(maxNeighbourBuckets)
const noNames: readonly string[] = []
