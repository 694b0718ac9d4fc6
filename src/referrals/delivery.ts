import { openWithin } from '../incidents/open.ts'
import type { IncidentRule } from '../plan/referrals.ts'
import type { OutboxRow } from '../stores/crisis-tables.ts'
import type { RecordsTransaction } from '../stores/records.ts'
import { disclosureSources } from './disclosure.ts'
import { eventIdOf } from './referral-message.ts'
import { isReferral, registerKeyOf, settleInRegister } from './register.ts'

/** What the incident of an undelivered referral is by the plan. */
export interface UndeliveredRule {
  undelivered: IncidentRule
  actor: string
  timeScale: number
}

/** The register follows: the referral has reached the team. In the transaction that says so in the outbox. */
export async function referralDelivered(trx: RecordsTransaction, row: OutboxRow): Promise<void> {
  await settle(trx, row, 'yes')
}

/**
 * A referral will never arrive: the register says so, and the escalation system has failed (R5). In the transaction
 * that marks the message as failed, so that no failure is without its incident. One incident is open at a time per
 * receiver and counts the others.
 */
export async function referralFailed(
  trx: RecordsTransaction,
  row: OutboxRow,
  rule: UndeliveredRule,
  nowMs: number,
): Promise<void> {
  await settle(trx, row, 'no')
  await openWithin(
    trx,
    {
      title: 'escalation system failure: a referral could not be delivered',
      type: 'safety',
      ...rule.undelivered,
      source: 'outbox',
      cause: 'referral-undelivered',
      scope: 'all',
      dedupeKey: `outbox:${row.channel}:${row.target}`,
      detectedAtMs: nowMs,
      actor: rule.actor,
      data: { message: row.id, about: row.subject, attempts: row.attempts, lastError: row.last_error },
      timeScale: rule.timeScale,
    },
    nowMs,
  )
}

async function settle(trx: RecordsTransaction, row: OutboxRow, delivered: 'yes' | 'no'): Promise<void> {
  const id = eventIdOf(row.subject)
  if (id === undefined) return
  const event = await trx.selectFrom('crisis_event').selectAll().where('id', '=', id).executeTakeFirst()
  if (event === undefined) return
  const source = disclosureSources.find((one) => one === event.source)
  const mode = event.mode === 'enforce' ? 'enforce' : 'observe'
  if (source === undefined || !isReferral({ mode, source })) return
  await settleInRegister(trx, registerKeyOf(event, 'waiting'), delivered)
}
