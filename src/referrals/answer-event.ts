import { GatewayError } from '../errors.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Records } from '../stores/records.ts'
import { type CrisisEvent, crisisEventOf, type OutcomeCode } from './crisis-event.ts'
import { findCrisisEvent } from './list-events.ts'

/**
 * Somebody clinical has seen it and takes it on; nobody is paged for it any longer. Rejects with `not_found`, or
 * `conflict` naming who was faster.
 */
export function acknowledgeEvent(
  records: Records,
  { id, actor }: { id: string; actor: string },
  nowMs: number,
): Promise<CrisisEvent> {
  return records.write(async (trx) => {
    const row = await trx
      .updateTable('crisis_event')
      .set({ acknowledged_at_ms: nowMs, acknowledged_by: actor })
      .where('id', '=', id)
      .where('acknowledged_at_ms', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) {
      const { acknowledged_by } = await findCrisisEvent(trx, id)
      throw new GatewayError('conflict', `${id} was acknowledged already, by ${acknowledged_by}`)
    }
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'crisis-event.acknowledge',
      target: `crisis-event:${id}`,
      reason: '',
    })
    return crisisEventOf(row)
  })
}

/**
 * What became of it, as a code (R54). Says that it was seen, too, where nobody had. A later code takes the place of an
 * earlier one; the audit log keeps all. Rejects with `not_found`.
 */
export function recordOutcome(
  records: Records,
  { id, code, actor }: { id: string; code: OutcomeCode; actor: string },
  nowMs: number,
): Promise<CrisisEvent> {
  return records.write(async (trx) => {
    const before = await findCrisisEvent(trx, id)
    const row = await trx
      .updateTable('crisis_event')
      .set((eb) => ({
        outcome_code: code,
        outcome_at_ms: nowMs,
        outcome_by: actor,
        acknowledged_at_ms: eb.fn.coalesce('acknowledged_at_ms', eb.val(nowMs)),
        acknowledged_by: eb.fn.coalesce('acknowledged_by', eb.val(actor)),
      }))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await appendAudit(trx, {
      atMs: nowMs,
      actor,
      action: 'crisis-event.outcome',
      target: `crisis-event:${id}`,
      reason: code,
      data: { code, before: before.outcome_code },
    })
    return crisisEventOf(row)
  })
}
