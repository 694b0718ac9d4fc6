import { z } from 'zod'
import { engineNames } from '../engines/engine.ts'

/** Why AI replies were turned off. Closed, because it is a metric label. */
export const HaltCause = z.enum([
  'operator',
  'crisis-detection',
  'harmful-reply',
  'error-rate',
  'latency',
  'security',
  'drill',
  'maintenance',
  'other',
])
export type HaltCause = z.infer<typeof HaltCause>

/** `all`, `engine:<name>` or `tenant:<id>`. An engine name we do not know applies to all (safe side). */
export const HaltScope = z
  .string()
  .max(200)
  .regex(/^(all|engine:[^\s:][^\s]*|tenant:\S+)$/, 'expected all, engine:<name> or tenant:<id>')
export type HaltScope = z.infer<typeof HaltScope>

const EntryId = z.string().min(8).max(64)
const atMs = z.number().int().nonnegative()
const name = z.string().min(1).max(200)

const entryBase = {
  /** Unique for ever; never used twice. */
  id: EntryId,
  /** Epoch milliseconds on the gateway that made the entry. */
  atMs,
  /** Person or service that acted, or `haltgate` for the plan itself. */
  by: name,
  reason: z.string().min(1).max(2000),
}

/** AI replies are off in `scope` from now on. */
export const EngagedEntry = z.object({
  ...entryBase,
  kind: z.literal('engaged'),
  scope: HaltScope,
  cause: HaltCause,
  /** A new alarm while that halt was on its way back: this one stands in its place. */
  supersedes: EntryId.optional(),
})
export type EngagedEntry = z.infer<typeof EngagedEntry>

/** What may prove that the cause of a halt is gone. */
export const ProofKind = z.enum(['probe-run', 'signal', 'reviewed-replies', 'statement'])
export type ProofKind = z.infer<typeof ProofKind>

/** What a proof was judged by: counts, shares, bounds. Never message text. */
export const ProofFacts = z.record(
  z.string().min(1).max(60),
  z.union([z.number(), z.boolean(), z.string().max(200)]),
)
export type ProofFacts = z.infer<typeof ProofFacts>

/** What approvals are bound to: one proof of one version of the engine. */
const proven = {
  runHash: z.string().min(8).max(128),
  /** `unknown` where nobody says which one runs. */
  engineVersion: name,
}

/** One attempt to prove that the cause of `haltId` is gone, passed or failed. */
export const ValidationEntry = z.object({
  ...entryBase,
  ...proven,
  kind: z.literal('validation'),
  haltId: EntryId,
  proof: ProofKind,
  passed: z.boolean(),
  /** Who made the fix, and so may not approve. */
  authorId: name,
  author: name,
  /** From 1. */
  attempt: z.number().int().positive(),
  /** Why it was tried again with the same engine version after a failure. */
  repeatReason: z.string().min(1).max(2000).optional(),
  facts: ProofFacts,
})
export type ValidationEntry = z.infer<typeof ValidationEntry>

export const ApprovalRole = z.enum(['clinical', 'commander'])
export type ApprovalRole = z.infer<typeof ApprovalRole>

/** One person holds that the validation `validationId` is good enough to begin the ramp. */
export const ApprovalEntry = z.object({
  ...entryBase,
  ...proven,
  kind: z.literal('approval'),
  haltId: EntryId,
  validationId: EntryId,
  personId: name,
  keyId: name,
  role: ApprovalRole,
  /** From here on it is good for nothing. */
  expiresAtMs: atMs,
})
export type ApprovalEntry = z.infer<typeof ApprovalEntry>

/** Shares of sessions that the steps of a ramp let through, in their order. */
export const rampShares = [0.1, 0.5, 1] as const
export const RampShare = z.literal(rampShares)
export type RampShare = z.infer<typeof RampShare>

/** One step of the ramp begins: this share of sessions gets AI replies. */
export const RampEntry = z.object({
  ...entryBase,
  kind: z.literal('ramp'),
  haltId: EntryId,
  validationId: EntryId,
  approvalIds: z.tuple([EntryId, EntryId]),
  share: RampShare,
  /** How long it lasts before the next one may begin. */
  stepMs: z.number().positive(),
})
export type RampEntry = z.infer<typeof RampEntry>

/** The halt `haltId` is over. */
export const ClearedEntry = z.object({
  ...entryBase,
  kind: z.literal('cleared'),
  haltId: EntryId,
  /** Absent: by a commander. */
  how: z.enum(['ramp', 'break-glass', 'commander']).optional(),
  /** The last step of the ramp that it follows. */
  rampId: EntryId.optional(),
})
export type ClearedEntry = z.infer<typeof ClearedEntry>

/** Two contents came under one id, which is damage. The halts that either spoke of open by breaking the glass only. */
export const ConflictingEntry = z.object({
  id: EntryId,
  kind: z.literal('conflicting'),
  atMs,
  haltIds: z.array(EntryId),
})
export type ConflictingEntry = z.infer<typeof ConflictingEntry>

/** A step on the way back from a halt. */
export type ClearanceEntry = ValidationEntry | ApprovalEntry | RampEntry | ClearedEntry

/**
 * One element of the set that only grows. Entries of a kind this version does not know are kept and passed on, and
 * have no effect: a missing or unknown entry always means the safer state.
 */
export type HaltEntry = EngagedEntry | ClearanceEntry | ConflictingEntry | UnknownEntry

export const UnknownEntry = z.looseObject({ id: EntryId, kind: z.string(), atMs })
export type UnknownEntry = z.infer<typeof UnknownEntry>

const known = {
  engaged: EngagedEntry,
  validation: ValidationEntry,
  approval: ApprovalEntry,
  ramp: RampEntry,
  cleared: ClearedEntry,
  conflicting: ConflictingEntry,
} as const

/** Reads one stored entry. Throws `ZodError` for what is not an entry at all. */
export function parseHaltEntry(value: unknown): HaltEntry {
  const entry = UnknownEntry.parse(value)
  return isKnownKind(entry.kind) ? known[entry.kind].parse(value) : entry
}

function isKnownKind(kind: string): kind is keyof typeof known {
  return Object.hasOwn(known, kind)
}

export function isEngaged(entry: HaltEntry): entry is EngagedEntry {
  return entry.kind === 'engaged'
}

export function isCleared(entry: HaltEntry): entry is ClearedEntry {
  return entry.kind === 'cleared'
}

export function isClearanceStep(entry: HaltEntry): entry is ClearanceEntry {
  return entry.kind !== 'engaged' && entry.kind !== 'conflicting' && isKnownKind(entry.kind)
}

export function isConflicting(entry: HaltEntry): entry is ConflictingEntry {
  return entry.kind === 'conflicting'
}

/** Reads what a store kept for a canary. Throws `Error` for what cannot be read; the content stays out of it. */
export function readCanary(text: string): HaltEntry[] {
  try {
    return z.array(z.unknown()).parse(JSON.parse(text)).map(parseHaltEntry)
  } catch {
    throw new Error('the canary entries in the halt store cannot be read')
  }
}

/** Where an exchange would be served; `engine` is the one it is routed to. */
export interface HaltSubject {
  engine: string
  tenant?: string | undefined
  /** By which a ramp chooses; without one an exchange joins last. */
  session?: string | undefined
  /** A session that is let in by the last step of a ramp only: there was a crisis in it in the last 24 hours. */
  joinsLast?: boolean | undefined
}

/**
 * Whether a halt of this scope applies to this subject; leans to the safe side. The other engines stand in for the
 * primary, so its halt applies to them too: serving under it takes a validation of their own.
 */
export function scopeApplies(scope: HaltScope, subject: HaltSubject): boolean {
  if (scope.startsWith('tenant:')) {
    // Case is folded: a halt must not be evaded by another spelling.
    const { tenant } = subject
    return tenant === undefined || scope.toLowerCase() === `tenant:${tenant.toLowerCase()}`
  }
  if (scope.startsWith('engine:')) {
    const name = scope.slice('engine:'.length)
    return name === subject.engine || name === 'primary' || !engineNames.some((known) => known === name)
  }
  return true
}
