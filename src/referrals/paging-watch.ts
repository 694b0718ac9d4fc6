import type { Clock } from '../clock.ts'
import { openWithin } from '../incidents/open.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { IncidentRule } from '../plan/referrals.ts'
import { scaledMs } from '../plan/schema.ts'
import type { Records } from '../stores/records.ts'

export interface PagingRule {
  overdue: IncidentRule
  actor: string
  timeScale: number
}

/** Looks every five seconds of the plan's time for disclosures that nobody has taken on. */
export interface PagingWatch {
  /** How many are overdue, as of the last look that reached the database. */
  readonly overdue: number
  start(): void
  close(): Promise<void>
}

const everyMs = 5_000

/** `rule` is asked at each look, so that a changed plan holds at once. */
export function createPagingWatch(parts: {
  records: Records
  clock: Clock
  logger: Logger
  rule(): PagingRule
}): PagingWatch {
  let overdue = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> | undefined
  let closed = false

  async function look() {
    const rule = parts.rule()
    try {
      overdue = await watchPaging(parts.records, rule, parts.clock.wallMs())
    } catch (error) {
      // What is overdue stays overdue: it is noticed when the database is back.
      parts.logger.warn(errorFields(error), 'overdue crisis events could not be looked for')
    }
    if (!closed) timer = setTimeout(start, Math.max(250, scaledMs(everyMs, rule.timeScale)))
  }

  function start() {
    looking = look()
  }

  return {
    get overdue() {
      return overdue
    },
    start,
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
    },
  }
}

/**
 * Looks for disclosures that nobody clinical has acknowledged in time, and opens an incident about new ones: one is
 * open at a time and counts. Answers with how many are overdue now. Any number of gateways may look at once; each
 * event is noticed by one. Rejects with `GatewayError` `unavailable`.
 */
export async function watchPaging(records: Records, rule: PagingRule, nowMs: number): Promise<number> {
  const { overdue, unnoticed } = await records.read((db) =>
    db
      .selectFrom('crisis_event')
      .select((eb) => [
        eb.fn.countAll<number>().as('overdue'),
        eb.fn.countAll<number>().filterWhere('overdue_at_ms', 'is', null).as('unnoticed'),
      ])
      .where('page_by_ms', 'is not', null)
      .where('page_by_ms', '<=', nowMs)
      .where('acknowledged_at_ms', 'is', null)
      .executeTakeFirstOrThrow(),
  )
  if (Number(unnoticed) > 0) await notice(records, rule, nowMs)
  return Number(overdue)
}

async function notice(records: Records, { overdue, actor, timeScale }: PagingRule, nowMs: number) {
  await records.write(async (trx) => {
    const found = await trx
      .updateTable('crisis_event')
      .set({ overdue_at_ms: nowMs })
      .where('page_by_ms', 'is not', null)
      .where('page_by_ms', '<=', nowMs)
      .where('acknowledged_at_ms', 'is', null)
      .where('overdue_at_ms', 'is', null)
      .returning(['id', 'at_ms', 'level'])
      .execute()
    const [first] = found.sort((a, b) => a.at_ms - b.at_ms)
    if (first === undefined) return
    await openWithin(
      trx,
      {
        title: 'disclosures of a plan, of intent or of an attempt that nobody has acknowledged',
        type: 'safety',
        ...overdue,
        source: 'crisis-events',
        cause: 'unacknowledged',
        scope: 'all',
        dedupeKey: 'crisis-events:unacknowledged',
        detectedAtMs: nowMs,
        actor,
        data: { event: first.id, level: first.level, events: found.length },
        timeScale,
      },
      nowMs,
    )
  })
}
