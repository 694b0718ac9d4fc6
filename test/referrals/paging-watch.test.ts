import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { GatewayError } from '../../src/errors.ts'
import { listIncidents } from '../../src/incidents/list.ts'
import { silentLogger } from '../../src/logger.ts'
import { acknowledgeEvent } from '../../src/referrals/answer-event.ts'
import { createPagingWatch, type PagingWatch } from '../../src/referrals/paging-watch.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { disclosure, noonishMs, recorderFor } from './recorder-parts.ts'

let records: Records
let watch: PagingWatch
let away: boolean

beforeEach(async () => {
  vi.useFakeTimers({ now: noonishMs })
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  away = false
  watch = createPagingWatch({
    records: {
      ...records,
      kind: 'sqlite',
      read: (work) => (away ? Promise.reject(new GatewayError('unavailable', 'away')) : records.read(work)),
    },
    clock: systemClock,
    logger: silentLogger,
    rule: () => ({ overdue: { severity: 'P1', safety: 'high' }, actor: 'haltgate:test', timeScale: 1 }),
  })
  const recorder = await recorderFor(records)
  for (const id of ['plan-1', 'plan-2']) recorder.disclosed(disclosure({ id, level: 'plan' }))
  await recorder.flush()
  watch.start()
})
afterEach(async () => {
  await watch.close()
  await records.close()
  vi.useRealTimers()
})

const minutes = (many: number) => vi.advanceTimersByTimeAsync(many * 60_000)
/** The audit line of an incident is hashed by Web Crypto, in threads that fake timers know nothing of: let them work. */
async function eventually(check: () => void | Promise<void>) {
  for (let turn = 0; turn < 5_000; turn++) {
    try {
      return await check()
    } catch {
      await crypto.subtle.digest('SHA-256', new Uint8Array(1))
      await vi.advanceTimersByTimeAsync(10)
    }
  }
  await check()
}
const incidents = () => listIncidents(records, { limit: 9 })

it('says nothing while there is time, and notices within seconds when it is over', async () => {
  await vi.advanceTimersByTimeAsync(299_999)
  expect(watch.overdue).toBe(0)
  expect(await incidents()).toEqual([])
  for (let second = 0; second < 15; second++) await vi.advanceTimersByTimeAsync(1_000)
  await eventually(() => expect(watch.overdue).toBe(2))
  expect(await incidents()).toMatchObject([
    { severity: 'P1', safety: 'high', type: 'safety', signalCount: 1 },
  ])
})

it('opens no second incident for what it has noticed, and stops counting what was taken on', async () => {
  await minutes(6)
  await eventually(() => expect(watch.overdue).toBe(2))
  await acknowledgeEvent(records, { id: 'plan-1', actor: 'Dr Okafor' }, Date.now())
  await minutes(6)
  await eventually(() => expect(watch.overdue).toBe(1))
  expect(await incidents()).toMatchObject([{ signalCount: 1 }])
})

it('is quiet about what was acknowledged in time', async () => {
  for (const id of ['plan-1', 'plan-2'])
    await acknowledgeEvent(records, { id, actor: 'Dr Okafor' }, Date.now())
  await minutes(10)
  expect(watch.overdue).toBe(0)
  expect(await incidents()).toEqual([])
})

it('notices late rather than never when the database was away', async () => {
  away = true
  await minutes(10)
  expect(await incidents()).toEqual([])
  away = false
  for (let second = 0; second < 15; second++) await vi.advanceTimersByTimeAsync(1_000)
  await eventually(async () => expect(await incidents()).toHaveLength(1))
})
