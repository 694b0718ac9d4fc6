import { type IncidentType, SafetySeverity, Severity } from '../plan/severity.ts'
import { appendAudit } from '../stores/audit.ts'
import type { IncidentRow } from '../stores/record-tables.ts'
import { cleanText } from '../stores/record-values.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { type EventData, insertEvent } from './events.ts'
import { incidentIdOfHalt, newId } from './incident-id.ts'
import { type Incident, incidentOf, openStatuses } from './schemas.ts'

/** `title` and `data` never hold message text. */
export interface OpenIncidentRequest {
  title: string
  type: IncidentType
  severity: Severity
  safety: SafetySeverity
  /** What raised it, such as `signals`, `halt`, or `console`. */
  source: string
  cause: string
  /** What is affected, as a halt's scope. */
  scope?: string | undefined
  /** Signals with the same key join one incident for as long as it is open (R15). */
  dedupeKey: string
  /** For the incident of a halt: there is one for ever, its id derived from the halt's. */
  haltId?: string | undefined
  detectedAtMs: number
  actor: string
  data?: EventData | undefined
  drill?: boolean | undefined
  timeScale: number
}

export interface OpenedIncident {
  incident: Incident
  /** False when an open incident took the signal in. */
  created: boolean
}

/** Repeats are counted always; up to this many get an event of their own, then only each power of two. */
const repeatsInFull = 10

/**
 * Opens an incident, or lets an open one with the same `dedupeKey` take the signal in: that one counts it, and is
 * raised when the new severity or safety is higher (R7; never lowered). Exactly one is open per key, however many
 * gateways call at once.
 */
export function openIncident(
  records: Records,
  request: OpenIncidentRequest,
  nowMs: number,
): Promise<OpenedIncident> {
  return records.write((trx) => openWithin(trx, request, nowMs))
}

/** As `openIncident`, inside the caller's transaction. */
export async function openWithin(
  trx: RecordsTransaction,
  request: OpenIncidentRequest,
  nowMs: number,
): Promise<OpenedIncident> {
  // Whoever loses the race to insert finds the winner's row at the next look, unless it was resolved in between.
  for (let look = 0; look < 5; look++) {
    const known = await repeated(trx, request, nowMs)
    if (known !== undefined) return { incident: incidentOf(known), created: false }
    const row = await inserted(trx, request, nowMs)
    if (row !== undefined) return { incident: incidentOf(row), created: true }
  }
  throw new Error(`could neither open nor find the incident of ${request.dedupeKey}`)
}

async function repeated(
  trx: RecordsTransaction,
  request: OpenIncidentRequest,
  nowMs: number,
): Promise<IncidentRow | undefined> {
  // A halt's incident stays the only one even when it has been resolved.
  const { haltId } = request
  if (haltId !== undefined) {
    return trx.selectFrom('incident').selectAll().where('halt_id', '=', haltId).executeTakeFirst()
  }
  // The update locks the row, so that no count and no raise is lost.
  const row = await trx
    .updateTable('incident')
    .set((eb) => ({ signal_count: eb('signal_count', '+', 1) }))
    .where('dedupe_key', '=', request.dedupeKey)
    .where('status', 'in', openStatuses)
    .returningAll()
    .executeTakeFirst()
  return row && takeIn(trx, row, request, nowMs)
}

async function takeIn(
  trx: RecordsTransaction,
  row: IncidentRow,
  request: OpenIncidentRequest,
  nowMs: number,
): Promise<IncidentRow> {
  // P0 and critical are the gravest: first in one enum, last in the other.
  const severity = Severity.options.find((one) => one === row.severity || one === request.severity)
  const safety = SafetySeverity.options.findLast((one) => one === row.safety || one === request.safety)
  const raised = severity !== row.severity || safety !== row.safety
  const count = row.signal_count
  const told = raised || count <= repeatsInFull || Math.log2(count) % 1 === 0
  const next = await trx
    .updateTable('incident')
    .set({
      severity: severity ?? request.severity,
      safety: safety ?? request.safety,
      detected_at_ms: Math.min(row.detected_at_ms, request.detectedAtMs),
      last_signal_at_ms: Math.max(row.last_signal_at_ms, request.detectedAtMs),
      last_seq: row.last_seq + (told ? 1 : 0),
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (told) {
    const change = raised ? { severity: next.severity, safety: next.safety } : {}
    await insertEvent(trx, next, {
      atMs: nowMs,
      actor: request.actor,
      type: raised ? 'severity-raised' : 'signal-repeated',
      data: { ...request.data, ...change, cause: request.cause, count },
    })
  }
  return next
}

async function inserted(
  trx: RecordsTransaction,
  request: OpenIncidentRequest,
  nowMs: number,
): Promise<IncidentRow | undefined> {
  const { haltId, type, severity, safety, detectedAtMs, timeScale } = request
  const row = await trx
    .insertInto('incident')
    .values({
      id: haltId === undefined ? newId('INC') : await incidentIdOfHalt(haltId),
      title: cleanText(request.title, 200),
      type,
      severity,
      safety,
      status: 'triage',
      source: cleanText(request.source, 100),
      cause: cleanText(request.cause, 200),
      scope: request.scope === undefined ? null : cleanText(request.scope, 300),
      dedupe_key: request.dedupeKey,
      halt_id: haltId ?? null,
      detected_at_ms: detectedAtMs,
      opened_at_ms: nowMs,
      signal_count: 1,
      last_signal_at_ms: detectedAtMs,
      last_seq: 1,
      drill: request.drill ? 1 : 0,
      time_scale: timeScale,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { actor, data, cause } = request
  await insertEvent(trx, row, {
    atMs: nowMs,
    actor,
    type: 'opened',
    data: { ...data, severity, safety, cause },
  })
  const target = `incident:${row.id}`
  await appendAudit(trx, { atMs: nowMs, actor, action: 'incident.open', target, reason: row.title })
  return row
}
