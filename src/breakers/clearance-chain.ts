import { nameKeyOf } from '../name-key.ts'
import {
  type ApprovalEntry,
  type ClearanceEntry,
  type ClearedEntry,
  type EngagedEntry,
  type HaltCause,
  type ProofKind,
  type RampEntry,
  rampShares,
  type ValidationEntry,
} from './halt-entry.ts'

/** How far a halt is on its way back, as its entries prove it. What lacks what it rests on is not in here. */
export interface WayBack {
  /** Every attempt, oldest first. */
  attempts: readonly ValidationEntry[]
  /** The newest attempt, if it passed and no failure stands beside or behind it. */
  passed: ValidationEntry | undefined
  /** Approvals of `passed` by people who may give them, oldest first; the time may have run out since. */
  approvals: readonly ApprovalEntry[]
  /** The farthest step of the ramp that rests on all before it. */
  ramp: RampEntry | undefined
  /** When the first step began. */
  rampBegan: RampEntry | undefined
  /** Clearances that end the halt, earliest first. */
  clearances: readonly ClearedEntry[]
}

/** No approval holds longer than the plan allows at most. */
export const longestApprovalMs = 7 * 24 * 60 * 60 * 1000

/** Halts of these causes stand for nothing that went wrong: one commander ends them. */
export function endsByCommander(cause: HaltCause): boolean {
  return cause === 'drill' || cause === 'maintenance'
}

/** What proves that the cause is gone. In a drill every proof may be practised. */
export function provesEnd(cause: HaltCause, proof: ProofKind): boolean {
  return endsByCommander(cause) || proofFor(cause) === proof
}

/** The proof that a cause asks for; of a drill, the one that a real failure would ask for most. */
export function proofFor(cause: HaltCause): ProofKind {
  switch (cause) {
    case 'crisis-detection':
      return 'probe-run'
    case 'latency':
    case 'error-rate':
      return 'signal'
    case 'harmful-reply':
      return 'reviewed-replies'
    case 'operator':
    case 'security':
    case 'drill':
    case 'maintenance':
    case 'other':
      return 'statement'
  }
}

/**
 * Reads the way back of one halt. Pure, and the same for any order of `steps`; those of other halts are passed over.
 * `isDamaged`: two contents came under one id and one of them spoke of this halt; then nothing but breaking the glass
 * ends it, because nobody knows what the lost content said.
 */
export function readWayBack(
  halt: EngagedEntry,
  steps: readonly ClearanceEntry[],
  isDamaged: boolean,
): WayBack {
  const own = steps.filter(({ haltId }) => haltId === halt.id).sort(byAge)
  const attempts = own.filter((step) => step.kind === 'validation')
  const passed = isDamaged ? undefined : passedOf(halt, attempts)
  const approvals = passed === undefined ? [] : approvalsOf(passed, own)
  const ramp = passed === undefined ? [] : rampOf(passed, approvals, own)
  return {
    attempts,
    passed,
    approvals,
    ramp: ramp.at(-1),
    rampBegan: ramp[0],
    clearances: own.filter((step) => step.kind === 'cleared').filter((step) => ends(halt, step, ramp)),
  }
}

/**
 * Two approvals that may begin a ramp together, at `nowMs` or as soon as both are given by their own dates (clocks of
 * gateways differ): one clinical, one of a commander, by two people. Of several the oldest.
 */
export function pairAt(
  approvals: readonly ApprovalEntry[],
  nowMs: number,
): [ApprovalEntry, ApprovalEntry] | undefined {
  for (const clinical of approvals.filter(({ role }) => role === 'clinical')) {
    const commander = approvals.find((one) => {
      const fromMs = Math.max(nowMs, clinical.atMs, one.atMs)
      const bothHold = holdsAt(clinical, fromMs) && holdsAt(one, fromMs)
      return one.role === 'commander' && bothHold && !isOnePerson(one, clinical)
    })
    if (commander !== undefined) return [clinical, commander]
  }
  return undefined
}

/** Whether the time of an approval has not run out. */
export function holdsAt({ expiresAtMs }: ApprovalEntry, nowMs: number): boolean {
  return nowMs < expiresAtMs
}

export function isAuthor(
  { author, authorId }: ValidationEntry,
  { personId, by }: Pick<ApprovalEntry, 'personId' | 'by'>,
): boolean {
  return authorId === personId || nameKeyOf(author) === nameKeyOf(by)
}

/** By time, and by id where two gateways made entries in one millisecond. */
export function byAge(a: { atMs: number; id: string }, b: { atMs: number; id: string }): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1)
}

/** Clocks differ between gateways, so a failure counts as later by its time or by its number, whichever makes it so. */
function passedOf(halt: EngagedEntry, attempts: readonly ValidationEntry[]): ValidationEntry | undefined {
  const newest = attempts.filter(({ passed }) => passed).at(-1)
  if (newest === undefined || !provesEnd(halt.cause, newest.proof)) return undefined
  const isVoided = attempts.some(
    ({ passed, atMs, attempt }) => !passed && (atMs >= newest.atMs || attempt >= newest.attempt),
  )
  return isVoided ? undefined : newest
}

function approvalsOf(passed: ValidationEntry, own: readonly ClearanceEntry[]): ApprovalEntry[] {
  return own
    .filter((step) => step.kind === 'approval')
    .filter(
      (approval) =>
        approval.validationId === passed.id &&
        approval.runHash === passed.runHash &&
        approval.engineVersion === passed.engineVersion &&
        approval.atMs >= passed.atMs &&
        approval.expiresAtMs - approval.atMs <= longestApprovalMs &&
        !isAuthor(passed, approval),
    )
}

/** The steps in force, in their order; each rests on the one before and on the time that one was to last. */
function rampOf(
  passed: ValidationEntry,
  approvals: readonly ApprovalEntry[],
  own: readonly ClearanceEntry[],
): RampEntry[] {
  const steps = own
    .filter((step) => step.kind === 'ramp')
    .filter(({ validationId }) => validationId === passed.id)
  const inForce: RampEntry[] = []
  let resting: RampEntry[] = []
  for (const share of rampShares) {
    const before = resting
    resting = steps.filter(
      (step) =>
        step.share === share &&
        (inForce.length === 0
          ? isApproved(step, approvals)
          : before.some((one) => follows(one, step) && sameApprovals(one, step))),
    )
    const [earliest] = resting
    if (earliest === undefined) break
    inForce.push(earliest)
  }
  return inForce
}

function isApproved(step: RampEntry, approvals: readonly ApprovalEntry[]): boolean {
  const named = approvals.filter(({ id, atMs }) => step.approvalIds.includes(id) && atMs <= step.atMs)
  return pairAt(named, step.atMs) !== undefined
}

function sameApprovals({ approvalIds: [a, b] }: RampEntry, { approvalIds: [c, d] }: RampEntry): boolean {
  return (a === c && b === d) || (a === d && b === c)
}

function follows(before: RampEntry, { atMs }: { atMs: number }): boolean {
  return atMs >= before.atMs + before.stepMs
}

function ends(halt: EngagedEntry, cleared: ClearedEntry, ramp: readonly RampEntry[]): boolean {
  switch (cleared.how) {
    case 'break-glass':
      return true
    case 'ramp':
      return ramp.some((step) => step.share === 1 && step.id === cleared.rampId && follows(step, cleared))
    case 'commander':
    case undefined:
      return endsByCommander(halt.cause)
  }
}

function isOnePerson(
  a: Pick<ApprovalEntry, 'personId' | 'by'>,
  b: Pick<ApprovalEntry, 'personId' | 'by'>,
): boolean {
  return a.personId === b.personId || nameKeyOf(a.by) === nameKeyOf(b.by)
}
