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
  'other',
])
export type HaltCause = z.infer<typeof HaltCause>

/** `all`, `engine:<name>` or `tenant:<id>`. An engine name we do not know applies to all (safe side). */
export const HaltScope = z
  .string()
  .max(200)
  .regex(/^(all|engine:[^\s:][^\s]*|tenant:\S+)$/, 'expected all, engine:<name> or tenant:<id>')
export type HaltScope = z.infer<typeof HaltScope>

const entryBase = {
  /** Unique for ever; never used twice. */
  id: z.string().min(8).max(64),
  /** Epoch milliseconds on the gateway that made the entry. */
  atMs: z.number().int().nonnegative(),
  /** Person or service that acted, or `haltgate` for the plan itself. */
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(2000),
}

/** AI replies are off in `scope` from now on. */
export const EngagedEntry = z.object({
  ...entryBase,
  kind: z.literal('engaged'),
  scope: HaltScope,
  cause: HaltCause,
})
export type EngagedEntry = z.infer<typeof EngagedEntry>

/** The halt `haltId` is over. */
export const ClearedEntry = z.object({
  ...entryBase,
  kind: z.literal('cleared'),
  haltId: z.string().min(8).max(64),
})
export type ClearedEntry = z.infer<typeof ClearedEntry>

/**
 * One element of the set that only grows. Entries of a kind this version does not know are kept and passed on, and
 * have no effect: a missing or unknown entry always means the safer state.
 */
export type HaltEntry = EngagedEntry | ClearedEntry | UnknownEntry

export const UnknownEntry = z.looseObject({ id: entryBase.id, kind: z.string(), atMs: entryBase.atMs })
export type UnknownEntry = z.infer<typeof UnknownEntry>

/** Reads one stored entry. Throws `ZodError` for what is not an entry at all. */
export function parseHaltEntry(value: unknown): HaltEntry {
  const { kind } = UnknownEntry.parse(value)
  if (kind === 'engaged') return EngagedEntry.parse(value)
  if (kind === 'cleared') return ClearedEntry.parse(value)
  return UnknownEntry.parse(value)
}

/** Where an exchange would be served; `engine` is the one it is routed to. */
export interface HaltSubject {
  engine: string
  tenant?: string | undefined
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
