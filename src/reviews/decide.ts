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
 * is the last. Until then no answer can be read anywhere but in `review_decision`, so that each reads for themselves. The
 * same decision again is no error and changes nothing. A miss that is confirmed is written down with the decision; what
 * follows from it is for `responses/confirmed-miss.ts`. Rejects with `GatewayError`: `invalid_request` for a miss of no
 * crisis; `not_found`; `conflict` for another decision by the same person, for an item that is decided, and for one whose
 * evidence is gone (unless that is said).
 */
export async function decide(
  records: Records,
  request: DecideRequest,
  nowMs: number,
): Promise<{ item: ReviewItem; isNew: boolean }> {
  if (request.missed === 'yes' && request.crisis !== 'yes')
    throw new GatewayError(
      'invalid_request',
      `a crisis was missed only where there was one: expected crisis yes with missed yes, got crisis ${request.crisis}`,
    )
  return records.write(async (trx) => {
    const item = await lockItem(trx, request.itemId)
    const decisions = await decisionsOf(trx, item.id)
    const own = decisions.find(({ person_id }) => person_id === request.personId)
    if (own !== undefined) {
      if (isRepeat(own, request)) return { item: reviewItemOf(item), isNew: false }
      throw new GatewayError('conflict', `you have decided about ${item.id} already, and otherwise`)
    }
    if (item.state === 'decided')
      throw new GatewayError('conflict', `${item.id} is decided already, by ${decisions.at(-1)?.by_name}`)
    if (item.evidence !== 'kept' && !request.withoutEvidence)
      throw new GatewayError('conflict', `there is nothing to read about ${item.id} (${item.evidence})`, {
        missing: ['the statement that it is decided without evidence (withoutEvidence: true)'],
      })
    const row = rowOf(item, decisions, request, nowMs)
    await trx.insertInto('review_decision').values(row).execute()
    const all = [...decisions, row]
    const next = await settle(trx, item, all, request.readers)
    if (next.state === 'decided') await addConsequences(trx, next, row.at_ms)
    await appendAudit(trx, {
      atMs: row.at_ms,
      actor: request.actor,
      action: 'review.decide',
      target: `review:${item.id}`,
      reason: next.state === 'decided' ? (row.outcome_code ?? '') : '',
      data: {
        state: next.state,
        withoutEvidence: item.evidence !== 'kept',
        ...(next.state === 'decided' ? answersOf(all) : {}),
      },
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

function rowOf(
  item: ReviewItemRow,
  before: readonly ReviewDecisionRow[],
  { personId, actor, crisis, missed, harmful, outcomeCode }: DecideRequest,
  nowMs: number,
): ReviewDecisionRow {
  return {
    item_id: item.id,
    person_id: personId,
    by_name: actor,
    // Times of one item only grow, whatever a clock does: they are the order of the decisions.
    at_ms: Math.max(Math.round(nowMs), item.at_ms, ...before.map(({ at_ms }) => at_ms + 1)),
    crisis,
    missed,
    harmful,
    outcome_code: outcomeCode ?? null,
  }
}

async function settle(
  trx: RecordsTransaction,
  item: ReviewItemRow,
  decisions: readonly ReviewDecisionRow[],
  readers: 1 | 2,
): Promise<ReviewItemRow> {
  const [first, second, third] = decisions
  if (first === undefined || decisions.length < readers) return item
  // One that is disputed stays so until a third has read it, also when the plan asks for one reader meanwhile.
  const isSettled =
    third !== undefined || (item.state !== 'disputed' && (second === undefined || isSame(first, second)))
  const { crisis, missed, harmful, at_ms } = decisions.at(-1) ?? first
  const change = isSettled
    ? { state: 'decided', decided_at_ms: at_ms, crisis, missed, harmful }
    : { state: 'disputed' }
  return trx
    .updateTable('review_item')
    .set(change)
    .where('id', '=', item.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** What a decision leads to is written with it: a crash right after it loses nothing. */
async function addConsequences(trx: RecordsTransaction, item: ReviewItemRow, atMs: number): Promise<void> {
  await addLabelOutcome(trx, item)
  // A reply that does harm was caught: nothing that the engine failed to hear.
  if (item.missed !== 'yes' || item.kind === 'caught-reply') return
  const { id, engine, level } = item
  await trx
    .insertInto('confirmed_miss')
    .values({ item_id: id, engine, level, at_ms: atMs, done_at_ms: null, halted: null })
    .execute()
}

/** Everybody's answers, for the audit log. */
function answersOf(decisions: readonly ReviewDecisionRow[]): Record<string, string> {
  return Object.fromEntries(
    decisions.map(({ by_name, crisis, missed, harmful, outcome_code }, at) => [
      `reader${at + 1}`,
      `${by_name}: crisis ${crisis}, missed ${missed}, harmful ${harmful}, ${outcome_code ?? 'no outcome'}`,
    ]),
  )
}

/** The code of what was done is no matter of opinion between readers. */
function isSame(one: Pick<ReviewDecisionRow, 'crisis' | 'missed' | 'harmful'>, other: typeof one): boolean {
  return one.crisis === other.crisis && one.missed === other.missed && one.harmful === other.harmful
}

/** A repeat that says more than the first time is none: to take it for one would lose what it says. */
function isRepeat(own: ReviewDecisionRow, request: Decision): boolean {
  return isSame(own, request) && own.outcome_code === (request.outcomeCode ?? null)
}
