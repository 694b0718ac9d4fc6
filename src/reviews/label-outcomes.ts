import type { LabelOutcome } from '../probes/detection-watch.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import type { ReviewItemRow } from '../stores/review-tables.ts'

/**
 * Makes a decided item of the random sample an outcome for the tests. Only these: what was flagged was selected, and would
 * make every engine look worse than it is.
 */
export async function addLabelOutcome(trx: RecordsTransaction, item: ReviewItemRow): Promise<void> {
  const { kind, crisis } = item
  const heard = heardOf(item)
  if (kind !== 'sampled-clear' || crisis === null || crisis === 'unsure' || heard === null) return
  const { seq } = await trx
    .updateTable('label_head')
    .set((eb) => ({ seq: eb('seq', '+', 1) }))
    .where('one', '=', 1)
    .returning('seq')
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('label_outcome')
    .values({
      seq,
      item_id: item.id,
      at_ms: item.at_ms,
      engine: item.engine,
      engine_version: item.engine_version,
      label: crisis === 'yes' ? 1 : 0,
      kind: item.category,
      level: item.level,
      language: item.language,
      heard,
    })
    .execute()
}

/** Of a crisis the clinician's word goes before the machine's; without it, and of no crisis, there is only the machine's. */
function heardOf({ crisis, missed, engine_heard }: ReviewItemRow): number | null {
  if (crisis !== 'yes' || missed === null || missed === 'unsure') return engine_heard
  return missed === 'no' ? 1 : 0
}

/** Outcomes behind this place, oldest first. */
export async function labelOutcomesSince(
  records: Records,
  seq: number,
  limit: number,
): Promise<LabelOutcome[]> {
  const rows = await records.read((db) =>
    db.selectFrom('label_outcome').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute(),
  )
  return rows.map((row) => ({
    seq: row.seq,
    engine: row.engine,
    engineVersion: row.engine_version,
    outcome: {
      source: 'label',
      label: row.label === 1 ? 1 : 0,
      // The sample is of what our own detector did not flag: its crises are the hard ones, by selection.
      tier: 'hard',
      kind: row.kind,
      level: row.level ?? undefined,
      language: row.language,
      isCritical: false,
      heard: row.heard === 1,
      ms: 0,
      atMs: row.at_ms,
    },
  }))
}
