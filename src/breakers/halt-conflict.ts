import { type EngagedEntry, HaltCause, type HaltEntry, isConflicting, isEngaged } from './halt-entry.ts'

/** The same for the same content, whatever the order of its fields. */
export function fingerprint(entry: HaltEntry): string {
  return JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Two contents under one id, as one that is at least as safe as either: the same whatever came first, and however many
 * come. A halt stays a halt, with what is stricter of both; anything else loses its effect, and so do all the steps of
 * the halts that it spoke of, because the lost content may have been a failure.
 */
export function joined(a: HaltEntry, b: HaltEntry): HaltEntry {
  if (isEngaged(a) && isEngaged(b)) return bothHalts(a, b)
  // What the other content was may have kept any halt closed, so that this one closes all.
  if (isEngaged(a)) return widest(a)
  if (isEngaged(b)) return widest(b)
  const haltIds = new Set([...haltIdsOf(a), ...haltIdsOf(b)])
  return { id: a.id, kind: 'conflicting', atMs: Math.min(a.atMs, b.atMs), haltIds: [...haltIds].sort() }
}

function bothHalts(a: EngagedEntry, b: EngagedEntry): EngagedEntry {
  const { supersedes, ...rest } = a
  return {
    ...rest,
    scope: a.scope === b.scope ? a.scope : 'all',
    cause: strictness(a) >= strictness(b) ? a.cause : b.cause,
    atMs: Math.max(a.atMs, b.atMs),
    by: a.by < b.by ? a.by : b.by,
    reason: a.reason < b.reason ? a.reason : b.reason,
    ...(supersedes !== undefined && supersedes === b.supersedes ? { supersedes } : {}),
  }
}

function widest({ supersedes: _, ...halt }: EngagedEntry): EngagedEntry {
  return { ...halt, scope: 'all' }
}

/** Those that one commander may end come first; among the others any fixed order does. */
function strictness({ cause }: EngagedEntry): number {
  const lenient = ['drill', 'maintenance'].indexOf(cause)
  return lenient >= 0 ? lenient : 2 + HaltCause.options.indexOf(cause)
}

function haltIdsOf(entry: HaltEntry): readonly string[] {
  if (isConflicting(entry)) return entry.haltIds
  return 'haltId' in entry && typeof entry.haltId === 'string' ? [entry.haltId] : []
}
