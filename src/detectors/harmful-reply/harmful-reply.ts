import { loadReplyModel, type ReplyModel } from './model-file.ts'
import { createReplyReader } from './reading.ts'
import { createScan, type ReplyAssessment, type ReplyScan } from './scan.ts'
import type { PersonState } from './tally.ts'

/** A reply and what it answers. Empty `user` when nobody wrote anything yet. */
export interface ReplyExchange {
  state: PersonState
  user: string
  reply: string
}

/**
 * Judges replies of an engine against what the person is in. A reply that asks directly about suicide, or that talks about
 * making the surroundings safer, is good practice.
 */
export interface HarmfulReplyDetector {
  readonly version: string
  /** Synchronous, bounded in time and memory, does not throw. */
  assess(exchange: ReplyExchange): ReplyAssessment
  /** The same, while the reply is being written. */
  createReplyScan(state: PersonState, user: string): ReplyScan
}

/** Builds the detector's tables, some 30 ms; keep the result. */
export function createHarmfulReplyDetector(model: ReplyModel = loadReplyModel()): HarmfulReplyDetector {
  const reader = createReplyReader(model.linear.bucketBits)
  const createReplyScan = (state: PersonState, user: string) =>
    createScan({ state, person: reader.grammar.readPerson(user) }, reader, model)
  return {
    version: model.version,
    createReplyScan,
    assess({ state, user, reply }) {
      const scan = createReplyScan(state, user)
      scan.push(reply)
      return scan.end()
    },
  }
}
