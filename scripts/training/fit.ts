import { type LinearModel, lengthNorm } from '../../src/detectors/text/linear-model.ts'
import type { HashedWords } from '../../src/detectors/text/ngrams.ts'
import { createRandom, shuffle } from './random.ts'

/** A text to learn from: hashed, with the windows of it that a detector would look at, and the truth for each head. */
export interface Example {
  family: string
  hashed: HashedWords
  windows: readonly { from: number; to: number }[]
  truth: Uint8Array
  weight: number
}

export interface FitOptions {
  heads: readonly string[]
  bucketBits: number
  epochs: number
  learningRate: number
  /** Pull towards zero for every touched weight and step. */
  decay: number
  /** Features seen in fewer families are left out: they say more about the author than about the subject. */
  minFamilies: number
  seed: number
}

/**
 * Logistic regression by AdaGrad (Duchi, Hazan and Singer 2011), all heads at once. Each text is learned as a whole and
 * by its best window: of a crisis the window that shows it most, of a benign text the one that looks most like one.
 * The result is the mean over `draws`, the same rows with other noise, which is steadier than any one of them.
 */
export function fitModel(draws: readonly (readonly Example[])[], options: FitOptions): LinearModel {
  const size = (1 << options.bucketBits) * options.heads.length
  const weights = new Float32Array(size)
  const biases = new Float32Array(options.heads.length)
  draws.forEach((examples, draw) => {
    const one = fitOnce(examples, { ...options, seed: options.seed + draw })
    for (let at = 0; at < size; at++) weights[at] = (weights[at] ?? 0) + (one.weights[at] ?? 0) / draws.length
    one.biases.forEach((bias, head) => {
      biases[head] = (biases[head] ?? 0) + bias / draws.length
    })
  })
  return quantise(weights, biases, options)
}

function fitOnce(
  examples: readonly Example[],
  options: FitOptions,
): { weights: Float32Array; biases: Float32Array } {
  const heads = options.heads.length
  const size = 1 << options.bucketBits
  const weights = new Float32Array(size * heads)
  const squares = new Float32Array(size * heads).fill(1e-3)
  const biases = new Float32Array(heads)
  const biasSquares = new Float32Array(heads).fill(1e-3)
  const kept = bucketsWithFamilies(examples, size, options.minFamilies)
  const random = createRandom(options.seed)
  const scores = new Float64Array(heads)
  const classWeights = balance(examples, heads)

  const score = (hashed: HashedWords, from: number, to: number) => {
    const start = from === 0 ? 0 : (hashed.ends[from - 1] ?? 0)
    const end = hashed.ends[to - 1] ?? 0
    scores.fill(0)
    for (let at = start; at < end; at++) {
      const row = (hashed.buckets[at] ?? 0) * heads
      for (let head = 0; head < heads; head++) scores[head] = (scores[head] ?? 0) + (weights[row + head] ?? 0)
    }
    const norm = lengthNorm(end - start)
    for (let head = 0; head < heads; head++) scores[head] = (scores[head] ?? 0) / norm + (biases[head] ?? 0)
    return { start, end, norm }
  }
  const steps = new Float64Array(heads)
  const learn = (example: Example, from: number, to: number) => {
    const { start, end, norm } = score(example.hashed, from, to)
    for (let head = 0; head < heads; head++) {
      const truth = example.truth[head] ?? 0
      const error = 1 / (1 + Math.exp(-(scores[head] ?? 0))) - truth
      const gradient = error * example.weight * (classWeights[head * 2 + truth] ?? 1)
      steps[head] = gradient / norm
      biasSquares[head] = (biasSquares[head] ?? 0) + gradient * gradient
      biases[head] = (biases[head] ?? 0) - (0.05 * gradient) / Math.sqrt(biasSquares[head] ?? 1)
    }
    for (let at = start; at < end; at++) {
      const bucket = example.hashed.buckets[at] ?? 0
      if (kept[bucket] === 0) continue
      const row = bucket * heads
      for (let head = 0; head < heads; head++) {
        const weight = weights[row + head] ?? 0
        const gradient = (steps[head] ?? 0) + options.decay * weight
        const square = (squares[row + head] ?? 0) + gradient * gradient
        squares[row + head] = square
        weights[row + head] = weight - (options.learningRate * gradient) / Math.sqrt(square)
      }
    }
  }
  const bestWindow = (example: Example) => {
    let best = example.windows[0] ?? { from: 0, to: example.hashed.ends.length }
    let most = Number.NEGATIVE_INFINITY
    for (const window of example.windows) {
      score(example.hashed, window.from, window.to)
      if ((scores[0] ?? 0) > most) {
        most = scores[0] ?? 0
        best = window
      }
    }
    return best
  }

  const mean = new Float32Array(size * heads)
  const meanBiases = new Float32Array(heads)
  const averaged = Math.ceil(options.epochs / 2)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (const example of shuffle(examples, random)) {
      const words = example.hashed.ends.length
      if (words === 0) continue
      learn(example, 0, words)
      if (example.windows.length > 1) {
        const { from, to } = bestWindow(example)
        learn(example, from, to)
      }
    }
    // The mean of the last epochs is steadier than the last step.
    if (epoch >= options.epochs - averaged) {
      for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) + (weights[at] ?? 0) / averaged
      for (let head = 0; head < heads; head++) {
        meanBiases[head] = (meanBiases[head] ?? 0) + (biases[head] ?? 0) / averaged
      }
    }
  }
  return { weights: mean, biases: meanBiases }
}

/** Eight bits a weight; the few largest are cut, so that the many small ones keep their differences. */
function quantise(weights: Float32Array, biases: Float32Array, options: FitOptions): LinearModel {
  const heads = options.heads.length
  const scales = options.heads.map((_, head) => {
    const sizes = new Float32Array(weights.length / heads).map((__, at) =>
      Math.abs(weights[at * heads + head] ?? 0),
    )
    const sorted = sizes.filter((size) => size > 0).sort()
    return Math.max((sorted[Math.floor(sorted.length * 0.9995)] ?? 0) / 127, 1e-6)
  })
  const quantised = new Int8Array(weights.length)
  for (let at = 0; at < weights.length; at++) {
    const steps = Math.round((weights[at] ?? 0) / (scales[at % heads] ?? 1))
    quantised[at] = Math.max(-127, Math.min(127, steps))
  }
  return {
    bucketBits: options.bucketBits,
    heads: options.heads,
    weights: quantised,
    scales: scales.map(sixDigits),
    biases: [...biases].map(sixDigits),
  }
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6))
}

function bucketsWithFamilies(examples: readonly Example[], size: number, minFamilies: number): Uint8Array {
  const families = new Uint8Array(size)
  const last = new Int32Array(size).fill(-1)
  const numbers = new Map<string, number>()
  for (const { family } of examples) if (!numbers.has(family)) numbers.set(family, numbers.size)
  const byFamily = [...examples].sort((a, b) => (numbers.get(a.family) ?? 0) - (numbers.get(b.family) ?? 0))
  for (const { family, hashed } of byFamily) {
    const number = numbers.get(family) ?? 0
    for (const bucket of hashed.buckets) {
      if (last[bucket] === number) continue
      last[bucket] = number
      families[bucket] = Math.min(255, (families[bucket] ?? 0) + 1)
    }
  }
  return families.map((count) => (count >= minFamilies ? 1 : 0))
}

/** Weights that give both classes of a head a say: the rarer one counts more, at most eight times. */
function balance(examples: readonly Example[], heads: number): Float64Array {
  const totals = new Float64Array(heads * 2)
  for (const { truth, weight } of examples) {
    for (let head = 0; head < heads; head++) {
      const at = head * 2 + (truth[head] ?? 0)
      totals[at] = (totals[at] ?? 0) + weight
    }
  }
  return totals.map((total, at) => {
    const both = total + (totals[at ^ 1] ?? 0)
    return Math.min(8, Math.sqrt(both / Math.max(1, 2 * total)))
  })
}
