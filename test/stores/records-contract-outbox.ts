import { beforeEach, expect, it } from 'vitest'
import type { OutboxMessage, SendResult } from '../../src/alerts/channel.ts'
import {
  claimDue,
  markDelivered,
  markFailed,
  markRetry,
  outboxDepth,
  outboxId,
  pruneOutbox,
  putIntoOutbox,
} from '../../src/alerts/outbox.ts'
import { createOutboxWorker, type OutboxEnds } from '../../src/alerts/outbox-worker.ts'
import { listIncidents } from '../../src/incidents/list.ts'
import { silentLogger } from '../../src/logger.ts'
import { referralDelivered, referralFailed } from '../../src/referrals/delivery.ts'
import { watchPaging } from '../../src/referrals/paging-watch.ts'
import { readRegister } from '../../src/referrals/register.ts'
import type { Records } from '../../src/stores/records.ts'
import { outgoing, put, rowsOf } from '../alerts/outbox-parts.ts'
import { disclosure, handClock, noonishMs, recorderFor } from '../referrals/recorder-parts.ts'

const undelivered = {
  undelivered: { severity: 'P0', safety: 'critical' },
  actor: 'haltgate:test',
  timeScale: 1,
} as const
const overdue = { overdue: { severity: 'P1', safety: 'high' }, actor: 'haltgate:test', timeScale: 1 } as const

const ends: OutboxEnds = {
  delivered: referralDelivered,
  failed: (trx, row, nowMs) => referralFailed(trx, row, undelivered, nowMs),
}

/** The part of the records contract about the outbox; two handles on one migrated database, as two gateways have. */
export function testOutbox(handles: () => { records: Records; other: Records }): void {
  let records: Records
  let other: Records
  let clock: ReturnType<typeof handClock>

  beforeEach(() => {
    ;({ records, other } = handles())
    clock = handClock()
  })

  const worker = (
    handle: Records,
    send: (message: OutboxMessage) => Promise<SendResult> | SendResult,
    holder = 'one',
  ) =>
    createOutboxWorker({
      records: handle,
      channel: () => ({ send: async (message) => send(message) }),
      ends,
      clock,
      logger: silentLogger,
      holder,
      random: () => 0.5,
    })

  it('delivers what was put in, and says to whom and when', async () => {
    const id = await put(records, { atMs: clock.nowMs })
    const sent: OutboxMessage[] = []
    await worker(records, (message) => {
      sent.push(message)
      return { kind: 'delivered', providerRef: 'ref-1' }
    }).tick()
    expect(sent).toEqual([{ id, target: 'team', payload: '{"type":"test"}', attempt: 1 }])
    expect(await rowsOf(records)).toMatchObject([
      {
        id,
        state: 'delivered',
        attempts: 1,
        provider_ref: 'ref-1',
        ended_at_ms: clock.nowMs,
        leased_by: null,
      },
    ])
    expect(await outboxDepth(records)).toEqual([])
    await pruneOutbox(records, clock.nowMs + 1)
    expect(await rowsOf(records)).toEqual([])
  })

  it('has a message once, however often it is put in', async () => {
    const ids = await Promise.all([put(records), put(other), put(records)])
    expect(new Set(ids).size).toBe(1)
    expect(await rowsOf(records)).toHaveLength(1)
    expect(await outboxDepth(other)).toEqual([{ class: 'safety', waiting: 1, oldestAtMs: 0 }])
  })

  it('loses a message with the transaction that caused it', async () => {
    const out = outgoing()
    const id = await outboxId(out)
    const failed = records.write(async (trx) => {
      await putIntoOutbox(trx, id, out)
      throw new Error('rolled back')
    })
    await expect(failed).rejects.toThrow('rolled back')
    expect(await rowsOf(records)).toEqual([])
  })

  it('sends every message once while two gateways empty it at the same time', async () => {
    for (let n = 0; n < 60; n++) await put(records, { subject: `thing:${n}`, atMs: clock.nowMs })
    const sent: string[] = []
    const send = async (message: OutboxMessage): Promise<SendResult> => {
      sent.push(message.id)
      await new Promise((resolve) => setTimeout(resolve, 2))
      return { kind: 'delivered' }
    }
    const both = [worker(records, send, 'one'), worker(other, send, 'two')]
    for (let round = 0; round < 8; round++) await Promise.all(both.map((one) => one.tick()))
    expect(sent).toHaveLength(60)
    expect(new Set(sent).size).toBe(60)
    expect((await rowsOf(records)).every(({ state }) => state === 'delivered')).toBe(true)
  })

  it('sends safety first', async () => {
    await put(records, { class: 'update', subject: 'a' })
    await put(records, { class: 'page', subject: 'b' })
    await put(records, { class: 'safety', subject: 'c', atMs: 5 })
    const first = await claimDue(records, {
      holder: 'one',
      limit: 1,
      leaseMs: 1_000,
      nowMs: 10,
    })
    expect(first).toMatchObject([{ class: 'safety' }])
  })

  it('takes over what a dead gateway had claimed, once its lease has run out', async () => {
    await put(records, { atMs: clock.nowMs })
    await claimDue(other, { holder: 'dead', limit: 1, leaseMs: 30_000, nowMs: clock.nowMs })
    let sent = 0
    const alive = worker(records, () => {
      sent++
      return { kind: 'delivered' }
    })
    clock.nowMs += 29_999
    await alive.tick()
    expect(sent).toBe(0)
    clock.nowMs += 1
    await alive.tick()
    expect(sent).toBe(1)
    expect(await rowsOf(records)).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })

  it('hears of a holder whose lease has run out only that the message did arrive', async () => {
    const id = await put(records, { atMs: clock.nowMs })
    const claim = (handle: Records, holder: string) =>
      claimDue(handle, { holder, limit: 1, leaseMs: 1_000, nowMs: clock.nowMs })
    const [late] = await claim(other, 'late')
    clock.nowMs += 1_000
    await claim(records, 'new')
    if (late === undefined) throw new Error('nothing was claimed')
    const before = await rowsOf(records)
    await other.write((trx) => markRetry(trx, late, { nextAttemptAtMs: clock.nowMs, why: 'later' }))
    const failed = await other.write((trx) => markFailed(trx, late, { nowMs: clock.nowMs, why: 'never' }))
    expect(failed).toBeUndefined()
    expect(await rowsOf(records)).toEqual(before)
    const ended = await other.write((trx) => markDelivered(trx, id, { nowMs: clock.nowMs }))
    expect(ended).toMatchObject({ id, state: 'delivered' })
    expect(await records.write((trx) => markDelivered(trx, id, { nowMs: clock.nowMs }))).toBeUndefined()
  })

  it('settles the register and opens one Safety-Critical incident when referrals fail for good', async () => {
    const recorder = await recorderFor(records)
    for (let n = 0; n < 3; n++) recorder.disclosed(disclosure())
    await recorder.flush()
    let calls = 0
    const one = worker(records, () =>
      calls++ === 0 ? { kind: 'delivered' } : { kind: 'refused', why: 'HTTP 410' },
    )
    await one.tick()
    expect(await readRegister(records, 2026)).toMatchObject([
      { delivered: 'no', count: 2 },
      { delivered: 'yes', count: 1 },
    ])
    const incidents = await listIncidents(records, { limit: 9 })
    expect(incidents).toMatchObject([
      { type: 'safety', severity: 'P0', safety: 'critical', cause: 'referral-undelivered', signalCount: 2 },
    ])
    await one.tick()
    expect(calls).toBe(3)
  })

  it('tries a referral within a second, and gives up when the plan says so, not before', async () => {
    const recorder = await recorderFor(records)
    recorder.disclosed(disclosure())
    await recorder.flush()
    const tries: number[] = []
    const failing = worker(records, () => {
      tries.push(clock.nowMs - noonishMs)
      return { kind: 'retry', why: 'HTTP 503' }
    })
    for (let round = 0; round < 200; round++) {
      await failing.tick()
      const [row] = await rowsOf(records)
      if (row === undefined || row.state === 'failed') break
      clock.nowMs = row.next_attempt_at_ms
    }
    expect(tries[0]).toBe(0)
    expect(tries[1]).toBeLessThan(1_000)
    expect(tries.at(-1)).toBe(3_600_000)
    const gaps = tries.slice(1).map((at, i) => at - (tries[i] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000)
    expect(await rowsOf(records)).toMatchObject([{ state: 'failed', last_error: 'HTTP 503' }])
    expect(await readRegister(records, 2026)).toMatchObject([{ delivered: 'no', count: 1 }])
    expect(await listIncidents(records, { limit: 9 })).toHaveLength(1)
  })

  it('opens one Safety-High incident when nobody acknowledges a live plan in time', async () => {
    const recorder = await recorderFor(records)
    for (const level of ['plan', 'intent', 'attempt', 'active'] as const)
      recorder.disclosed(disclosure({ level }))
    await recorder.flush()
    expect(await watchPaging(records, overdue, noonishMs + 299_999)).toBe(0)
    expect(await listIncidents(records, { limit: 9 })).toEqual([])
    const seen = await Promise.all(
      [records, other, records].map((handle) => watchPaging(handle, overdue, noonishMs + 300_000)),
    )
    expect(seen).toEqual([3, 3, 3])
    expect(await listIncidents(records, { limit: 9 })).toMatchObject([
      { severity: 'P1', safety: 'high', cause: 'unacknowledged', signalCount: 1 },
    ])
  })
}
