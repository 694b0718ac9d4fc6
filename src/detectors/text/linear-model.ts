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
  const running = { heads, sums: new Int32Array((words + 1) * heads), counts: new Int32Array(words + 1) }
  if (heads === 8) sumEightHeads(model.weights, hashed, running)
  else sumAnyHeads(model.weights, hashed, running)
  return running
}

function sumAnyHeads(
  weights: Int8Array,
  { buckets, ends }: HashedWords,
  { heads, sums, counts }: RunningSums,
): void {
  let feature = 0
  for (let word = 0; word < ends.length; word++) {
    const row = (word + 1) * heads
    for (let head = 0; head < heads; head++) sums[row + head] = sums[row - heads + head] ?? 0
    const end = ends[word] ?? 0
    for (; feature < end; feature++) {
      const at = (buckets[feature] ?? 0) * heads
      for (let head = 0; head < heads; head++) {
        sums[row + head] = (sums[row + head] ?? 0) + (weights[at + head] ?? 0)
      }
    }
    counts[word + 1] = end
  }
}

/** The same with one variable a head: this is the innermost loop of the crisis detector, and memory would be slower. */
function sumEightHeads(
  weights: Int8Array,
  { buckets, ends }: HashedWords,
  { sums, counts }: RunningSums,
): void {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0]
  let feature = 0
  for (let word = 0; word < ends.length; word++) {
    const end = ends[word] ?? 0
    for (; feature < end; feature++) {
      const at = (buckets[feature] ?? 0) * 8
      a += weights[at] ?? 0
      b += weights[at + 1] ?? 0
      c += weights[at + 2] ?? 0
      d += weights[at + 3] ?? 0
      e += weights[at + 4] ?? 0
      f += weights[at + 5] ?? 0
      g += weights[at + 6] ?? 0
      h += weights[at + 7] ?? 0
    }
    const row = (word + 1) * 8
    sums[row] = a
    sums[row + 1] = b
    sums[row + 2] = c
    sums[row + 3] = d
    sums[row + 4] = e
    sums[row + 5] = f
    sums[row + 6] = g
    sums[row + 7] = h
    counts[word + 1] = end
  }
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
