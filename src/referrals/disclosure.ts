import type { Assessment, CrisisCategory, CrisisLevel } from '../detectors/finding.ts'
import type { Identity } from '../exchange.ts'
import type { CrisisAction, ReplyAction } from '../plan/policy.ts'

/**
 * What the person got after a disclosure: the engine's own reply with a way to help in it, the same with crisis lines of
 * ours added, a written reply in place of the engine's (`intercept` by policy, `withheld` for a harmful or failed reply,
 * `halted` while AI replies are off), `none` where only an error could go out, or, in `observe`, whatever came.
 */
export const disclosureSources = [
  'engine',
  'appended',
  'intercept',
  'withheld',
  'halted',
  'none',
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
  /** What the policy asks for: the shadow report counts it where `mode` is `observe`. */
  planned: CrisisAction
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
  /** What the policy asks for: the shadow report counts it where `mode` is `observe`. */
  planned: ReplyAction
  /** `released`: the person has read it, or part of it. */
  action: 'withheld' | 'annotated' | 'released'
  mode: 'enforce' | 'observe'
}

/** Where the request path leaves what must be recorded. Returns at once, never throws. */
export interface CrisisRecorder {
  disclosed(disclosure: Disclosure): void
  caught(reply: CaughtReply): void
  /** A person was told, by a text of ours of this version, that a machine is writing. */
  noticed(textVersion: string): void
  /** One message or reply was judged, whatever was found: the whole of which the findings are a share. */
  screened(side: 'message' | 'reply', mode: 'enforce' | 'observe'): void
}
