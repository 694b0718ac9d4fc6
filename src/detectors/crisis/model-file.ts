import { fromBase64 } from '../../base64.ts'
import type { LinearModel } from '../text/linear-model.ts'
import { type Calibration, calibrationInputs } from './calibration.ts'
import weightsFile from './weights.json' with { type: 'json' }

/** The trained part of the detector: linear models and their calibration. */
export interface TrainedModel {
  version: string
  linear: LinearModel
  calibration: Calibration
}

/** What `weights.json` holds; written by the trainer. `weights` is base64 of the packed weights, see `packWeights`. */
export interface WeightsFile {
  version: string
  bucketBits: number
  heads: string[]
  scales: number[]
  biases: number[]
  calibration: { weights: number[]; alert: number; escalate: number; history: number }
  weights: string
}

/** Reads the weights that come with the code; takes a few milliseconds. Throws when they are of another detector. */
export function loadModel(file: WeightsFile = weightsFile): TrainedModel {
  const { version, bucketBits, heads, scales, biases, calibration } = file
  if (calibration.weights.length !== calibrationInputs.length)
    throw new Error(
      'the weights are of another version of the crisis detector: build them with npm run train',
    )
  const weights = unpackFrom(file.weights, bucketBits, heads.length)
  return { version, linear: { bucketBits, heads, weights, scales, biases }, calibration }
}

/**
 * Most buckets are empty, so a packed file is a list of: how many empty buckets to skip (one byte, 255 means that the
 * next byte adds to it), then the eight-bit weights of one bucket.
 */
export function packWeights(weights: Int8Array, heads: number): Uint8Array {
  const packed: number[] = []
  let empty = 0
  for (let at = 0; at < weights.length; at += heads) {
    const bucket = weights.subarray(at, at + heads)
    if (bucket.every((weight) => weight === 0)) {
      empty++
      continue
    }
    for (; empty >= 255; empty -= 255) packed.push(255)
    packed.push(empty)
    empty = 0
    for (const weight of bucket) packed.push(weight & 255)
  }
  return Uint8Array.from(packed)
}

export function unpackWeights(packed: Uint8Array, size: number, heads: number): Int8Array {
  const weights = new Int8Array(size)
  let bucket = 0
  for (let at = 0; at < packed.length; at++) {
    const skip = packed[at] ?? 0
    bucket += skip
    if (skip === 255) continue
    for (let head = 0; head < heads; head++) weights[bucket * heads + head] = packed[++at] ?? 0
    bucket++
  }
  return weights
}

/** What `packWeights` made, from the base64 of a weights file. Throws when it is none. */
export function unpackFrom(packed: string, bucketBits: number, heads: number): Int8Array {
  const bytes = fromBase64(packed)
  if (bytes === undefined) throw new Error('the weights are not base64: build them with npm run train')
  return unpackWeights(bytes, (1 << bucketBits) * heads, heads)
}
