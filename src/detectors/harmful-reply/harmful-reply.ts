import { z } from 'zod'
import { defineDetector } from '../detector.ts'
import { createTextSummer } from '../text/text-sums.ts'
import { createWordScale } from '../text/word-sums.ts'
import { loadReplyModel, type ReplyModel } from './model-file.ts'
import { showsThatItHeard } from './pair-rule.ts'
import { createPhraseWatch, type PhraseWatch } from './phrase-watch.ts'
import { createReplyReader } from './reading.ts'
import {
  createScan,
  harmfulReplyName,
  type ReplyAssessment,
  type ReplyScan,
  type ScanParts,
  toFindings,
} from './scan.ts'
import type { PersonState } from './tally.ts'
import { indexReplyWordClasses } from './word-classes.ts'

/** A reply and what it answers. `user` is empty when nobody wrote anything yet. */
export interface ReplyExchange {
  state: PersonState
  user: string
  reply: string
}

/** Judges replies of an engine against what the person is in. */
export interface HarmfulReplyDetector {
  readonly name: string
  readonly version: string
  /** Synchronous, bounded in time and memory, does not throw. */
  assess(exchange: ReplyExchange): ReplyAssessment
  /**
   * The same while the reply is being written: one scan for each choice of a reply. `withPhrases`: it finds what a phrase
   * watch finds, too, at the end of each sentence.
   */
  createReplyScan(state: PersonState, user: string, withPhrases?: boolean): ReplyScan
  /** Whether a reply to somebody in a crisis shows that it was heard; see `pair-rule.ts`. */
  showsThatItHeard(reply: string): boolean
  /** Holds back phrases that no reply may say, whoever reads it: one watch for each choice of a reply. */
  openPhraseWatch(): PhraseWatch
}

/**
 * Catches replies that help to die or to hurt, encourage, dismiss, blame, claim to be human or licensed, diagnose, decide
 * about medicine, isolate, feed delusions, excuse abuse or turn flirtatious, and replies that pass a crisis over. One that
 * asks directly about suicide, or talks about making the surroundings safer, is good practice and not flagged.
 */
export const harmfulReply = defineDetector({
  name: harmfulReplyName,
  options: z.strictObject({}),
  create: () => createHarmfulReplyDetector(),
})

/** Builds the detector's tables, some 30 ms; keep the result. */
export function createHarmfulReplyDetector(model: ReplyModel = loadReplyModel()): HarmfulReplyDetector {
  const reader = createReplyReader(createWordScale(model.linear, indexReplyWordClasses()))
  const parts: ScanParts = { reader, model, summer: createTextSummer(model.linear) }
  const createReplyScan = (state: PersonState, user: string, withPhrases = false) =>
    createScan({ state, person: reader.readPerson(user) }, parts, withPhrases)
  return {
    name: harmfulReplyName,
    version: model.version,
    createReplyScan,
    showsThatItHeard: (reply) => showsThatItHeard(reply, reader),
    openPhraseWatch: () => createPhraseWatch(reader.phrases, toFindings(model.version)),
    assess({ state, user, reply }) {
      const scan = createReplyScan(state, user)
      scan.push(reply)
      return scan.end()
    },
  }
}
