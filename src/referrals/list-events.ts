import { GatewayError } from '../errors.ts'
import type { CrisisEventRow } from '../stores/crisis-tables.ts'
import type { Records, RecordsDb } from '../stores/records.ts'
import { type CrisisEvent, crisisEventOf } from './crisis-event.ts'

export interface ListEvents {
  /** `open`: not acknowledged; `overdue`: not acknowledged in time. */
  state: 'open' | 'overdue' | 'all'
  limit: number
  /** The id of the last event of the page before. */
  before?: string | undefined
  nowMs: number
}

/** Crisis events, newest first. Rejects with `not_found` for an unknown `before`. */
export function listCrisisEvents(records: Records, asked: ListEvents): Promise<CrisisEvent[]> {
  return records.read(async (db) => {
    let query = db
      .selectFrom('crisis_event')
      .selectAll()
      .orderBy('at_ms', 'desc')
      .orderBy('id', 'desc')
      .limit(asked.limit)
    if (asked.state !== 'all') query = query.where('acknowledged_at_ms', 'is', null)
    if (asked.state === 'overdue')
      query = query.where('page_by_ms', 'is not', null).where('page_by_ms', '<=', asked.nowMs)
    if (asked.before !== undefined) {
      const { at_ms, id } = await findCrisisEvent(db, asked.before)
      query = query.where((eb) =>
        eb.or([eb('at_ms', '<', at_ms), eb.and([eb('at_ms', '=', at_ms), eb('id', '<', id)])]),
      )
    }
    return (await query.execute()).map(crisisEventOf)
  })
}

/** Rejects with `GatewayError` `not_found`. */
export async function findCrisisEvent(db: RecordsDb, id: string): Promise<CrisisEventRow> {
  const row = await db.selectFrom('crisis_event').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new GatewayError('not_found', `no crisis event with the id ${id}`)
  return row
}
