import { GatewayError } from '../errors.ts'
import { appendAudit } from '../stores/audit.ts'
import type { IncidentRow } from '../stores/record-tables.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { appendEvent, type EventData, insertEvent } from './events.ts'
import { findIncident } from './find.ts'
import { type Incident, incidentOf, openStatuses } from './schemas.ts'

export interface ResolveRequest {
  id: string
  actor: string
  /** Why it is over. No message text. */
  reason: string
}

/**
 * Ends an open incident, with its line in the audit log. Rejects with `GatewayError` `not_found`, or `conflict` when
 * it is no longer open or its halt is still engaged: the halt is cleared first.
 */
export function resolveIncident(
  records: Records,
  { id, actor, reason }: ResolveRequest,
  nowMs: number,
): Promise<Incident> {
  return records.write(async (trx) => {
    const found = await findIncident(trx, id)
    const row = await appendEvent(trx, found.id, { atMs: nowMs, actor, type: 'resolved', data: { reason } })
    if (row === undefined) throw new GatewayError('not_found', `no incident with the id ${id}`)
    // Looked at only now, when the row is locked; a refusal rolls the event back.
    if (!isOpen(row)) throw new GatewayError('conflict', `${row.id} is ${row.status} already`)
    if (row.halt_id !== null && row.halt_cleared_at_ms === null) {
      throw new GatewayError(
        'conflict',
        `${row.id} cannot be resolved while its halt ${row.halt_id} is engaged: clear the halt first`,
      )
    }
    const resolved = await markResolved(trx, row.id, nowMs)
    const target = `incident:${row.id}`
    await appendAudit(trx, { atMs: nowMs, actor, action: 'incident.resolve', target, reason })
    return incidentOf(resolved)
  })
}

/** The halt of this incident is over: said in its events and, when it is still open, the incident resolved. */
export async function haltClearedWithin(
  trx: RecordsTransaction,
  haltId: string,
  { atMs, actor, data }: { atMs: number; actor: string; data: EventData },
): Promise<void> {
  const row = await trx
    .updateTable('incident')
    .set((eb) => ({ halt_cleared_at_ms: atMs, last_seq: eb('last_seq', '+', 1) }))
    .where('halt_id', '=', haltId)
    .where('halt_cleared_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return
  await insertEvent(trx, row, { atMs, actor, type: 'halt-cleared', data })
  if (!isOpen(row)) return
  await appendEvent(trx, row.id, { atMs, actor, type: 'resolved', data: { haltId } })
  await markResolved(trx, row.id, atMs)
}

const isOpen = ({ status }: IncidentRow) => openStatuses.some((open) => open === status)

function markResolved(trx: RecordsTransaction, id: string, atMs: number): Promise<IncidentRow> {
  return trx
    .updateTable('incident')
    .set({ status: 'resolved', resolved_at_ms: atMs })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
