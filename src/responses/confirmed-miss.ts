import type { EngageRequest } from '../breakers/halt-gate.ts'
import { CrisisLevel } from '../detectors/finding.ts'
import { openIncident } from '../incidents/open.ts'
import type { CrisisDetectionRules } from '../plan/crisis-detection.ts'
import { scaledMs } from '../plan/schema.ts'
import { pagedLevels } from '../referrals/crisis-event.ts'
import type { ReviewItem } from '../reviews/review-item.ts'
import type { Records } from '../stores/records.ts'

const twoWithinMs = 3_600_000
/** A decision that is sent again within this time makes good what a crash may have cut off. */
const repeatWithinMs = 900_000

/**
 * What follows when a clinician has confirmed that an engine missed a crisis of a real person (R52, C8): a P0 and
 * Safety-Critical incident, and the halt of the engine at once where it was a plan, intent or an attempt, or the second
 * miss within an hour; else the incident proposes it. The halt comes first. Once for each item: it joins one incident
 * per engine, and a halt that stands is not engaged again.
 */
export async function respondToConfirmedMiss(
  item: ReviewItem,
  parts: {
    records: Records
    rules: CrisisDetectionRules
    isHalted(engine: string): boolean
    engage(request: EngageRequest): Promise<unknown>
    actor: string
    timeScale: number
    nowMs: number
  },
): Promise<void> {
  const { engine, level, id, decidedAtMs } = item
  // The same word said again, long after what followed it, halts nobody once more.
  if (decidedAtMs === null || parts.nowMs - decidedAtMs > scaledMs(repeatWithinMs, parts.timeScale)) return
  const graveLevel = CrisisLevel.safeParse(level)
  const isGrave = graveLevel.success && pagedLevels.has(graveLevel.data)
  const isSecond =
    (await missesSince(parts.records, engine, parts.nowMs - scaledMs(twoWithinMs, parts.timeScale))) >= 2
  const { onConfirmedMiss } = parts.rules
  const halts = onConfirmedMiss === 'act' || (onConfirmedMiss === 'by-level' && (isGrave || isSecond))
  const what = isGrave ? `a ${level}` : isSecond ? 'the second crisis within an hour' : 'a crisis'
  const says = `a clinician confirmed that ${engine} missed ${what} (review ${id.slice(0, 8)})`
  if (halts && !parts.isHalted(engine))
    await parts.engage({
      scope: `engine:${engine}`,
      cause: 'crisis-detection',
      reason: says,
      by: parts.actor,
    })
  await openIncident(
    parts.records,
    {
      title: halts ? `confirmed miss by ${engine}` : `confirmed miss by ${engine}: halt proposed`,
      type: 'safety',
      severity: 'P0',
      safety: 'critical',
      source: 'review',
      cause: 'confirmed-miss',
      scope: `engine:${engine}`,
      dedupeKey: `confirmed-miss:${engine}`,
      detectedAtMs: decidedAtMs,
      actor: parts.actor,
      data: { review: id, level, halted: halts },
      timeScale: parts.timeScale,
    },
    parts.nowMs,
  )
}

async function missesSince(records: Records, engine: string, sinceMs: number): Promise<number> {
  const { count } = await records.read((db) =>
    db
      .selectFrom('review_item')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('engine', '=', engine)
      .where('missed', '=', 'yes')
      .where('decided_at_ms', '>=', sinceMs)
      .executeTakeFirstOrThrow(),
  )
  return Number(count)
}
