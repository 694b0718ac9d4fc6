import type { IncidentRow } from '../stores/record-tables.ts'
import { cleanText, factsToText } from '../stores/record-values.ts'
import type { RecordsTransaction } from '../stores/records.ts'

/** Facts of an event as callers give them. Never message text, never secrets. */
export type EventData = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface NewEvent {
  atMs: number
  actor: string
  type: string
  data?: EventData
}

/**
 * Appends an event and locks its incident until the commit, so that the events of one incident come one after the
 * other. Returns the incident's row, or `undefined` when there is none with this id.
 */
export async function appendEvent(
  trx: RecordsTransaction,
  incidentId: string,
  event: NewEvent,
): Promise<IncidentRow | undefined> {
  const row = await trx
    .updateTable('incident')
    .set((eb) => ({ last_seq: eb('last_seq', '+', 1) }))
    .where('id', '=', incidentId)
    .returningAll()
    .executeTakeFirst()
  if (row !== undefined) await insertEvent(trx, row, event)
  return row
}

/** For a caller that has just raised `last_seq`. */
export async function insertEvent(
  trx: RecordsTransaction,
  { id, last_seq }: Pick<IncidentRow, 'id' | 'last_seq'>,
  { atMs, actor, type, data = {} }: NewEvent,
): Promise<void> {
  await trx
    .insertInto('incident_event')
    .values({
      incident_id: id,
      seq: last_seq,
      at_ms: atMs,
      actor: cleanText(actor, 200),
      type: cleanText(type, 100),
      data: factsToText(data),
    })
    .execute()
}
