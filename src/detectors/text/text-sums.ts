import type { LinearModel } from './linear-model.ts'
import { addExtra, type ExtraFeature, extraRepeats, maxNeighbourBuckets, NeighbourHasher } from './ngrams.ts'
import { Break, type Tokens } from './tokens.ts'
import type { WeighedWord } from './word-sums.ts'

/** What all words of a text add up to: raw weights by head, and of how many features. */
export interface TextSums {
  sums: ArrayLike<number>
  features: number
}

/** Gives what the last row of `sumWords` over `hashWords` holds, for any number of heads. The sums are used again. */
export type TextSummer = (tokens: Tokens<WeighedWord>, extras: readonly ExtraFeature[]) => TextSums

export function createTextSummer(model: LinearModel): TextSummer {
  const heads = model.heads.length
  const mask = (1 << model.bucketBits) - 1
  const lanes = Math.ceil(heads / headsOfALane)
  const packed = pack(model.weights, heads, lanes)
  const neighbours = new NeighbourHasher(mask)
  const sums = new Int32Array(lanes * headsOfALane)
  let buckets = new Int32Array(1024)
  return ({ words, length: wordCount, breaks }, extras) => {
    const room = wordCount * maxNeighbourBuckets + extras.length * extraRepeats
    if (room > buckets.length) buckets = new Int32Array(room * 2)
    sums.fill(0)
    neighbours.begin()
    let features = 0
    let length = 0
    for (let at = 0; at < wordCount; at++) {
      const word = words[at]
      if (word === undefined) continue
      const own = word.sums
      for (let head = 0; head < heads; head++) sums[head] = (sums[head] ?? 0) + (own[head] ?? 0)
      features += word.count
      length = neighbours.add(word.hash, word.about, breaks[at] === Break.sentence, buckets, length)
    }
    for (let at = 0; at < extras.length; at++)
      length = addExtra(extras[at]?.name ?? '', buckets, length, mask)
    for (let from = 0; from < length; from += maxAdded) {
      const to = Math.min(length, from + maxAdded)
      for (let lane = 0; lane < lanes; lane++) addLane(packed, lanes, lane, buckets, from, to, sums)
    }
    return { sums, features: features + length }
  }
}

/** Four weights of one byte each are added at once, each 128 too high: two in one sum, two in another, 16 bits apart. */
const headsOfALane = 4
const offset = 128
const evenBytes = 0x00ff00ff
/** As many as can be added before the upper sum would reach the sign. */
const maxAdded = 128

/** The weights of each bucket, filled up to whole lanes. */
function pack(weights: Int8Array, heads: number, lanes: number): Int32Array {
  const packed = new Int32Array((weights.length / heads) * lanes)
  for (let at = 0; at < packed.length; at++) {
    const bucket = Math.floor(at / lanes)
    let four = 0
    for (let byte = headsOfALane - 1; byte >= 0; byte--) {
      const head = (at % lanes) * headsOfALane + byte
      four = (four << 8) | ((head < heads ? (weights[bucket * heads + head] ?? 0) : 0) + offset)
    }
    packed[at] = four
  }
  return packed
}

/** Adds one lane of the buckets `from` up to `to` to its four sums. */
function addLane(
  packed: Int32Array,
  lanes: number,
  lane: number,
  buckets: Int32Array,
  from: number,
  to: number,
  sums: Int32Array,
): void {
  let even = 0
  let odd = 0
  for (let at = from; at < to; at++) {
    const four = packed[(buckets[at] ?? 0) * lanes + lane] ?? 0
    even += four & evenBytes
    odd += (four >>> 8) & evenBytes
  }
  const tooHigh = (to - from) * offset
  const head = lane * headsOfALane
  sums[head] = (sums[head] ?? 0) + (even & 0xffff) - tooHigh
  sums[head + 1] = (sums[head + 1] ?? 0) + (odd & 0xffff) - tooHigh
  sums[head + 2] = (sums[head + 2] ?? 0) + (even >>> 16) - tooHigh
  sums[head + 3] = (sums[head + 3] ?? 0) + (odd >>> 16) - tooHigh
}
