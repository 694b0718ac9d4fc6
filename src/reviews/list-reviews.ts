import { GatewayError } from '../errors.ts'
import type { Records } from '../stores/records.ts'
import { type ReviewItem, type ReviewKind, reviewItemOf } from './review-item.ts'

export interface ListReviews {
  /** `open`: to be decided, disputed ones included. */
  state: 'open' | 'decided' | 'all'
  kind?: ReviewKind | undefined
  limit: number
}

/** Items of the queue: of those that are open what comes first, else the newest first. */
export function listReviews(records: Records, { state, kind, limit }: ListReviews): Promise<ReviewItem[]> {
  return records.read(async (db) => {
    let query = db.selectFrom('review_item').selectAll().limit(limit)
    if (kind !== undefined) query = query.where('kind', '=', kind)
    if (state === 'open')
      query = query.where('state', '<>', 'decided').orderBy('rank').orderBy('at_ms').orderBy('id')
    else query = query.orderBy('at_ms', 'desc').orderBy('id')
    if (state === 'decided') query = query.where('state', '=', 'decided')
    return (await query.execute()).map(reviewItemOf)
  })
}

/** One item by its id or a unique beginning of it. Rejects with `not_found` or `conflict`. */
export function findReview(records: Records, beginning: string): Promise<ReviewItem> {
  return records.read(async (db) => {
    const rows = await db
      .selectFrom('review_item')
      .selectAll()
      .where((eb) => eb.fn('substr', ['id', eb.lit(1), eb.lit(beginning.length)]), '=', beginning)
      .limit(2)
      .execute()
    const [only] = rows
    if (only === undefined) throw new GatewayError('not_found', `no review item with the id ${beginning}`)
    if (rows.length > 1)
      throw new GatewayError('conflict', `several items begin with ${beginning}: give more of the id`)
    return reviewItemOf(only)
  })
}
