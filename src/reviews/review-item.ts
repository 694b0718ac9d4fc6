import { z } from 'zod'
import type { ReviewItemRow } from '../stores/review-tables.ts'

/** Why somebody is to look at an exchange. */
export const ReviewKind = z.enum(['presumed-miss', 'caught-reply', 'sampled-clear', 'reported'])
export type ReviewKind = z.infer<typeof ReviewKind>

/** A clinician's answer to one question. */
export const Answer = z.enum(['yes', 'no', 'unsure'])
export type Answer = z.infer<typeof Answer>

const atMs = z.number().int().nonnegative()

/** An item of the review queue, without a word of the exchange. Times are epoch milliseconds. */
export const ReviewItem = z.object({
  id: z.string(),
  atMs,
  kind: ReviewKind,
  category: z.string(),
  level: z.string().nullable(),
  engine: z.string(),
  engineVersion: z.string(),
  engineHeard: z.boolean().nullable(),
  language: z.string(),
  session: z.string().nullable(),
  tenant: z.string().nullable(),
  score: z.number(),
  detectorVersion: z.string(),
  paging: z.literal('clinical').nullable(),
  evidence: z.enum(['kept', 'gone', 'no-master-key', 'none']),
  state: z.enum(['open', 'disputed', 'decided']),
  decidedAtMs: atMs.nullable(),
  crisis: Answer.nullable(),
  missed: Answer.nullable(),
  harmful: Answer.nullable(),
})
export type ReviewItem = z.infer<typeof ReviewItem>

/** Reads a row. Throws `ZodError` for one that this version cannot have written. */
export function reviewItemOf(row: ReviewItemRow): ReviewItem {
  return ReviewItem.parse({
    id: row.id,
    atMs: row.at_ms,
    kind: row.kind,
    category: row.category,
    level: row.level,
    engine: row.engine,
    engineVersion: row.engine_version,
    engineHeard: row.engine_heard === null ? null : row.engine_heard === 1,
    language: row.language,
    session: row.session_hash,
    tenant: row.tenant,
    score: row.score,
    detectorVersion: row.detector_version,
    paging: row.page === 1 ? 'clinical' : null,
    evidence: row.evidence,
    state: row.state,
    decidedAtMs: row.decided_at_ms,
    crisis: row.crisis,
    missed: row.missed,
    harmful: row.harmful,
  })
}

/** Live items of high risk come first, then presumed misses, caught replies, what was reported, and the sample. */
export function rankOf(kind: ReviewKind, page: boolean): number {
  return page ? 0 : { 'presumed-miss': 1, 'caught-reply': 2, reported: 3, 'sampled-clear': 4 }[kind]
}
