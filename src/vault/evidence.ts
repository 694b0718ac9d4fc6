import { GatewayError } from '../errors.ts'
import { SealError } from '../referrals/seal.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import type { EvidenceCipher, Excerpt, SealedExcerpt } from './evidence-cipher.ts'

/** Keeps a sealed excerpt within the caller's transaction. */
export async function keepEvidence(
  trx: RecordsTransaction,
  itemId: string,
  { sealed, wrappedKey, keyId }: SealedExcerpt,
  deleteAfterMs: number,
): Promise<void> {
  await trx
    .insertInto('evidence')
    .values({
      item_id: itemId,
      sealed,
      wrapped_key: wrappedKey,
      key_id: keyId,
      delete_after_ms: Math.round(deleteAfterMs),
      held: 0,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * What was said, for a clinician. The look is in the audit log before the text is given; without that line there is no
 * answer. Rejects with `not_found` where nothing was kept, `conflict` where it cannot be opened here.
 */
export async function readEvidence(
  records: Records,
  cipher: EvidenceCipher | undefined,
  { itemId, actor }: { itemId: string; actor: string },
  nowMs: number,
): Promise<Excerpt> {
  const row = await records.write(async (trx) => {
    const item = await trx
      .selectFrom('review_item')
      .select(['id', 'evidence'])
      .where('id', '=', itemId)
      .executeTakeFirst()
    if (item === undefined) throw new GatewayError('not_found', `no review item with the id ${itemId}`)
    const found = await trx
      .selectFrom('evidence')
      .selectAll()
      .where('item_id', '=', itemId)
      .executeTakeFirst()
    if (found === undefined) throw new GatewayError('not_found', whyNone(itemId, item.evidence))
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'evidence.read',
      target: `review:${itemId}`,
      reason: '',
    })
    return found
  })
  if (cipher === undefined)
    throw new GatewayError('conflict', 'this gateway has no master key: start it with HALTGATE_MASTER_KEY')
  try {
    const { sealed, wrapped_key: wrappedKey, key_id: keyId } = row
    return await cipher.open({ sealed, wrappedKey, keyId }, itemId)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new GatewayError('conflict', `the evidence of ${itemId} cannot be opened: ${error.message}`, {
      cause: error,
    })
  }
}

function whyNone(itemId: string, evidence: string): string {
  if (evidence === 'no-master-key')
    return `the evidence of ${itemId} was not kept: there was no HALTGATE_MASTER_KEY when it was recorded`
  if (evidence === 'none') return `there is no evidence of ${itemId}: whoever reported it gave no excerpt`
  return `the evidence of ${itemId} is gone: its time was over (plan.reviews.evidenceKeptMs)`
}

/** How long evidence is kept; undefined where there is none. Says nothing of what it is. */
export async function keepingOf(
  records: Records,
  itemId: string,
): Promise<{ held: boolean; deleteAfterMs: number } | undefined> {
  const row = await records.read((db) =>
    db
      .selectFrom('evidence')
      .select(['held', 'delete_after_ms'])
      .where('item_id', '=', itemId)
      .executeTakeFirst(),
  )
  return row && { held: row.held === 1, deleteAfterMs: row.delete_after_ms }
}

/** Keeps evidence beyond its time, or no longer (R59). Rejects with `not_found`. */
export function holdEvidence(
  records: Records,
  { itemId, held, actor, reason }: { itemId: string; held: boolean; actor: string; reason: string },
  nowMs: number,
): Promise<void> {
  return records.write(async (trx) => {
    const row = await trx
      .updateTable('evidence')
      .set({ held: held ? 1 : 0 })
      .where('item_id', '=', itemId)
      .returning('item_id')
      .executeTakeFirst()
    if (row === undefined) throw new GatewayError('not_found', `there is no evidence of ${itemId}`)
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: held ? 'evidence.hold' : 'evidence.release',
      target: `review:${itemId}`,
      reason,
    })
  })
}

/** Deletes what has been kept long enough and is not held, some at once; the items stay. Answers how many. */
export function deleteOldEvidence(records: Records, nowMs: number): Promise<number> {
  return records.write(async (trx) => {
    const due = await trx
      .selectFrom('evidence')
      .select('item_id')
      .where('delete_after_ms', '<=', nowMs)
      .where('held', '=', 0)
      .limit(deleteAtOnce)
      .execute()
    const ids = due.map(({ item_id }) => item_id)
    if (ids.length === 0) return 0
    await trx.deleteFrom('evidence').where('item_id', 'in', ids).where('held', '=', 0).execute()
    await trx.updateTable('review_item').set({ evidence: 'gone' }).where('id', 'in', ids).execute()
    return ids.length
  })
}

const rewrapAtOnce = 100
const deleteAtOnce = 500

/**
 * Wraps what is under an older master key under the newest one, a page behind `after`; answers how many, and where the next
 * page begins (`undefined`: there is none).
 */
export async function rewrapEvidence(
  records: Records,
  cipher: EvidenceCipher,
  after = '',
): Promise<{ count: number; next: string | undefined }> {
  const rows = await records.read((db) =>
    db
      .selectFrom('evidence')
      .selectAll()
      .where('key_id', '<>', cipher.keyId)
      .where('item_id', '>', after)
      .orderBy('item_id')
      .limit(rewrapAtOnce)
      .execute(),
  )
  let count = 0
  for (const { item_id, sealed, wrapped_key, key_id } of rows) {
    const next = await cipher
      .rewrap({ sealed, wrappedKey: wrapped_key, keyId: key_id }, item_id)
      // One that no key opens stays as it is: another gateway may have the key.
      .catch(() => undefined)
    if (next === undefined) continue
    await records.write((trx) =>
      trx
        .updateTable('evidence')
        .set({ wrapped_key: next.wrappedKey, key_id: next.keyId })
        .where('item_id', '=', item_id)
        .where('key_id', '=', key_id)
        .execute(),
    )
    count++
  }
  return { count, next: rows.length < rewrapAtOnce ? undefined : rows.at(-1)?.item_id }
}
