import type { ClearedEntry, EngagedEntry, HaltEntry } from '../breakers/halt-entry.ts'
import { isCleared, isEngaged } from '../breakers/halt-set.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { haltSeverity } from './halt-severity.ts'
import { openWithin } from './open.ts'
import { haltClearedWithin } from './resolve.ts'

export interface Derived {
  /** Incidents opened, and halts found cleared, by this call. */
  opened: number
  cleared: number
}

/** Well below the number of parameters that either database allows in one query. */
const refsPerQuery = 500

/**
 * Gives each halt its incident and its audit lines: exactly one for ever, by any number of gateways at once, after a
 * crash or an outage of the database too. A halt is known to be recorded by the `ref` of its audit line, which is
 * written in one transaction with the incident. Call it with all entries, as often as you like; when nothing is new it
 * costs one query. Rejects with `GatewayError` `unavailable`; what was done until then stays done.
 */
export async function deriveFromHalts(
  records: Records,
  entries: readonly HaltEntry[],
  { timeScale, nowMs }: { timeScale: number; nowMs: number },
): Promise<Derived> {
  const engaged = entries.filter(isEngaged)
  const halts = new Map(engaged.map((entry) => [entry.id, entry]))
  // A clearance of a halt that has not come yet waits for it: the missing entry means the safer state.
  const cleared = entries.filter(isCleared).filter(({ haltId }) => halts.has(haltId))
  const recorded = await recordedRefs(records, [...engaged, ...cleared].map(refOf))
  const isNew = (entry: EngagedEntry | ClearedEntry) => !recorded.has(refOf(entry))
  const derived: Derived = { opened: 0, cleared: 0 }

  for (const entry of engaged.filter(isNew)) {
    const created = await records.write((trx) => recordEngaged(trx, entry, timeScale, nowMs))
    if (created) derived.opened++
  }
  // Of several clearances of one halt the earliest is the one that ended it.
  for (const entry of cleared.filter(isNew).sort((a, b) => a.atMs - b.atMs)) {
    await records.write((trx) => recordCleared(trx, entry, nowMs))
    derived.cleared++
  }
  return derived
}

async function recordEngaged(
  trx: RecordsTransaction,
  entry: EngagedEntry,
  timeScale: number,
  nowMs: number,
): Promise<boolean> {
  const { id, scope, cause, by, reason, atMs } = entry
  const { created, incident } = await openWithin(
    trx,
    {
      ...haltSeverity[cause],
      title: `AI replies are off in ${scope}: ${cause}`,
      source: 'halt',
      cause,
      scope,
      dedupeKey: `halt:${id}`,
      haltId: id,
      detectedAtMs: atMs,
      actor: by,
      data: { haltId: id, scope, reason },
      drill: cause === 'drill',
      timeScale,
    },
    nowMs,
  )
  await appendAudit(trx, {
    atMs: nowMs,
    actor: by,
    action: 'halt.engage',
    target: `halt:${id}`,
    reason,
    data: { scope, cause, engagedAtMs: atMs, incident: incident.id },
    ref: refOf(entry),
  })
  return created
}

async function recordCleared(trx: RecordsTransaction, entry: ClearedEntry, nowMs: number): Promise<void> {
  const { id, haltId, by, reason, atMs } = entry
  await haltClearedWithin(trx, haltId, { atMs, actor: by, data: { haltId, reason } })
  await appendAudit(trx, {
    atMs: nowMs,
    actor: by,
    action: 'halt.clear',
    target: `halt:${haltId}`,
    reason,
    data: { clearedAtMs: atMs, clearance: id },
    ref: refOf(entry),
  })
}

const refOf = ({ id }: EngagedEntry | ClearedEntry) => `halt-entry:${id}`

async function recordedRefs(records: Records, refs: string[]): Promise<Set<string | null>> {
  const found = new Set<string | null>()
  for (let from = 0; from < refs.length; from += refsPerQuery) {
    const some = refs.slice(from, from + refsPerQuery)
    const rows = await records.read((db) =>
      db.selectFrom('audit').select('ref').where('ref', 'in', some).execute(),
    )
    for (const { ref } of rows) found.add(ref)
  }
  return found
}
