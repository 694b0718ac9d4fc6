import { GatewayError } from '../errors.ts'
import type { IncidentRow } from '../stores/record-tables.ts'
import type { RecordsDb } from '../stores/records.ts'
import { normaliseId } from './incident-id.ts'

const candidatesShown = 5

/**
 * The incident with this id or unique beginning of an id, as people type them.
 * Rejects with `GatewayError` `not_found`, or `conflict` naming the candidates.
 */
export async function findIncident(db: RecordsDb, typed: string): Promise<IncidentRow> {
  const beginning = normaliseId('INC', typed)
  const rows = /^INC-[0-9A-Z]+$/.test(beginning)
    ? await db
        .selectFrom('incident')
        .selectAll()
        .where((eb) => eb.fn('substr', ['id', eb.lit(1), eb.lit(beginning.length)]), '=', beginning)
        .orderBy('opened_at_ms', 'desc')
        .limit(candidatesShown + 1)
        .execute()
    : []
  const [only] = rows
  if (only === undefined)
    throw new GatewayError('not_found', `no incident with the id ${beginning.slice(0, 40)}`)
  if (rows.length === 1) return only
  const ids = rows.slice(0, candidatesShown).map(({ id }) => id)
  const more = rows.length > candidatesShown ? ', …' : ''
  throw new GatewayError(
    'conflict',
    `several incidents begin with ${beginning}: ${ids.join(', ')}${more}. Give more of the id`,
  )
}
