import { type LinearModel, type RunningSums, sumWords } from './linear-model.ts'
import {
  aboutNothing,
  addExtra,
  addOwnBuckets,
  type ClassedWord,
  type ExtraFeature,
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
      sumTokens(tokens, extras, { packed, mask, neighbours, running })
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
 * bytes 0 and 2 in one sum, bytes 1 and 3 in another, sixteen bits apart.
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
/** As many as can be added before the upper sum would reach the sign. */
const maxAdded = 128

interface SumParts {
  packed: Int32Array
  mask: number
  neighbours: NeighbourHasher
  running: RunningSums
}

function sumTokens(
  { words, length: wordCount, breaks }: Tokens<WeighedWord>,
  extras: readonly ExtraFeature[],
  { packed, mask, neighbours, running: { sums, counts } }: SumParts,
): void {
  const extraByWord = extras.length === 0 ? undefined : groupByWord(extras)
  let buckets = startBuckets
  for (let at = 0; at < wordCount; at++) {
    const word = words[at]
    if (word === undefined) continue
    let length = neighbours.add(word.hash, word.about, breaks[at] === Break.sentence, buckets, 0)
    const found = extraByWord?.get(at)
    if (found !== undefined) {
      const room = maxNeighbourBuckets + found.length * extraRepeats
      if (room > buckets.length) {
        const larger = new Int32Array(room)
        larger.set(buckets)
        buckets = larger
      }
      for (const name of found) length = addExtra(name, buckets, length, mask)
    }
    const row = at * packedHeads
    const next = row + packedHeads
    for (let head = 0; head < packedHeads; head++)
      sums[next + head] = (sums[row + head] ?? 0) + (word.sums[head] ?? 0)
    for (let from = 0; from < length; from += maxAdded)
      addPacked(packed, buckets, from, Math.min(length, from + maxAdded), sums, next)
    counts[at + 1] = (counts[at] ?? 0) + word.count + length
  }
}

/** Of one word; nothing of it is needed when the next one comes. */
const startBuckets = new Int32Array(256)

/** Adds the weights of some buckets to the eight sums at `row`. */
function addPacked(
  packed: Int32Array,
  buckets: Int32Array,
  from: number,
  to: number,
  sums: Int32Array,
  row: number,
): void {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let at = from; at < to; at++) {
    const bucket = (buckets[at] ?? 0) * 2
    const low = packed[bucket] ?? 0
    const high = packed[bucket + 1] ?? 0
    a += low & evenBytes
    b += (low >>> 8) & evenBytes
    c += high & evenBytes
    d += (high >>> 8) & evenBytes
  }
  const tooHigh = (to - from) * offset
  sums[row] = (sums[row] ?? 0) + (a & 0xffff) - tooHigh
  sums[row + 1] = (sums[row + 1] ?? 0) + (b & 0xffff) - tooHigh
  sums[row + 2] = (sums[row + 2] ?? 0) + (a >>> 16) - tooHigh
  sums[row + 3] = (sums[row + 3] ?? 0) + (b >>> 16) - tooHigh
  sums[row + 4] = (sums[row + 4] ?? 0) + (c & 0xffff) - tooHigh
  sums[row + 5] = (sums[row + 5] ?? 0) + (d & 0xffff) - tooHigh
  sums[row + 6] = (sums[row + 6] ?? 0) + (c >>> 16) - tooHigh
  sums[row + 7] = (sums[row + 7] ?? 0) + (d >>> 16) - tooHigh
}
