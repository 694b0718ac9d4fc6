import type { Actor } from './key-ring.ts'

/**
 * Writes a change that has already taken effect to the audit log. A containment action is not undone because the
 * records database is down: the line is kept and retried.
 */
export type RecordChange = (
  actor: Pick<Actor, 'name'>,
  action: string,
  target: string,
  reason: string,
) => Promise<void>
