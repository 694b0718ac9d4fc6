import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { ApprovalEntry, ClearedEntry, EngagedEntry, RampEntry, ValidationEntry } from './halt-entry.ts'
import type { ClearanceRight, EngageRequest, NewStep } from './halt-gate.ts'

/** What every new entry gets. */
export interface Mark {
  id: string
  atMs: number
}

/**
 * A new halt. It is not refused for its prose: what is too long is cut, what is empty says so.
 * Throws `GatewayError` `invalid_request` for a scope or cause that does not exist.
 */
export function newHalt({ scope, cause, reason, by, supersedes }: EngageRequest, mark: Mark): EngagedEntry {
  const prose = { by: by.slice(0, 200) || 'unknown', reason: reason.slice(0, 2_000) || 'no reason given' }
  const entry = EngagedEntry.safeParse({
    ...mark,
    kind: 'engaged',
    scope,
    cause,
    ...prose,
    ...(supersedes === undefined ? {} : { supersedes }),
  })
  if (entry.success) return entry.data
  throw new GatewayError(
    'invalid_request',
    'a halt needs a scope (all, engine:<name>, tenant:<id>) and a cause',
    {
      cause: entry.error,
    },
  )
}

/** A new clearance; this one must say who and why. Throws `GatewayError` `invalid_request`. */
export function newClearance(
  { haltId, by, reason }: { haltId: string; by: string; reason: string },
  right: ClearanceRight,
  mark: Mark,
): ClearedEntry {
  const entry = ClearedEntry.safeParse({ ...mark, kind: 'cleared', haltId, by, reason, ...right })
  if (entry.success) return entry.data
  throw new GatewayError(
    'invalid_request',
    'a clearance needs a person and a reason of 1 to 2000 characters',
    {
      cause: entry.error,
    },
  )
}

/** A step on the way back as an entry. Throws `GatewayError` `invalid_request` for one that says too little or too much. */
export function newStep(step: NewStep, mark: Mark): ValidationEntry | ApprovalEntry | RampEntry {
  const entry = Step.safeParse({ ...step, ...mark })
  if (entry.success) return entry.data
  const [issue] = entry.error.issues
  throw new GatewayError(
    'invalid_request',
    `${issue?.path.map(String).join('.') || step.kind}: ${issue?.message ?? 'not as expected'}`,
    { cause: entry.error },
  )
}

const Step = z.discriminatedUnion('kind', [ValidationEntry, ApprovalEntry, RampEntry])
