import type { Records, RecordsTransaction } from '../stores/records.ts'
import { appendEvent, type EventData } from './events.ts'
import { findIncident } from './find.ts'
import { type Incident, incidentOf, openStatuses } from './schemas.ts'

export interface Note {
  actor: string
  /** Such as `breach-ended`. */
  type: string
  data?: EventData | undefined
}

/**
 * Adds an event to an incident. `id` may be a unique beginning of an id.
 * Rejects with `GatewayError` `not_found`, or `conflict` naming the candidates.
 */
export function noteIncident(
  records: Records,
  { id, ...note }: Note & { id: string },
  nowMs: number,
): Promise<Incident> {
  return records.write(async (trx) => {
    const found = await findIncident(trx, id)
    return incidentOf((await append(trx, found.id, note, nowMs)) ?? found)
  })
}

/** Adds an event to the open incident with this key; `undefined`, and nothing written, when none is open. */
export function noteOpenIncident(
  records: Records,
  { dedupeKey, ...note }: Note & { dedupeKey: string },
  nowMs: number,
): Promise<Incident | undefined> {
  return records.write(async (trx) => {
    const open = await trx
      .selectFrom('incident')
      .select('id')
      .where('dedupe_key', '=', dedupeKey)
      .where('status', 'in', openStatuses)
      .executeTakeFirst()
    const row = open && (await append(trx, open.id, note, nowMs))
    return row && incidentOf(row)
  })
}

function append(trx: RecordsTransaction, id: string, { actor, type, data }: Note, nowMs: number) {
  return appendEvent(trx, id, { atMs: nowMs, actor, type, data: data ?? {} })
}
