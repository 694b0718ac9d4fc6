import { unpackFrom } from '../crisis/model-file.ts'
import type { LinearModel } from '../text/linear-model.ts'
import type { PersonState } from './tally.ts'
import weightsFile from './weights.json' with { type: 'json' }

/** The trained part of the detector. */
export interface ReplyModel {
  version: string
  linear: LinearModel
  /** One weight for each of `replyInputs`. */
  weights: readonly number[]
  /** From which probability on a whole reply counts as harmful: stricter with replies to people in danger. */
  thresholds: Readonly<Record<PersonState, number>>
  /** The same before the end of the reply, when care may still follow. */
  earlyThreshold: number
}

/** What `weights.json` holds; written by the trainer. `packed` is base64, see `packWeights`. */
export interface ReplyWeightsFile {
  version: string
  bucketBits: number
  heads: string[]
  scales: number[]
  biases: number[]
  weights: number[]
  thresholds: Record<PersonState, number>
  earlyThreshold: number
  packed: string
}

/** Reads the weights that come with the code; takes a few milliseconds. */
export function loadReplyModel(file: ReplyWeightsFile = weightsFile): ReplyModel {
  const { version, bucketBits, heads, scales, biases, weights, thresholds, earlyThreshold } = file
  return {
    version,
    linear: {
      bucketBits,
      heads,
      weights: unpackFrom(file.packed, bucketBits, heads.length),
      scales,
      biases,
    },
    weights,
    thresholds,
    earlyThreshold,
  }
}
