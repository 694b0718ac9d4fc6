import type { Genesis } from '../stores/halt-store.ts'
import type {
  ApprovalEntry,
  HaltCause,
  HaltEntry,
  HaltScope,
  HaltSubject,
  RampEntry,
  RampShare,
  ValidationEntry,
} from './halt-entry.ts'
import type { KnownHalt } from './halt-set.ts'

/** Why AI replies may not go out. `suspended`: this replica cannot confirm the halt state; not latched. */
export type HaltVerdict =
  | { kind: 'halted'; haltId: string; scope: HaltScope; cause: HaltCause }
  | { kind: 'suspended'; since: number; why: 'lease' | 'unknown-store' }

/** What the request path knows of the safety halt. */
export interface HaltGate {
  /**
   * The verdict for AI text of this subject at this instant; `undefined` lets it through.
   * Synchronous and cheap: asked before an exchange goes to the engine and before every write to the client.
   */
  check(subject: HaltSubject): HaltVerdict | undefined
  /** Where state must be fetched (Workers): a promise to await before `check`. `undefined` when it is fresh. */
  refresh(): Promise<void> | undefined
  /** Called whenever a verdict may have changed, so that waiting streams are cut. Returns how to stop listening. */
  onChange(listener: () => void): () => void
}

/** How far a change has been made durable. */
export interface Durability {
  acknowledged: boolean
  /** Why not, for a person; absent when acknowledged. */
  missing?: string
}

export interface EngageRequest {
  scope: HaltScope
  cause: HaltCause
  reason: string
  by: string
  /** The halt on its way back that this one stands in for; it must have the same scope and cause. */
  supersedes?: string | undefined
}

/**
 * `engaged`: nothing has been proved yet. `awaiting-approval`: a validation passed. `ramping`: a share of sessions is let
 * through. `superseded`: another halt stands in its place. `cleared` and `superseded` are over.
 */
export type HaltState = 'engaged' | 'awaiting-approval' | 'ramping' | 'cleared' | 'superseded'

/** A halt as operators see it, derived from the set of entries. */
export interface Halt {
  id: string
  scope: HaltScope
  cause: HaltCause
  reason: string
  engagedBy: string
  engagedAtMs: number
  state: HaltState
  /** Of sessions in its scope that get AI replies in spite of it. */
  share: 0 | RampShare
  supersedes?: string
  supersededBy?: string
  clearedBy?: string
  clearedAtMs?: number
  clearedReason?: string
  clearedHow?: 'ramp' | 'break-glass' | 'commander'
  acknowledged: boolean
}

/** Whether a halt still bars anybody, or is on its way back. */
export function isInForce({ state }: Pick<Halt, 'state'>): boolean {
  return state !== 'cleared' && state !== 'superseded'
}

type New<Entry> = Omit<Entry, 'id' | 'atMs'>

/** A step on the way back, short of a clearance. */
export type NewStep = New<ValidationEntry> | New<ApprovalEntry> | New<RampEntry>

/** By what right a halt ends. */
export type ClearanceRight = { how: 'commander' | 'break-glass' } | { how: 'ramp'; rampId: string }

/** The lease and the stores, for metrics, `/readyz` and `haltgate status`. */
export interface HaltHealth {
  suspended: false | { since: number; why: 'lease' | 'unknown-store' }
  /** Milliseconds since sending the last confirmed write; 0 without a shared store. */
  leaseAgeMs: number
  /** Entries that are enforced here and not yet durable everywhere they must be. */
  unacknowledged: number
  storeErrors: number
}

/** The safety halt as the control side uses it. */
export interface SafetyHalt extends HaltGate {
  /** Enforced when the call begins; resolves once durable or once it is known not to be (then it is retried). */
  engage(request: EngageRequest): Promise<{ halt: Halt; durability: Durability }>
  /**
   * Adds a step on the way back, not before `notBeforeMs` by its own clock reading (a gateway whose clock is behind
   * dates it then). What opens takes effect when it is stored, and rejects with `GatewayError` `not_durable` when it
   * cannot be; a failed validation closes, so it takes effect at once as a halt does.
   */
  record(step: NewStep, notBeforeMs?: number): Promise<{ id: string; atMs: number; durability: Durability }>
  /**
   * Ends a halt. Rejects with `GatewayError` `not_found`, `conflict` (over already, or with `missing`: what has to come
   * before) or `not_durable` (nothing changed). Without a right it is a commander's, good for drills and maintenance.
   */
  clear(
    haltId: string,
    by: string,
    reason: string,
    right?: ClearanceRight,
  ): Promise<{ halt: Halt; durability: Durability }>
  /** A halt with what is proved about its end. */
  known(haltId: string): KnownHalt | undefined
  /** All of them, oldest first. */
  allKnown(): readonly KnownHalt[]
  list(): Halt[]
  /** All entries, for deriving incidents. */
  entries(): readonly HaltEntry[]
  /** The mark of the store's first start; `undefined` until this gateway has seen it. */
  genesis(): Genesis | undefined
  health(): HaltHealth
  close(): Promise<void>
}
