import type { HashedWords } from './ngrams.ts'

/** Several linear models over the same hashed features, in eight-bit weights: bucket by bucket, head by head. */
export interface LinearModel {
  bucketBits: number
  heads: readonly string[]
  weights: Int8Array
  /** Per head: what one step of a weight is worth, and the constant. */
  scales: readonly number[]
  biases: readonly number[]
}

/** What the words of a text add up to: running sums by head, from which any window can be scored. */
export interface RunningSums {
  heads: number
  /** `(words + 1) * heads` sums of raw weights. */
  sums: Int32Array
  /** `words + 1` running counts of features. */
  counts: Int32Array
}

/** Adds up the weights of every word. Integers only, so the result is the same on every machine. */
export function sumWords(model: LinearModel, hashed: HashedWords): RunningSums {
  const heads = model.heads.length
  const words = hashed.ends.length
  const sums = new Int32Array((words + 1) * heads)
  const counts = new Int32Array(words + 1)
  let feature = 0
  for (let word = 0; word < words; word++) {
    const row = (word + 1) * heads
    for (let head = 0; head < heads; head++) sums[row + head] = sums[row - heads + head] ?? 0
    const end = hashed.ends[word] ?? 0
    for (; feature < end; feature++) {
      const at = (hashed.buckets[feature] ?? 0) * heads
      for (let head = 0; head < heads; head++)
        sums[row + head] = (sums[row + head] ?? 0) + (model.weights[at + head] ?? 0)
    }
    counts[word + 1] = end
  }
  return { heads, sums, counts }
}

/** The log-odds that one head gives to the words `from` up to `to`. */
export function windowScore(
  model: LinearModel,
  running: RunningSums,
  head: number,
  from: number,
  to: number,
): number {
  const count = (running.counts[to] ?? 0) - (running.counts[from] ?? 0)
  const sum =
    (running.sums[to * running.heads + head] ?? 0) - (running.sums[from * running.heads + head] ?? 0)
  return (model.biases[head] ?? 0) + (sum * (model.scales[head] ?? 0)) / lengthNorm(count)
}

/** Longer windows weigh more, but by the root of their length. Shared with the trainer. */
export function lengthNorm(features: number): number {
  return Math.sqrt(features + 20)
}
