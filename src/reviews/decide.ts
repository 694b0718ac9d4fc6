import { GatewayError } from '../errors.ts'
import type { OutcomeCode } from '../referrals/crisis-event.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import type { ReviewDecisionRow, ReviewItemRow } from '../stores/review-tables.ts'
import { addLabelOutcome } from './label-outcomes.ts'
import { type Answer, type ReviewItem, reviewItemOf } from './review-item.ts'

/** What one person says about one exchange. */
export interface Decision {
  crisis: Answer
  /** Whether the engine failed to see it. */
  missed: Answer
  harmful: Answer
  outcomeCode?: OutcomeCode | undefined
}

export interface DecideRequest extends Decision {
  itemId: string
  personId: string
  actor: string
  /** Says so who decides without having anything to read. */
  withoutEvidence: boolean
  readers: 1 | 2
}

/**
 * Takes one person's decision. With two readers the second one decides, unless they differ: then a third does, whose word
 * is the last. The same decision again is no error and changes nothing. Rejects with `GatewayError`: `not_found`;
 * `conflict` for another decision by the same person, for an item that is decided, and for one whose evidence is gone
 * (unless that is said).
 */
export function decide(
  records: Records,
  request: DecideRequest,
  nowMs: number,
): Promise<{ item: ReviewItem; isNew: boolean }> {
  return records.write(async (trx) => {
    const item = await lockItem(trx, request.itemId)
    const decisions = await decisionsOf(trx, item.id)
    const own = decisions.find(({ person_id }) => person_id === request.personId)
    if (own !== undefined) {
      if (isSame(own, request)) return { item: reviewItemOf(item), isNew: false }
      throw new GatewayError('conflict', `you have decided about ${item.id} already, and otherwise`)
    }
    if (item.state === 'decided')
      throw new GatewayError('conflict', `${item.id} is decided already, by ${decisions.at(-1)?.by_name}`)
    if (item.evidence !== 'kept' && !request.withoutEvidence)
      throw new GatewayError('conflict', `there is nothing to read about ${item.id} (${item.evidence})`, {
        missing: ['the statement that it is decided without evidence (withoutEvidence: true)'],
      })
    // Times of one item never go back, whatever a clock does.
    const atMs = Math.max(Math.round(nowMs), item.at_ms, ...decisions.map(({ at_ms }) => at_ms))
    const { crisis, missed, harmful, outcomeCode } = request
    const row: ReviewDecisionRow = {
      item_id: item.id,
      person_id: request.personId,
      by_name: request.actor,
      at_ms: atMs,
      crisis,
      missed,
      harmful,
      outcome_code: outcomeCode ?? null,
    }
    await trx.insertInto('review_decision').values(row).execute()
    const next = await settle(trx, item, [...decisions, row], request.readers)
    await appendAudit(trx, {
      atMs,
      actor: request.actor,
      action: 'review.decide',
      target: `review:${item.id}`,
      reason: outcomeCode ?? '',
      data: { crisis, missed, harmful, state: next.state, withoutEvidence: item.evidence !== 'kept' },
    })
    return { item: reviewItemOf(next), isNew: true }
  })
}

/** The item, locked until the commit, so that two people at once do not both decide. */
async function lockItem(trx: RecordsTransaction, itemId: string): Promise<ReviewItemRow> {
  const row = await trx
    .updateTable('review_item')
    .set((eb) => ({ rank: eb.ref('rank') }))
    .where('id', '=', itemId)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new GatewayError('not_found', `no review item with the id ${itemId}`)
  return row
}

function decisionsOf(trx: RecordsTransaction, itemId: string): Promise<ReviewDecisionRow[]> {
  return trx
    .selectFrom('review_decision')
    .selectAll()
    .where('item_id', '=', itemId)
    .orderBy('at_ms')
    .execute()
}

async function settle(
  trx: RecordsTransaction,
  item: ReviewItemRow,
  decisions: readonly ReviewDecisionRow[],
  readers: 1 | 2,
): Promise<ReviewItemRow> {
  const [first, second, third] = decisions
  if (first === undefined) return item
  if (decisions.length < readers) return item
  // One that is disputed stays so until a third has read it, also when the plan asks for one reader meanwhile.
  const isSettled =
    third !== undefined || (item.state !== 'disputed' && (second === undefined || isSame(first, second)))
  const last = decisions.at(-1) ?? first
  const { crisis, missed, harmful, at_ms } = last
  const change = isSettled
    ? { state: 'decided', decided_at_ms: at_ms, crisis, missed, harmful }
    : { state: 'disputed' }
  const next = await trx
    .updateTable('review_item')
    .set(change)
    .where('id', '=', item.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (isSettled) await addLabelOutcome(trx, next)
  return next
}

/** The code of what was done is no matter of opinion. */
function isSame(one: Pick<ReviewDecisionRow, 'crisis' | 'missed' | 'harmful'>, other: typeof one): boolean {
  return one.crisis === other.crisis && one.missed === other.missed && one.harmful === other.harmful
}
