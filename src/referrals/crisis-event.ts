import { z } from 'zod'
import { Assessment, CrisisCategory, CrisisLevel } from '../detectors/finding.ts'
import type { CrisisEventRow } from '../stores/crisis-tables.ts'
import { disclosureSources } from './disclosure.ts'

/** What became of a referral (R54). A code and no narrative: what was said stays between people. */
export const OutcomeCode = z.enum([
  'reached',
  'not-reached',
  'emergency-services',
  'declined',
  'no-action-needed',
  'other',
])
export type OutcomeCode = z.infer<typeof OutcomeCode>

/** At these levels somebody may act on it now: clinical on-call is paged. */
export const pagedLevels: ReadonlySet<CrisisLevel> = new Set<CrisisLevel>(['plan', 'intent', 'attempt'])

const atMs = z.number().int().nonnegative()

/** A disclosure as the clinical team sees it. Times are epoch milliseconds. */
export const CrisisEvent = z.object({
  id: z.string(),
  atMs,
  outcome: Assessment.exclude(['clear']),
  category: CrisisCategory,
  level: CrisisLevel,
  score: z.number(),
  /** Keyed hashes: the same for the same user and session, and nobody's name. */
  user: z.string().nullable(),
  session: z.string().nullable(),
  /** `sealed`: can be revealed; `not-sealed`: there was no master key; `not-given`: the caller names no session. */
  sessionId: z.enum(['sealed', 'not-sealed', 'not-given']),
  tenant: z.string().nullable(),
  jurisdiction: z.string(),
  ageBand: z.string(),
  engine: z.string(),
  source: z.enum(disclosureSources),
  textVersion: z.string().nullable(),
  detectorVersion: z.string(),
  mode: z.enum(['enforce', 'observe']),
  paging: z.literal('clinical').nullable(),
  pageByMs: atMs.nullable(),
  overdueAtMs: atMs.nullable(),
  acknowledgedAtMs: atMs.nullable(),
  acknowledgedBy: z.string().nullable(),
  outcomeCode: OutcomeCode.nullable(),
  outcomeAtMs: atMs.nullable(),
  outcomeBy: z.string().nullable(),
})
export type CrisisEvent = z.infer<typeof CrisisEvent>

/** Reads a row. Throws `ZodError` for one that this version cannot have written. */
export function crisisEventOf(row: CrisisEventRow): CrisisEvent {
  return CrisisEvent.parse({
    id: row.id,
    atMs: row.at_ms,
    outcome: row.outcome,
    category: row.category,
    level: row.level,
    score: row.score,
    user: row.user_hash,
    session: row.session_hash,
    sessionId: sessionIdOf(row),
    tenant: row.tenant,
    jurisdiction: row.jurisdiction,
    ageBand: row.age_band,
    engine: row.engine,
    source: row.source,
    textVersion: row.text_version,
    detectorVersion: row.detector_version,
    mode: row.mode,
    paging: row.page_by_ms === null ? null : 'clinical',
    pageByMs: row.page_by_ms,
    overdueAtMs: row.overdue_at_ms,
    acknowledgedAtMs: row.acknowledged_at_ms,
    acknowledgedBy: row.acknowledged_by,
    outcomeCode: row.outcome_code,
    outcomeAtMs: row.outcome_at_ms,
    outcomeBy: row.outcome_by,
  })
}

export function sessionIdOf({
  session_hash,
  sealed_session,
}: Pick<CrisisEventRow, 'session_hash' | 'sealed_session'>): CrisisEvent['sessionId'] {
  if (session_hash === null) return 'not-given'
  return sealed_session === null ? 'not-sealed' : 'sealed'
}
