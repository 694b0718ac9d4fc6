import type { Assessment, CrisisCategory, CrisisLevel } from '../detectors/finding.ts'
import type { Identity } from '../exchange.ts'

/**
 * What the person got after a disclosure: the engine's own reply with a way to help in it, the same with crisis lines of
 * ours added, a written reply in place of the engine's (`intercept` by policy, `withheld` for a harmful or failed reply,
 * `halted` while AI replies are off), or, in `observe`, the engine's reply as it was.
 */
export const disclosureSources = [
  'engine',
  'appended',
  'intercept',
  'withheld',
  'halted',
  'observed',
] as const
export type DisclosureSource = (typeof disclosureSources)[number]

/** One disclosure of a crisis, once per message. Never message text. */
export interface Disclosure {
  /** Random; the same for every attempt to record it. */
  id: string
  /** Epoch milliseconds. */
  atMs: number
  outcome: Exclude<Assessment, 'clear'>
  category: CrisisCategory
  level: CrisisLevel
  score: number
  detectorVersion: string
  /** As the caller gave it: hashed and sealed before anything is stored. */
  who: Identity
  source: DisclosureSource
  /** Version of the text that named crisis lines; undefined when the gateway added none. */
  textVersion: string | undefined
  /** The engine that answered or would have. */
  engine: string
  mode: 'enforce' | 'observe'
}

/** A reply that does harm, or would have. */
export interface CaughtReply {
  id: string
  atMs: number
  kind: string
  score: number
  detectorVersion: string
  who: Identity
  engine: string
  /** `released`: the person has read it, or part of it. */
  action: 'withheld' | 'annotated' | 'released'
  mode: 'enforce' | 'observe'
}

/** Where the request path leaves what must be recorded. Returns at once, never throws. */
export interface CrisisRecorder {
  disclosed(disclosure: Disclosure): void
  caught(reply: CaughtReply): void
}
