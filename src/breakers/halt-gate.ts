import type { HaltCause, HaltEntry, HaltScope, HaltSubject } from './halt-entry.ts'

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
}

/** A halt as operators see it, derived from the set of entries. */
export interface Halt {
  id: string
  scope: HaltScope
  cause: HaltCause
  reason: string
  engagedBy: string
  engagedAtMs: number
  state: 'engaged' | 'cleared'
  clearedBy?: string
  clearedAtMs?: number
  clearedReason?: string
  acknowledged: boolean
}

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
  /** Ends a halt. Rejects with `GatewayError` `not_found`, `conflict` (already cleared) or `not_durable` (nothing changed). */
  clear(haltId: string, by: string, reason: string): Promise<{ halt: Halt; durability: Durability }>
  list(): Halt[]
  /** All entries, for deriving incidents. */
  entries(): readonly HaltEntry[]
  health(): HaltHealth
  close(): Promise<void>
}
