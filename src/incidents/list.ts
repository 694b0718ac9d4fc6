import type { Records } from '../stores/records.ts'
import { findIncident } from './find.ts'
import { type Incident, incidentOf, openStatuses } from './schemas.ts'

export interface ListIncidentsRequest {
  /** `resolved` is everything that is not open. Default: `all`. */
  status?: 'open' | 'resolved' | 'all' | undefined
  limit: number
  /** The last incident of the page before, to go on from. */
  before?: string | undefined
}

/** Incidents, the newest opened first. Rejects with `GatewayError` `not_found` for an unknown `before`. */
export function listIncidents(
  records: Records,
  { status = 'all', limit, before }: ListIncidentsRequest,
): Promise<Incident[]> {
  return records.read(async (db) => {
    let query = db
      .selectFrom('incident')
      .selectAll()
      .orderBy('opened_at_ms', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
    if (status !== 'all') query = query.where('status', status === 'open' ? 'in' : 'not in', openStatuses)
    if (before !== undefined) {
      const { id, opened_at_ms } = await findIncident(db, before)
      query = query.where((eb) =>
        eb.or([
          eb('opened_at_ms', '<', opened_at_ms),
          eb.and([eb('opened_at_ms', '=', opened_at_ms), eb('id', '<', id)]),
        ]),
      )
    }
    return (await query.execute()).map(incidentOf)
  })
}
