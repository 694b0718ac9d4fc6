import { putIntoOutbox } from '../alerts/outbox.ts'
import { openWithin } from '../incidents/open.ts'
import type { IncidentRule } from '../plan/referrals.ts'
import type { RecordsTransaction } from '../stores/records.ts'
import type { PreparedDisclosure, PreparedReply } from './prepare.ts'
import { addToRegister } from './register.ts'
import { addCounts } from './screening-counts.ts'

/**
 * Writes disclosures: event, referral, message and count of each together. Those whose event is there already are left
 * out whole, so that an attempt which went through unnoticed is not counted twice.
 */
export async function writeDisclosures(
  trx: RecordsTransaction,
  prepared: readonly PreparedDisclosure[],
): Promise<void> {
  const added: PreparedDisclosure[] = []
  for (const one of prepared) {
    const row = await trx
      .insertInto('crisis_event')
      .values(one.event)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (row !== undefined) added.push(one)
  }
  for (const { message } of added)
    if (message !== undefined) await putIntoOutbox(trx, message.id, message.out)
  await addToRegister(
    trx,
    added.flatMap(({ register }) => (register === undefined ? [] : [register])),
  )
  await addCounts(
    trx,
    added.map(({ count }) => count),
  )
}

/** What the plan says about harmful replies, and who signs for it. */
export interface ReplyRules {
  caught: IncidentRule
  released: IncidentRule
  actor: string
  timeScale: number
  nowMs: number
}

/** Writes replies with their counts and, in mode `enforce`, the incident by the plan's rule; each reply once. */
export async function writeReplies(
  trx: RecordsTransaction,
  prepared: readonly PreparedReply[],
  rules: ReplyRules,
): Promise<void> {
  const added: PreparedReply[] = []
  for (const one of prepared) {
    const row = await trx
      .insertInto('caught_reply')
      .values(one.row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (row !== undefined) added.push(one)
  }
  await addCounts(
    trx,
    added.map(({ count }) => count),
  )
  // Last, because opening an incident holds up everybody else who appends to the audit log.
  for (const { row } of added) if (row.mode === 'enforce') await openForReply(trx, row, rules)
}

function openForReply(trx: RecordsTransaction, row: PreparedReply['row'], rules: ReplyRules) {
  const { kind, engine, action } = row
  const rule = action === 'released' ? rules.released : rules.caught
  return openWithin(
    trx,
    {
      title: `harmful reply: ${kind} from ${engine}`,
      type: 'safety',
      ...rule,
      source: 'harmful-reply',
      cause: kind,
      scope: `engine:${engine}`,
      dedupeKey: `harmful-reply:${kind}:${engine}`,
      detectedAtMs: row.at_ms,
      actor: rules.actor,
      data: { reply: row.id, kind, action, score: row.score, detectorVersion: row.detector_version },
      timeScale: rules.timeScale,
    },
    rules.nowMs,
  )
}
