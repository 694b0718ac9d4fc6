import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { GatewayError } from '../errors.ts'
import type { Tables } from '../stores/record-tables.ts'
import type { Records, RecordsDb } from '../stores/records.ts'
import type { ReviewItemRow } from '../stores/review-tables.ts'
import { type ReviewItem, type ReviewKind, reviewItemOf } from './review-item.ts'

export interface ListReviews {
  /** `open`: to be decided, disputed ones included. */
  state: 'open' | 'decided' | 'all'
  kind?: ReviewKind | undefined
  limit: number
  /** The id of the last item of the page before. */
  after?: string | undefined
}

/**
 * Items of the queue: of those that are open what comes first, else the newest first. Rejects with `not_found` for an
 * unknown `after`.
 */
export function listReviews(
  records: Records,
  { state, kind, limit, after }: ListReviews,
): Promise<ReviewItem[]> {
  return records.read(async (db) => {
    let query = db.selectFrom('review_item').selectAll().limit(limit)
    if (kind !== undefined) query = query.where('kind', '=', kind)
    if (state === 'open')
      query = query.where('state', '<>', 'decided').orderBy('rank').orderBy('at_ms').orderBy('id')
    else query = query.orderBy('at_ms', 'desc').orderBy('id')
    if (state === 'decided') query = query.where('state', '=', 'decided')
    if (after !== undefined) {
      const last = await placeOf(db, after)
      query = query.where(state === 'open' ? behindInTurn(last) : olderThan(last))
    }
    return (await query.execute()).map(reviewItemOf)
  })
}

type Place = Pick<ReviewItemRow, 'rank' | 'at_ms' | 'id'>
type ItemFilter = (eb: ExpressionBuilder<Tables, 'review_item'>) => Expression<SqlBool>

async function placeOf(db: RecordsDb, id: string): Promise<Place> {
  const row = await db
    .selectFrom('review_item')
    .select(['rank', 'at_ms', 'id'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined)
    throw new GatewayError('not_found', `no review item with the id ${id}: begin again without after`)
  return row
}

function behindInTurn({ rank, at_ms, id }: Place): ItemFilter {
  return (eb) =>
    eb.or([
      eb('rank', '>', rank),
      eb.and([eb('rank', '=', rank), eb('at_ms', '>', at_ms)]),
      eb.and([eb('rank', '=', rank), eb('at_ms', '=', at_ms), eb('id', '>', id)]),
    ])
}

function olderThan({ at_ms, id }: Place): ItemFilter {
  return (eb) => eb.or([eb('at_ms', '<', at_ms), eb.and([eb('at_ms', '=', at_ms), eb('id', '>', id)])])
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
