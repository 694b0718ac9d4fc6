import {
  type ClearanceEntry,
  type ClearedEntry,
  type EngagedEntry,
  type HaltEntry,
  isClearanceStep,
} from '../breakers/halt-entry.ts'
import { HaltSet, type KnownHalt } from '../breakers/halt-set.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { appendEvent } from './events.ts'
import { haltSeverity } from './halt-severity.ts'
import { openWithin } from './open.ts'
import { haltClearedWithin } from './resolve.ts'

export interface Derived {
  /** Incidents of halts opened, and halts found cleared, by this call. */
  opened: number
  cleared: number
}

/** Well below the number of parameters that either database allows in one query. */
const refsPerQuery = 500

/**
 * Gives each halt its incident and its audit lines, and each step on its way back: exactly one for ever, by any number of
 * gateways at once, after a crash or an outage of the database too. What is recorded is known by the `ref` of its audit
 * line, which is written in one transaction with the incident. Steps without effect are not recorded until they have
 * one: a clearance that lacks what it rests on resolves nothing. Call it with all entries, as often as you like; when
 * nothing is new it costs one query. Rejects with `GatewayError` `unavailable`; what was done until then stays done.
 */
export async function deriveFromHalts(
  records: Records,
  entries: readonly HaltEntry[],
  { timeScale, nowMs }: { timeScale: number; nowMs: number },
): Promise<Derived> {
  const set = new HaltSet(entries)
  const halts = set.allKnown()
  const steps = set
    .entries()
    .filter(isClearanceStep)
    .sort((a, b) => a.atMs - b.atMs)
    .flatMap((step) => {
      // A step of a halt that has not come yet waits for it: the missing entry means the safer state.
      const known = set.known(step.haltId)
      return known === undefined || !counts(step, known) ? [] : [{ known, step }]
    })
  const engaged = halts.map(({ halt }) => halt)
  const all = [...engaged, ...steps.map(({ step }) => step)]
  const recorded = await recordedRefs(records, all.map(refOf))
  const isNew = (entry: EngagedEntry | ClearanceEntry) => !recorded.has(refOf(entry))
  const derived: Derived = { opened: 0, cleared: 0 }

  for (const entry of engaged.filter(isNew)) {
    const created = await records.write((trx) => recordEngaged(trx, entry, timeScale, nowMs))
    if (created) derived.opened++
  }
  // Of several clearances of one halt the earliest is the one that ended it.
  for (const { known, step } of steps.filter((one) => isNew(one.step))) {
    await records.write(async (trx) => {
      if (step.kind === 'cleared') await recordCleared(trx, step, olderOf(known, halts))
      if (step.kind === 'cleared' && step.how === 'break-glass')
        await openBrokenGlass(trx, step, known.halt, timeScale, nowMs)
      await recordStep(trx, step, nowMs)
    })
    if (step.kind === 'cleared') derived.cleared++
  }
  return derived
}

function counts({ kind, id }: ClearanceEntry, { way }: KnownHalt): boolean {
  return kind !== 'cleared' || way.clearances.some((one) => one.id === id)
}

/** The halts in whose place this one stands: they are over with it. */
function olderOf({ halt }: KnownHalt, halts: readonly KnownHalt[]): EngagedEntry[] {
  const direct = halts.filter(({ supersededBy }) => supersededBy?.id === halt.id)
  return direct.flatMap((older) => [older.halt, ...olderOf(older, halts)])
}

async function recordEngaged(
  trx: RecordsTransaction,
  entry: EngagedEntry,
  timeScale: number,
  nowMs: number,
): Promise<boolean> {
  const { id, scope, cause, by, reason, atMs } = entry
  if (entry.supersedes !== undefined) await noteSuperseded(trx, entry.supersedes, entry)
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
      data: { haltId: id, scope, reason, supersedes: entry.supersedes },
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

/** The incident of the older halt stays open until the newer one is cleared, and says so. */
async function noteSuperseded(
  trx: RecordsTransaction,
  olderId: string,
  { id, by, reason, atMs }: EngagedEntry,
): Promise<void> {
  const older = await trx
    .selectFrom('incident')
    .select('id')
    .where('halt_id', '=', olderId)
    .executeTakeFirst()
  if (older === undefined) return
  await appendEvent(trx, older.id, { atMs, actor: by, type: 'halt-superseded', data: { by: id, reason } })
}

async function recordCleared(
  trx: RecordsTransaction,
  { haltId, by, reason, atMs, how }: ClearedEntry,
  older: readonly EngagedEntry[],
): Promise<void> {
  for (const id of [haltId, ...older.map((halt) => halt.id)])
    await haltClearedWithin(trx, id, {
      atMs,
      actor: by,
      data: { haltId, reason, how: how ?? 'commander' },
    })
}

/** Replies came back without proof: somebody has to look, and soon. Its id follows from the entry's. */
async function openBrokenGlass(
  trx: RecordsTransaction,
  { id, haltId, by, reason, atMs }: ClearedEntry,
  { scope, cause }: EngagedEntry,
  timeScale: number,
  nowMs: number,
): Promise<void> {
  await openWithin(
    trx,
    {
      type: 'safety',
      severity: 'P0',
      safety: 'critical',
      title: `AI replies in ${scope} are on again without proof: the glass was broken`,
      source: 'halt',
      cause: 'break-glass',
      scope,
      dedupeKey: `break-glass:${id}`,
      // One for ever by this key, as for a halt. Nothing is engaged under it, so it can be resolved like any other.
      haltId: id,
      detectedAtMs: atMs,
      actor: by,
      data: { haltId, scope, haltCause: cause, reason },
      drill: cause === 'drill',
      timeScale,
    },
    nowMs,
  )
  await trx.updateTable('incident').set({ halt_cleared_at_ms: atMs }).where('halt_id', '=', id).execute()
}

async function recordStep(trx: RecordsTransaction, step: ClearanceEntry, nowMs: number): Promise<void> {
  const { id, haltId, by, reason } = step
  await appendAudit(trx, {
    atMs: nowMs,
    actor: by,
    target: `halt:${haltId}`,
    reason,
    ...whatOf(step),
    ref: `halt-entry:${id}`,
  })
}

function whatOf(step: ClearanceEntry): Pick<Parameters<typeof appendAudit>[1], 'action' | 'data'> & object {
  const at = { entry: step.id, madeAtMs: step.atMs }
  switch (step.kind) {
    case 'validation': {
      const { passed, proof, attempt, author, runHash, engineVersion, repeatReason } = step
      return {
        action: 'halt.validate',
        data: { ...at, passed, proof, attempt, author, runHash, engineVersion, repeatReason },
      }
    }
    case 'approval': {
      const { role, personId, keyId, validationId, runHash } = step
      return { action: 'halt.approve', data: { ...at, role, personId, keyId, validationId, runHash } }
    }
    case 'ramp':
      return { action: 'halt.ramp', data: { ...at, share: step.share, validationId: step.validationId } }
    case 'cleared':
      return {
        action: step.how === 'break-glass' ? 'halt.break-glass' : 'halt.clear',
        data: { clearedAtMs: step.atMs, clearance: step.id, how: step.how ?? 'commander' },
      }
  }
}

const refOf = ({ id }: EngagedEntry | ClearanceEntry) => `halt-entry:${id}`

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
