import { type HaltEntry, isClearanceStep, isConflicting, isEngaged } from './halt-entry.ts'

/** Entries that are kept or removed together. */
export interface CompactionGroup {
  ids: string[]
  /** No halt among them is in force. */
  isOver: boolean
  /** Of the youngest entry, epoch milliseconds. */
  lastMs: number
}

/**
 * Groups each halt with every step of its way back, and with the halts that supersede it or that it supersedes: left
 * alone, an older one would be in force again. `isOver` must say yes for a halt that is not here.
 */
export function compactionGroups(
  entries: readonly HaltEntry[],
  isOver: (haltId: string) => boolean,
): CompactionGroup[] {
  const leaders = new Map<string, string>()
  const leaderOf = (haltId: string): string => {
    const next = leaders.get(haltId)
    return next === undefined ? haltId : leaderOf(next)
  }
  for (const entry of entries) {
    const [first, ...others] = haltsOf(entry)
    if (first === undefined) continue
    for (const other of others) {
      const [one, two] = [leaderOf(first), leaderOf(other)]
      if (one !== two) leaders.set(one, two)
    }
  }
  const groups = new Map<string, CompactionGroup>()
  for (const entry of entries) {
    const [haltId] = haltsOf(entry)
    // What this version cannot read may matter to a later one.
    if (haltId === undefined) continue
    const leader = leaderOf(haltId)
    const group = groups.get(leader) ?? { ids: [], isOver: true, lastMs: 0 }
    group.ids.push(entry.id)
    group.lastMs = Math.max(group.lastMs, entry.atMs)
    if (isEngaged(entry) && !isOver(entry.id)) group.isOver = false
    groups.set(leader, group)
  }
  return [...groups.values()]
}

function haltsOf(entry: HaltEntry): string[] {
  if (isEngaged(entry)) return entry.supersedes === undefined ? [entry.id] : [entry.id, entry.supersedes]
  if (isConflicting(entry)) return entry.haltIds
  return isClearanceStep(entry) ? [entry.haltId] : []
}
