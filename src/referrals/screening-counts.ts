import type { ScreeningCountRow } from '../stores/crisis-tables.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import { createTally } from './tally.ts'

/**
 * What was screened on one day: `what` is `all` for everything judged on that side, else a category of crisis or a
 * kind of harm; `level` and `action` are empty where they say nothing. `action` is what was done, or, with mode
 * `observe`, what would have been.
 */
export type ScreeningKey = Omit<ScreeningCountRow, 'count'> & {
  mode: 'enforce' | 'observe'
  side: 'message' | 'reply'
}

/** Adds counts within the caller's transaction, which must run once for them. */
export async function addCounts(
  trx: RecordsTransaction,
  counts: readonly (ScreeningKey & { count?: number })[],
): Promise<void> {
  const tally = createTally<ScreeningKey>()
  for (const { count, ...key } of counts) tally.add(key, count)
  for (const row of tally.entries()) {
    await trx
      .insertInto('screening_count')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['day', 'mode', 'side', 'what', 'level', 'action'])
          .doUpdateSet((eb) => ({ count: eb('screening_count.count', '+', row.count) })),
      )
      .execute()
  }
}

/** A batch is remembered for longer than any write of it is tried again. */
const rememberMs = 86_400_000

/** Whether this batch comes for the first time; remembers that it came. Within the transaction that adds it. */
export async function firstTime(trx: RecordsTransaction, batchId: string, nowMs: number): Promise<boolean> {
  const added = await trx
    .insertInto('counted_batch')
    .values({ id: batchId, at_ms: nowMs })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  await trx
    .deleteFrom('counted_batch')
    .where('at_ms', '<', nowMs - rememberMs)
    .execute()
  return added !== undefined
}

/** Counts from a day on (UTC, `YYYY-MM-DD`), oldest first. */
export function readCounts(
  records: Records,
  { since, mode }: { since: string; mode: 'enforce' | 'observe' },
): Promise<ScreeningCountRow[]> {
  return records.read((db) =>
    db
      .selectFrom('screening_count')
      .selectAll()
      .where('day', '>=', since)
      .where('mode', '=', mode)
      .orderBy('day')
      .orderBy('side')
      .orderBy('what')
      .orderBy('level')
      .orderBy('action')
      .execute(),
  )
}
