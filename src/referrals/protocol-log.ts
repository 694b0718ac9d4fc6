import type { ProtocolLogRow } from '../stores/crisis-tables.ts'
import { cleanText } from '../stores/record-values.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { dayOf } from './day.ts'

/**
 * What is kept beside the register: `not-human-notice`, how often people were told that they speak to no human;
 * `protocol`, which versions of texts, lines and detectors were in force; `observe`, that disclosures were observed
 * and not acted on.
 */
export const protocolKinds = ['not-human-notice', 'protocol', 'observe'] as const
export type ProtocolKind = (typeof protocolKinds)[number]

export interface ProtocolEntry {
  atMs: number
  kind: ProtocolKind
  /** A version, or the settings in force. Never text of a person. */
  detail: string
}

/** Adds entries, one row per day, kind and detail, within a transaction that runs once for them. */
export async function addToProtocolLog(
  trx: RecordsTransaction,
  entries: readonly ProtocolEntry[],
): Promise<void> {
  const rows = new Map<string, ProtocolLogRow>()
  for (const { atMs, kind, detail } of entries) {
    const row = { day: dayOf(atMs), kind, detail: cleanText(detail, 300) }
    const name = JSON.stringify(row)
    const known = rows.get(name)
    rows.set(name, {
      ...row,
      first_at_ms: Math.min(known?.first_at_ms ?? atMs, atMs),
      last_at_ms: Math.max(known?.last_at_ms ?? atMs, atMs),
      count: (known?.count ?? 0) + 1,
    })
  }
  for (const [, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) await addRow(trx, row)
}

function addRow(trx: RecordsTransaction, row: ProtocolLogRow) {
  return trx
    .insertInto('protocol_log')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['day', 'kind', 'detail']).doUpdateSet((eb) => ({
        count: eb('protocol_log.count', '+', row.count),
        first_at_ms: eb
          .case()
          .when('protocol_log.first_at_ms', '<', row.first_at_ms)
          .then(eb.ref('protocol_log.first_at_ms'))
          .else(row.first_at_ms)
          .end(),
        last_at_ms: eb
          .case()
          .when('protocol_log.last_at_ms', '>', row.last_at_ms)
          .then(eb.ref('protocol_log.last_at_ms'))
          .else(row.last_at_ms)
          .end(),
      })),
    )
    .execute()
}

/** The log of one calendar year (UTC), by day. */
export function readProtocolLog(records: Records, year: number): Promise<ProtocolLogRow[]> {
  return records.read((db) =>
    db
      .selectFrom('protocol_log')
      .selectAll()
      .where('day', '>=', `${year}-01-01`)
      .where('day', '<=', `${year}-12-31`)
      .orderBy('day')
      .orderBy('kind')
      .orderBy('detail')
      .execute(),
  )
}
