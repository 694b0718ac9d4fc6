import type { z } from 'zod'
import type { Message } from '../exchange.ts'
import type { Assessment, CrisisFinding } from './finding.ts'

/** What a detector of the person's side reads: the conversation so far, oldest message first. */
export interface UserSide {
  messages: readonly Message[]
  /** Keeps the risk of a conversation from one exchange to the next; without it only these messages count. */
  session: string | undefined
  nowMs: number
}

/** Why a text went by without being judged. */
export type BypassCause = 'language' | 'empty'

/** What a detector says about the person's side of an exchange. */
export interface UserReport {
  /** For the conversation as it stands now. */
  outcome: Assessment
  /** Calibrated probability of a crisis in the last message, or in the last few read as one. */
  score: number
  /** Of the last message; empty when it is clear. */
  findings: CrisisFinding[]
  /** Risk of the whole conversation, 0 to 1, this message included. */
  risk: number
  /** A rule that alerts by itself has found something: no other opinion may clear it. */
  isCritical: boolean
  /** The alert is that of the last message, by itself or with the few before it; else of what came earlier alone. */
  isOwn: boolean
  /**
   * What was found has been reported before: this very message was read a moment ago (a retry), or the finding is that
   * of an earlier message which was read together with this one. One disclosure is one event.
   */
  isRepeat: boolean
  /** Set when the text could not be judged; `outcome` then says what little is known. */
  bypass: BypassCause | undefined
  /** Very long messages are read in part: head, tail and the parts of most interest. */
  isPartial: boolean
}

/** Reads the person's side. Synchronous and bounded: no I/O, no clock, no timers. */
export interface UserDetector {
  readonly name: string
  readonly version: string
  inspect(side: UserSide): UserReport
  /** Takes in what somebody else has found in the session's last message, so that its risk is remembered. */
  note(session: string, finding: Pick<CrisisFinding, 'level' | 'score'>, nowMs: number): void
  /**
   * As `note`, of what another process of this gateway has heard, also in a session that was never met here. Left out by a
   * detector that remembers nothing of sessions.
   */
  noteElsewhere?(session: string, finding: Pick<CrisisFinding, 'level' | 'score'>, nowMs: number): void
}

/** A detector as data: its name, what can be configured, and how it is made. `create` may take some milliseconds. */
export interface DetectorDefinition<Name extends string, Options extends z.ZodType, Made> {
  name: Name
  options: Options
  create(options: z.output<Options>): Made
}

/** One file defines a detector, one line in `index.ts` makes it runnable, configurable and documented. */
export function defineDetector<Name extends string, Options extends z.ZodType, Made>(
  definition: DetectorDefinition<Name, Options, Made>,
): DetectorDefinition<Name, Options, Made> {
  return definition
}
