import type { z } from 'zod'
import type { Message } from '../../exchange.ts'
import type { CrisisCategory, CrisisLevel } from '../finding.ts'
import type { Fetch } from './json-post.ts'

/** What a remote detector says. Where it names no category, level or score, `createRemoteScreen` takes its defaults. */
export interface RemoteOpinion {
  outcome: 'alert' | 'clear'
  category?: CrisisCategory | undefined
  level?: CrisisLevel | undefined
  /** 0 to 1, as sure as the remote is; not calibrated by us. */
  score?: number | undefined
}

export interface RemoteInput {
  /** Turns of `user` and `assistant`, oldest first; the last is the person's and the one in question. */
  messages: readonly Message[]
  /** Aborted at the deadline, or when the opinion is no longer needed. */
  signal: AbortSignal
}

/** Asks a service for its opinion about what a person wrote. */
export interface RemoteDetector {
  /** Of this endpoint, for findings, metrics and logs. */
  readonly name: string
  /** What the operator calls the version, or the model. */
  readonly version: string
  /** Rejects (`RemoteError` where it can say why) for whatever is not a clear answer: no answer is never a `clear`. */
  judge(input: RemoteInput): Promise<RemoteOpinion>
}

/** A kind of remote detector as data: how its endpoint is configured and how it is asked. */
export interface RemoteDetectorDefinition<Kind extends string, Options extends z.ZodType> {
  kind: Kind
  /** An object with `kind`, which tells it from the other kinds. */
  options: Options
  create(options: z.output<Options>, fetch: Fetch): RemoteDetector
}

/** One file defines a kind, one line in `index.ts` makes it runnable, configurable and documented. */
export function defineRemoteDetector<Kind extends string, Options extends z.ZodType>(
  definition: RemoteDetectorDefinition<Kind, Options>,
): RemoteDetectorDefinition<Kind, Options> {
  return definition
}
