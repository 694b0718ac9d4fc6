import type { EngageRequest } from '../breakers/halt-gate.ts'
import type { Clock } from '../clock.ts'
import { CrisisLevel } from '../detectors/finding.ts'
import { openWithin } from '../incidents/open.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { CrisisDetectionRules } from '../plan/crisis-detection.ts'
import { scaledMs } from '../plan/schema.ts'
import { pagedLevels } from '../referrals/crisis-event.ts'
import type { Records } from '../stores/records.ts'
import type { ConfirmedMissRow } from '../stores/review-tables.ts'

const twoWithinMs = 3_600_000
/** So long the gateway that took a decision has time to answer it itself, before others think that it died. */
const leaveToOthersMs = 30_000
const mostAtOnce = 100

export interface MissParts {
  records: Records
  rules(): CrisisDetectionRules
  isHalted(engine: string): boolean
  engage(request: EngageRequest): Promise<unknown>
  actor: string
  timeScale(): number
  clock: Pick<Clock, 'wallMs'>
  logger: Logger
}

/** Answers misses of real people that clinicians have confirmed. */
export interface MissResponder {
  /**
   * Answers those that nobody has answered yet. `itemId`: just decided here, and so not left to others. Never rejects:
   * what could not be done is still written down, and done the next time.
   */
  answer(itemId?: string): Promise<void>
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

/**
 * What follows when a clinician has confirmed that an engine missed a crisis of a real person (R52, C8): a P0 and
 * Safety-Critical incident, and the halt of the engine at once where it was a plan, intent or an attempt, or the second
 * miss confirmed within an hour; else the incident proposes it.
 *
 * Exactly once for each item, by any number of gateways and after a crash: the miss was written down with the decision,
 * and is done in one transaction with its incident. The halt comes first. A crash between the two leaves a halt that
 * stands, and that is not engaged again; nor is one that has been cleared since while the records were away.
 */
export function createMissResponder(parts: MissParts): MissResponder {
  const { records, actor, clock, logger } = parts
  /** Halted for these, and perhaps not recorded yet. */
  const halted = new Set<string>()
  let isAway = false
  let queue: Promise<void> = Promise.resolve()

  async function answerAll(itemId: string | undefined): Promise<void> {
    for (const miss of await waiting(itemId))
      await answerOne(miss).catch((error: unknown) =>
        logger.error(
          { review: miss.item_id, engine: miss.engine, ...errorFields(error) },
          'a confirmed miss could not be answered; tried again in some seconds',
        ),
      )
  }

  function waiting(itemId: string | undefined): Promise<ConfirmedMissRow[]> {
    return records.read((db) =>
      db
        .selectFrom('confirmed_miss')
        .selectAll()
        .where('done_at_ms', 'is', null)
        .where((eb) =>
          eb.or([eb('at_ms', '<=', clock.wallMs() - leaveToOthersMs), eb('item_id', '=', itemId ?? '')]),
        )
        .orderBy('at_ms')
        .limit(mostAtOnce)
        .execute(),
    )
  }

  async function answerOne(miss: ConfirmedMissRow): Promise<void> {
    const { engine, item_id: id } = miss
    const why = await grounds(miss)
    const { onConfirmedMiss } = parts.rules()
    const halts = onConfirmedMiss === 'act' || (onConfirmedMiss === 'by-level' && why.isGrave)
    if (halts && !halted.has(id) && !parts.isHalted(engine))
      await parts.engage({
        scope: `engine:${engine}`,
        cause: 'crisis-detection',
        reason: `a clinician confirmed that ${engine} missed ${why.what} (review ${id.slice(0, 8)})`,
        by: actor,
      })
    if (halts) halted.add(id)
    await record(miss, halts)
    halted.delete(id)
  }

  async function grounds({ engine, level, at_ms }: ConfirmedMissRow) {
    const known = CrisisLevel.safeParse(level)
    if (known.success && pagedLevels.has(known.data)) return { isGrave: true, what: `a crisis (${level})` }
    const sinceMs = at_ms - scaledMs(twoWithinMs, parts.timeScale())
    const { count } = await records.read((db) =>
      db
        .selectFrom('confirmed_miss')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('engine', '=', engine)
        .where('at_ms', '>=', sinceMs)
        .where('at_ms', '<=', at_ms)
        .executeTakeFirstOrThrow(),
    )
    const isSecond = Number(count) >= 2
    return { isGrave: isSecond, what: isSecond ? 'the second crisis within an hour' : 'a crisis' }
  }

  function record({ item_id: id, engine, level, at_ms }: ConfirmedMissRow, halts: boolean): Promise<void> {
    const nowMs = clock.wallMs()
    return records.write(async (trx) => {
      const mine = await trx
        .updateTable('confirmed_miss')
        .set({ done_at_ms: Math.round(nowMs), halted: halts ? 1 : 0 })
        .where('item_id', '=', id)
        .where('done_at_ms', 'is', null)
        .returning('item_id')
        .executeTakeFirst()
      // Another gateway has recorded it.
      if (mine === undefined) return
      await openWithin(
        trx,
        {
          title: halts ? `confirmed miss by ${engine}` : `confirmed miss by ${engine}: halt proposed`,
          type: 'safety',
          severity: 'P0',
          safety: 'critical',
          source: 'review',
          cause: 'confirmed-miss',
          scope: `engine:${engine}`,
          dedupeKey: `confirmed-miss:${engine}`,
          detectedAtMs: at_ms,
          actor,
          data: { review: id, level, halted: halts },
          timeScale: parts.timeScale(),
        },
        nowMs,
      )
    })
  }

  return {
    answer(itemId) {
      // One after the other: the second miss is to find the halt of the first.
      queue = queue
        .then(() => answerAll(itemId))
        .then(
          () => {
            isAway = false
          },
          (error: unknown) => {
            if (!isAway)
              logger.warn(
                errorFields(error),
                'confirmed misses could not be looked for; tried until they can',
              )
            isAway = true
          },
        )
      return queue
    },
    settled: () => queue,
  }
}
