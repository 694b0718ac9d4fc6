import { sql } from 'kysely'
import type { OutboxRow } from '../stores/crisis-tables.ts'
import { canonicalJson, cleanText, sha256Hex } from '../stores/record-values.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import type { OutboxClass } from './retry-delay.ts'

/** Something to send, as it is put into the outbox. */
export interface Outgoing {
  channel: string
  target: string
  class: OutboxClass
  /** What it is about, such as `crisis-event:<id>`. */
  subject: string
  /** JSON. */
  payload: string
  atMs: number
  /** From then on a failing attempt is the last one. */
  giveUpAtMs: number
}

/** The same id for the same message, whoever puts it in and how often: it is derived from what is sent to whom. */
export async function outboxId(out: Pick<Outgoing, 'channel' | 'target' | 'subject' | 'payload'>) {
  const { channel, target, subject, payload } = out
  return `msg_${(await sha256Hex(canonicalJson([channel, target, subject, payload]))).slice(0, 32)}`
}

/**
 * Puts a message into the outbox within the caller's transaction, together with whatever caused it. One that is there
 * already stays as it is. `id` is from `outboxId`, made before the transaction, which is to be short.
 */
export async function putIntoOutbox(trx: RecordsTransaction, id: string, out: Outgoing): Promise<void> {
  await trx
    .insertInto('outbox')
    .values({
      id,
      channel: out.channel,
      target: out.target,
      class: out.class,
      subject: cleanText(out.subject, 200),
      payload: out.payload,
      state: 'waiting',
      attempts: 0,
      created_at_ms: out.atMs,
      give_up_at_ms: out.giveUpAtMs,
      next_attempt_at_ms: out.atMs,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** As literals: the index of these rows is used only for a query that names the states as it does. */
const underWay = sql<boolean>`state in ('waiting', 'sending')`
const byUrgency = sql`case class when 'safety' then 0 when 'page' then 1 else 2 end`

/**
 * Takes up to `limit` due messages for `holder` until `leaseMs` from now: those that wait, and those whose holder let
 * its lease run out, because it died or lost the database. Each is claimed by a compare-and-set on its number of
 * attempts, so that of several gateways one gets it; the number then tells this claim from all others.
 */
export async function claimDue(
  records: Records,
  { holder, limit, leaseMs, nowMs }: { holder: string; limit: number; leaseMs: number; nowMs: number },
): Promise<OutboxRow[]> {
  const due = await records.read((db) =>
    db
      .selectFrom('outbox')
      .select(['id', 'attempts'])
      .where(underWay)
      .where('next_attempt_at_ms', '<=', nowMs)
      .orderBy(byUrgency)
      .orderBy('next_attempt_at_ms')
      .limit(limit)
      .execute(),
  )
  if (due.length === 0) return []
  return records.write(async (trx) => {
    const claimed: OutboxRow[] = []
    // In the order of ids, so that two claimants do not wait for each other.
    for (const { id, attempts } of due.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const leaseUntilMs = nowMs + leaseMs
      const row = await trx
        .updateTable('outbox')
        .set({
          state: 'sending',
          attempts: attempts + 1,
          leased_by: cleanText(holder, 200),
          lease_until_ms: leaseUntilMs,
          // One column says when a row is due, whatever its state.
          next_attempt_at_ms: leaseUntilMs,
        })
        .where('id', '=', id)
        .where('attempts', '=', attempts)
        .where('next_attempt_at_ms', '<=', nowMs)
        .where(underWay)
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) claimed.push(row)
    }
    return claimed
  })
}

/**
 * The receiver has it. True also for a holder whose lease ran out meanwhile: the message did arrive.
 * Answers with the row when this call ended it, within whose transaction the caller writes what follows.
 */
export function markDelivered(
  trx: RecordsTransaction,
  id: string,
  { nowMs, providerRef }: { nowMs: number; providerRef?: string | undefined },
): Promise<OutboxRow | undefined> {
  return trx
    .updateTable('outbox')
    .set({
      state: 'delivered',
      ended_at_ms: nowMs,
      provider_ref: providerRef === undefined ? null : cleanText(providerRef, 200),
      lease_until_ms: null,
      leased_by: null,
    })
    .where('id', '=', id)
    .where(underWay)
    .returningAll()
    .executeTakeFirst()
}

/** It is tried again. Without effect when the claim is no longer ours: another attempt is under way, or ended it. */
export async function markRetry(
  trx: RecordsTransaction,
  claim: Pick<OutboxRow, 'id' | 'attempts'>,
  { nextAttemptAtMs, why }: { nextAttemptAtMs: number; why: string },
): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({
      state: 'waiting',
      next_attempt_at_ms: nextAttemptAtMs,
      last_error: cleanText(why, 300),
      lease_until_ms: null,
      leased_by: null,
    })
    .where('id', '=', claim.id)
    .where('attempts', '=', claim.attempts)
    .where('state', '=', 'sending')
    .execute()
}

/** It will never arrive. As `markDelivered` and `markRetry`: the row when this call ended it, and our claim alone. */
export function markFailed(
  trx: RecordsTransaction,
  claim: Pick<OutboxRow, 'id' | 'attempts'>,
  { nowMs, why }: { nowMs: number; why: string },
): Promise<OutboxRow | undefined> {
  return trx
    .updateTable('outbox')
    .set({
      state: 'failed',
      ended_at_ms: nowMs,
      last_error: cleanText(why, 300),
      lease_until_ms: null,
      leased_by: null,
    })
    .where('id', '=', claim.id)
    .where('attempts', '=', claim.attempts)
    .where('state', '=', 'sending')
    .returningAll()
    .executeTakeFirst()
}

/** How much is on its way and since when, for a metric: `oldestAtMs` is undefined when nothing waits. */
export async function outboxDepth(
  records: Records,
): Promise<{ class: string; waiting: number; oldestAtMs: number | undefined }[]> {
  const rows = await records.read((db) =>
    db
      .selectFrom('outbox')
      .select((eb) => [
        'class',
        eb.fn.countAll<number>().as('waiting'),
        eb.fn.min('created_at_ms').as('oldest'),
      ])
      .where(underWay)
      .groupBy('class')
      .execute(),
  )
  return rows.map((row) => ({
    class: row.class,
    waiting: Number(row.waiting),
    oldestAtMs: row.oldest ?? undefined,
  }))
}

/** Removes what was delivered before a time; what failed stays. */
export async function pruneOutbox(records: Records, beforeMs: number): Promise<void> {
  await records.write((trx) =>
    trx.deleteFrom('outbox').where('state', '=', 'delivered').where('ended_at_ms', '<', beforeMs).execute(),
  )
}
