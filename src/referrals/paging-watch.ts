import { openWithin } from '../incidents/open.ts'
import type { IncidentRule } from '../plan/referrals.ts'
import type { Records } from '../stores/records.ts'

export interface PagingRule {
  overdue: IncidentRule
  actor: string
  timeScale: number
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
