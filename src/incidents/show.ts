import type { Records } from '../stores/records.ts'
import { findIncident } from './find.ts'
import { eventOf, type Incident, type IncidentEvent, incidentOf } from './schemas.ts'

/**
 * An incident with all its events, oldest first. `id` may be a unique beginning of an id.
 * Rejects with `GatewayError` `not_found`, or `conflict` naming the candidates.
 */
export function showIncident(
  records: Records,
  id: string,
): Promise<{ incident: Incident; events: IncidentEvent[] }> {
  return records.read(async (db) => {
    const row = await findIncident(db, id)
    const events = await db
      .selectFrom('incident_event')
      .selectAll()
      .where('incident_id', '=', row.id)
      .orderBy('seq')
      .execute()
    return { incident: incidentOf(row), events: events.map(eventOf) }
  })
}
