import type { Selectable } from 'kysely'

/** The tables of crisis events, the referral register and the outbox. Types as in `record-tables.ts`. */
export interface CrisisTables {
  crisis_event: CrisisEventTable
  referral_register: ReferralRegisterTable
  protocol_log: ProtocolLogTable
  caught_reply: CaughtReplyTable
  screening_count: ScreeningCountTable
  counted_batch: CountedBatchTable
  outbox: OutboxTable
}

/** One disclosure, once. Who it was stands here as keyed hashes and as one sealed session id. */
export interface CrisisEventTable {
  id: string
  at_ms: number
  outcome: string
  category: string
  level: string
  score: number
  user_hash: string | null
  session_hash: string | null
  sealed_session: string | null
  tenant: string | null
  jurisdiction: string
  age_band: string
  engine: string
  source: string
  text_version: string | null
  detector_version: string
  mode: string
  /** By when somebody clinical must have looked; null where nobody is to be paged. */
  page_by_ms: number | null
  /** When it was noticed that nobody had. */
  overdue_at_ms: number | null
  acknowledged_at_ms: number | null
  acknowledged_by: string | null
  outcome_code: string | null
  outcome_at_ms: number | null
  outcome_by: string | null
}

/** How many referrals of one sort on one day. No row stands for a person, and none leads to one. */
export interface ReferralRegisterTable {
  /** UTC, `YYYY-MM-DD`. */
  day: string
  jurisdiction: string
  age_band: string
  category: string
  source: string
  text_version: string
  detector_version: string
  delivered: string
  count: number
}

/** What held while the register was kept: notices given, protocol versions in force, periods of observing. */
export interface ProtocolLogTable {
  day: string
  kind: string
  detail: string
  first_at_ms: number
  last_at_ms: number
  count: number
}

export interface CaughtReplyTable {
  id: string
  at_ms: number
  kind: string
  score: number
  detector_version: string
  user_hash: string | null
  session_hash: string | null
  tenant: string | null
  engine: string
  action: string
  mode: string
}

/** What was screened and found, by day. */
export interface ScreeningCountTable {
  day: string
  mode: string
  side: string
  what: string
  level: string
  action: string
  count: number
}

/** Batches of counts that have been added, so that none is added twice. */
export interface CountedBatchTable {
  id: string
  at_ms: number
}

/** What is to be sent, and what became of it. */
export interface OutboxTable {
  id: string
  channel: string
  target: string
  class: string
  subject: string
  payload: string
  state: string
  attempts: number
  created_at_ms: number
  give_up_at_ms: number
  next_attempt_at_ms: number
  lease_until_ms: number | null
  leased_by: string | null
  last_error: string | null
  provider_ref: string | null
  ended_at_ms: number | null
}

export type CrisisEventRow = Selectable<CrisisEventTable>
export type ReferralRegisterRow = Selectable<ReferralRegisterTable>
export type ProtocolLogRow = Selectable<ProtocolLogTable>
export type CaughtReplyRow = Selectable<CaughtReplyTable>
export type ScreeningCountRow = Selectable<ScreeningCountTable>
export type OutboxRow = Selectable<OutboxTable>
