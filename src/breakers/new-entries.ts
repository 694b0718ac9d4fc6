import { GatewayError } from '../errors.ts'
import { ClearedEntry, EngagedEntry } from './halt-entry.ts'
import type { EngageRequest } from './halt-gate.ts'

/** What every new entry gets. */
export interface Mark {
  id: string
  atMs: number
}

/**
 * A new halt. It is not refused for its prose: what is too long is cut, what is empty says so.
 * Throws `GatewayError` `invalid_request` for a scope or cause that does not exist.
 */
export function newHalt({ scope, cause, reason, by }: EngageRequest, mark: Mark): EngagedEntry {
  const prose = { by: by.slice(0, 200) || 'unknown', reason: reason.slice(0, 2_000) || 'no reason given' }
  const entry = EngagedEntry.safeParse({ ...mark, kind: 'engaged', scope, cause, ...prose })
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
export function newClearance(haltId: string, by: string, reason: string, mark: Mark): ClearedEntry {
  const entry = ClearedEntry.safeParse({ ...mark, kind: 'cleared', haltId, by, reason })
  if (entry.success) return entry.data
  throw new GatewayError(
    'invalid_request',
    'a clearance needs a person and a reason of 1 to 2000 characters',
    {
      cause: entry.error,
    },
  )
}
