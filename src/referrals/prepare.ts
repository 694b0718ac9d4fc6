import type { Outgoing } from '../alerts/outbox.ts'
import type { CaughtReplyRow, CrisisEventRow } from '../stores/crisis-tables.ts'
import { cleanText } from '../stores/record-values.ts'
import type { EvidenceCipher } from '../vault/evidence-cipher.ts'
import { pagedLevels } from './crisis-event.ts'
import { dayOf } from './day.ts'
import type { CaughtReply, Disclosure } from './disclosure.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { referralMessage } from './referral-message.ts'
import { ageBandOf, isReferral, jurisdictionOf, type RegisterKey, registerKeyOf } from './register.ts'
import type { ScreeningKey } from './screening-counts.ts'
import type { Seal } from './seal.ts'

/** Settings that disclosures are recorded under; read anew for each, so that a changed plan holds from then on. */
export interface RecordingRules {
  pageWithinMs: number
  /** How long the referral webhook is tried; undefined when none is configured. */
  giveUpAfterMs: number | undefined
  /** The country of everybody, where the configuration says that there is one only. */
  singleCountry: string | undefined
}

export interface Keys {
  pseudonyms: Pseudonyms
  /** Undefined without a master key. */
  seal: Seal | undefined
  /** For the evidence vault; undefined without a master key. */
  cipher: EvidenceCipher | undefined
}

/** A disclosure as it is written: names hashed and sealed, no name left. */
export interface PreparedDisclosure {
  event: CrisisEventRow
  register: RegisterKey | undefined
  message: { id: string; out: Outgoing } | undefined
  count: ScreeningKey
}

/** The cryptography of a disclosure, done before the transaction, which is to be short. */
export async function prepareDisclosure(
  disclosure: Disclosure,
  { pseudonyms, seal }: Keys,
  rules: RecordingRules,
): Promise<PreparedDisclosure> {
  const { id, atMs, category, level, mode, who } = disclosure
  const referral = isReferral(disclosure)
  const event: CrisisEventRow = {
    id,
    at_ms: atMs,
    outcome: disclosure.outcome,
    category,
    level,
    score: scoreOf(disclosure.score),
    ...(await hashes(who, pseudonyms)),
    sealed_session: who.session === undefined || seal === undefined ? null : await seal.seal(who.session, id),
    tenant: tenantOf(who),
    jurisdiction: jurisdictionOf(who.region ?? rules.singleCountry),
    age_band: ageBandOf(who.ageBand),
    engine: cleanText(disclosure.engine, 100),
    source: disclosure.source,
    text_version: disclosure.textVersion === undefined ? null : cleanText(disclosure.textVersion, 100),
    detector_version: cleanText(disclosure.detectorVersion, 100),
    mode,
    page_by_ms: mode === 'enforce' && pagedLevels.has(level) ? Math.round(atMs + rules.pageWithinMs) : null,
    overdue_at_ms: null,
    acknowledged_at_ms: null,
    acknowledged_by: null,
    outcome_code: null,
    outcome_at_ms: null,
    outcome_by: null,
  }
  // In mode `observe` nothing goes out; a source of `observed` in mode `enforce` still tells the team.
  const tells = mode === 'enforce' && rules.giveUpAfterMs !== undefined
  return {
    event,
    register: referral ? registerKeyOf(event, tells ? 'waiting' : 'no-channel') : undefined,
    message: tells ? await referralMessage(event, rules.giveUpAfterMs ?? 0) : undefined,
    count: {
      day: dayOf(atMs),
      mode,
      side: 'message',
      what: category,
      level,
      action: disclosure.planned,
    },
  }
}

export interface PreparedReply {
  row: CaughtReplyRow
  count: ScreeningKey
}

export async function prepareReply(reply: CaughtReply, { pseudonyms }: Keys): Promise<PreparedReply> {
  const { id, atMs, mode, who, action } = reply
  const kind = cleanText(reply.kind, 100)
  return {
    row: {
      id,
      at_ms: atMs,
      kind,
      score: scoreOf(reply.score),
      detector_version: cleanText(reply.detectorVersion, 100),
      ...(await hashes(who, pseudonyms)),
      tenant: tenantOf(who),
      engine: cleanText(reply.engine, 100),
      action,
      mode,
    },
    count: {
      day: dayOf(atMs),
      mode,
      side: 'reply',
      what: kind,
      level: '',
      action: reply.planned,
    },
  }
}

async function hashes({ user, session, tenant }: Disclosure['who'], pseudonyms: Pseudonyms) {
  return {
    user_hash: user === undefined ? null : await pseudonyms.of('user', user, tenant),
    session_hash: session === undefined ? null : await pseudonyms.of('session', session, tenant),
  }
}

/** SQLite has no NaN; what cannot be told counts as sure. */
const scoreOf = (score: number) => (Number.isFinite(score) ? score : 1)

const tenantOf = ({ tenant }: Disclosure['who']) => (tenant === undefined ? null : cleanText(tenant, 200))
