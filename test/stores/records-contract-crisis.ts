import { sql } from 'kysely'
import { beforeEach, expect, it } from 'vitest'
import { listIncidents } from '../../src/incidents/list.ts'
import { showIncident } from '../../src/incidents/show.ts'
import { readProtocolLog } from '../../src/referrals/protocol-log.ts'
import { readRegister } from '../../src/referrals/register.ts'
import { readCounts } from '../../src/referrals/screening-counts.ts'
import type { Records } from '../../src/stores/records.ts'
import { caughtReply, disclosure, recorderFor } from '../referrals/recorder-parts.ts'

const allOf = (records: Records, table: 'crisis_event' | 'caught_reply' | 'outbox') =>
  records.read((db) => db.selectFrom(table).selectAll().orderBy('id').execute())

/** The part of the records contract about disclosures and caught replies; two handles on one migrated database. */
export function testCrisisRecords(handles: () => { records: Records; other: Records }): void {
  let records: Records
  let other: Records

  beforeEach(() => {
    ;({ records, other } = handles())
  })

  it('hold an event, its referral, its message and its count, all from one disclosure', async () => {
    const recorder = await recorderFor(records)
    const given = disclosure({ level: 'plan' })
    recorder.disclosed(given)
    await recorder.flush()

    const [event] = await allOf(other, 'crisis_event')
    expect(event).toMatchObject({
      id: given.id,
      level: 'plan',
      score: 0.97,
      tenant: 'calm',
      page_by_ms: given.atMs + 300_000,
      user_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      session_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      sealed_session: expect.stringMatching(/^v1\./),
    })
    expect(await readRegister(other, 2026)).toEqual([
      {
        day: '2026-11-22',
        jurisdiction: 'DE',
        age_band: '18-24',
        category: 'suicidal-ideation',
        source: 'appended',
        text_version: '2026-11-20',
        detector_version: 'crisis-1',
        delivered: 'waiting',
        count: 1,
      },
    ])
    expect(await allOf(other, 'outbox')).toMatchObject([
      { state: 'waiting', class: 'safety', subject: `crisis-event:${given.id}`, attempts: 0 },
    ])
    expect(await readCounts(other, { since: '2026-11-22', mode: 'enforce' })).toMatchObject([
      { what: 'suicidal-ideation', level: 'plan', action: 'support', count: 1 },
    ])
  })

  it('count a disclosure once, however often and by however many gateways it is written', async () => {
    const [one, two] = [await recorderFor(records), await recorderFor(other)]
    const all = Array.from({ length: 30 }, () => disclosure())
    for (const given of all) for (const recorder of [one, two, one]) recorder.disclosed(given)
    await Promise.all([one.flush(), two.flush()])
    one.disclosed(all[0] ?? disclosure())
    await one.flush()

    expect(await allOf(records, 'crisis_event')).toHaveLength(30)
    expect(await allOf(records, 'outbox')).toHaveLength(30)
    expect(await readRegister(records, 2026)).toMatchObject([{ count: 30 }])
    expect(await readCounts(records, { since: '2026-01-01', mode: 'enforce' })).toMatchObject([{ count: 30 }])
  })

  it('hold nowhere who somebody is', async () => {
    const recorder = await recorderFor(records)
    recorder.disclosed(
      disclosure({ who: { session: 'session-of-ada', user: 'ada', ageBand: 'Ada Lovelace', region: 'ada' } }),
    )
    recorder.caught(caughtReply({ who: { session: 'session-of-ada', user: 'ada' } }))
    await recorder.flush()
    const everything = JSON.stringify([
      await allOf(records, 'crisis_event'),
      await allOf(records, 'caught_reply'),
      await allOf(records, 'outbox'),
      await readRegister(records, 2026),
      await listIncidents(records, { limit: 9 }),
    ])
    expect(everything).not.toMatch(/ada/i)
    expect(await readRegister(records, 2026)).toMatchObject([{ jurisdiction: 'unknown', age_band: 'other' }])
  })

  it('leave periods of observing and what was only observed out of the register', async () => {
    const recorder = await recorderFor(records)
    recorder.disclosed(disclosure({ mode: 'observe', source: 'observed', level: 'attempt' }))
    recorder.disclosed(disclosure({ source: 'observed' }))
    recorder.disclosed(disclosure({ source: 'none' }))
    await recorder.flush()
    expect(await readRegister(records, 2026)).toEqual([])
    const events = await allOf(records, 'crisis_event')
    expect(events).toHaveLength(3)
    // While observing nobody is told and nobody is paged.
    expect(events.filter((event) => 'page_by_ms' in event && event.page_by_ms !== null)).toEqual([])
    expect(await allOf(records, 'outbox')).toHaveLength(2)
    expect(await readCounts(records, { since: '2026-01-01', mode: 'observe' })).toMatchObject([
      { what: 'suicidal-ideation', level: 'attempt', count: 1 },
    ])
  })

  it('are written also when one of them does not fit', async () => {
    const errors: string[] = []
    const recorder = await recorderFor(records, { onError: (verb) => errors.push(verb) })
    const refuse = sql`create unique index one_per_level on crisis_event (level)`
    await records.write((trx) => refuse.execute(trx))
    for (const level of ['active', 'active', 'passive'] as const) recorder.disclosed(disclosure({ level }))
    await recorder.flush()
    expect(await allOf(records, 'crisis_event')).toHaveLength(2)
    expect(await readRegister(records, 2026)).toMatchObject([{ count: 2 }])
    await recorder.close()
    expect(new Set(errors)).toEqual(new Set(['crisis.record']))
  })

  it('open one incident for each kind and engine, and raise it when a reply got through', async () => {
    const recorder = await recorderFor(records)
    recorder.caught(caughtReply())
    recorder.caught(caughtReply({ action: 'annotated' }))
    recorder.caught(caughtReply({ engine: 'backup' }))
    recorder.caught(caughtReply({ kind: 'blame', mode: 'observe', action: 'released' }))
    await recorder.flush()
    const before = await listIncidents(records, { limit: 9 })
    expect(
      before
        .map(({ dedupeKey, severity, safety, signalCount }) => [dedupeKey, severity, safety, signalCount])
        .sort(),
    ).toEqual([
      ['harmful-reply:dismissal:backup', 'P1', 'high', 1],
      ['harmful-reply:dismissal:primary', 'P1', 'high', 2],
    ])
    const released = caughtReply({ action: 'released' })
    recorder.caught(released)
    await recorder.flush()
    recorder.caught(released)
    await recorder.flush()
    const raised = (await listIncidents(records, { limit: 9 })).find(({ signalCount }) => signalCount > 1)
    expect(raised).toMatchObject({ type: 'safety', severity: 'P0', safety: 'critical', signalCount: 3 })
    expect((await showIncident(records, raised?.id ?? '')).events.map(({ type }) => type)).toEqual([
      'opened',
      'signal-repeated',
      'severity-raised',
    ])
    expect(await readCounts(records, { since: '2026-01-01', mode: 'observe' })).toMatchObject([
      { side: 'reply', what: 'blame', action: 'withhold', count: 1 },
    ])
  })

  it('count what was judged, and log the protocol beside the register', async () => {
    const recorder = await recorderFor(records)
    for (let n = 0; n < 5; n++) recorder.screened('message', 'observe')
    recorder.screened('reply', 'observe')
    recorder.noteProtocol({ kind: 'protocol', detail: 'crisis-1, texts 2026-11-20' })
    recorder.noteProtocol({ kind: 'not-human-notice', detail: '2026-11-20' })
    recorder.noteProtocol({ kind: 'not-human-notice', detail: '2026-11-20' })
    await recorder.flush()
    recorder.screened('message', 'observe')
    recorder.noteProtocol({ kind: 'not-human-notice', detail: '2026-11-20' })
    await recorder.flush()
    expect(await readCounts(other, { since: '2026-11-22', mode: 'observe' })).toMatchObject([
      { side: 'message', what: 'all', count: 6 },
      { side: 'reply', what: 'all', count: 1 },
    ])
    expect(await readCounts(other, { since: '2026-11-23', mode: 'observe' })).toEqual([])
    expect(await readProtocolLog(other, 2026)).toMatchObject([
      { kind: 'not-human-notice', detail: '2026-11-20', count: 3 },
      { kind: 'protocol', count: 1 },
    ])
    expect(await readProtocolLog(other, 2025)).toEqual([])
  })
}
