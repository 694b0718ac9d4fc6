import { byAge, holdsAt, proofFor } from './clearance-chain.ts'
import { missingFor, nextCommand } from './clearance-missing.ts'
import type { ApprovalRole, HaltCause, ProofFacts, ProofKind, RampShare } from './halt-entry.ts'
import type { HaltState } from './halt-gate.ts'
import type { KnownHalt } from './halt-set.ts'

/** A validation run under way. */
export interface RunProgress {
  runId: string
  total: number
  done: number
}

/** One attempt to prove that the cause is gone, with its figures. */
export interface AttemptStatus {
  validationId: string
  attempt: number
  atMs: number
  by: string
  author: string
  proof: ProofKind
  passed: boolean
  /** Approvals may be bound to this one. */
  counts: boolean
  runHash: string
  engineVersion: string
  facts: ProofFacts
  /** The figures in a sentence, where the proof has one. */
  says?: string
  repeatReason?: string
  reason: string
}

export interface ApprovalStatus {
  approvalId: string
  by: string
  role: ApprovalRole
  atMs: number
  expiresAtMs: number
  holds: boolean
}

/** Where a halt is on its way back, and exactly what is missing. Times are epoch milliseconds. */
export interface ClearanceStatus {
  haltId: string
  cause: HaltCause
  scope: string
  state: HaltState | 'validating'
  /** What this cause asks for as a proof. */
  proof: ProofKind
  run?: RunProgress
  attempts: AttemptStatus[]
  /** Of the attempt that counts. */
  approvals: ApprovalStatus[]
  share: 0 | RampShare
  /** When the next step of the ramp, or the end, is due at the earliest. */
  nextStepAtMs?: number
  supersededBy?: string
  clearedHow?: 'ramp' | 'break-glass' | 'commander'
  missing: string[]
  /** The command that brings it one step on. */
  next?: string
}

export function clearanceStatus(
  { halt, way, supersededBy }: KnownHalt,
  run: RunProgress | undefined,
  nowMs: number,
): ClearanceStatus {
  const { passed, ramp } = way
  const [clearance] = way.clearances
  const isOver = clearance !== undefined || supersededBy !== undefined
  const next = isOver ? undefined : nextCommand(halt, way)
  return {
    haltId: halt.id,
    cause: halt.cause,
    scope: halt.scope,
    state: stateOf({ halt, way, supersededBy }, run),
    proof: proofFor(halt.cause),
    ...(run === undefined ? {} : { run }),
    attempts: way.attempts.map(({ id, attempt, atMs, by, author, proof, facts, reason, ...more }) => ({
      validationId: id,
      attempt,
      atMs,
      by,
      author,
      proof,
      passed: more.passed,
      counts: id === passed?.id,
      runHash: more.runHash,
      engineVersion: more.engineVersion,
      facts,
      ...(typeof facts.says === 'string' ? { says: facts.says } : {}),
      ...(more.repeatReason === undefined ? {} : { repeatReason: more.repeatReason }),
      reason,
    })),
    approvals: [...way.approvals].sort(byAge).map((approval) => ({
      approvalId: approval.id,
      by: approval.by,
      role: approval.role,
      atMs: approval.atMs,
      expiresAtMs: approval.expiresAtMs,
      holds: holdsAt(approval, nowMs),
    })),
    share: clearance !== undefined ? 1 : supersededBy === undefined ? (ramp?.share ?? 0) : 0,
    ...(isOver || ramp === undefined ? {} : { nextStepAtMs: Math.ceil(ramp.atMs + ramp.stepMs) }),
    ...(supersededBy === undefined ? {} : { supersededBy: supersededBy.id }),
    ...(clearance === undefined ? {} : { clearedHow: clearance.how ?? 'commander' }),
    missing:
      supersededBy === undefined || clearance !== undefined
        ? missingFor(halt, way, nowMs)
        : [`the clearance of ${supersededBy.id}, which stands in its place`],
    ...(next === undefined ? {} : { next }),
  }
}

/** What the entries prove, and whether somebody is proving just now. */
export function stateOf(
  { way, supersededBy }: KnownHalt,
  run: RunProgress | undefined,
): ClearanceStatus['state'] {
  if (way.clearances.length > 0) return 'cleared'
  if (supersededBy !== undefined) return 'superseded'
  if (way.ramp !== undefined) return 'ramping'
  if (run !== undefined) return 'validating'
  return way.passed === undefined ? 'engaged' : 'awaiting-approval'
}
