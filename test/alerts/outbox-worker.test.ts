import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { OutboxMessage, SendResult } from '../../src/alerts/channel.ts'
import { createOutboxWorker, type OutboxWorker } from '../../src/alerts/outbox-worker.ts'
import { systemClock } from '../../src/clock.ts'
import { GatewayError } from '../../src/errors.ts'
import { silentLogger } from '../../src/logger.ts'
import type { Records } from '../../src/stores/records.ts'
import { createSqliteRecords } from '../../src/stores/sqlite-records.ts'
import { put, rowsOf } from './outbox-parts.ts'

let records: Records
let worker: OutboxWorker
let sent: OutboxMessage[]
let answer: (message: OutboxMessage, signal: AbortSignal) => Promise<SendResult> | SendResult
let away: boolean
const ended: string[] = []

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 })
  records = createSqliteRecords(':memory:', silentLogger)
  await records.migrate()
  sent = []
  away = false
  ended.length = 0
  answer = () => ({ kind: 'delivered' })
  const database: Records = {
    ...records,
    kind: 'sqlite',
    read: (work) => (away ? Promise.reject(new GatewayError('unavailable', 'away')) : records.read(work)),
    write: (work) => (away ? Promise.reject(new GatewayError('unavailable', 'away')) : records.write(work)),
  }
  worker = createOutboxWorker({
    records: database,
    channel: (name) =>
      name === 'gone'
        ? undefined
        : {
            async send(message, signal) {
              sent.push(message)
              return answer(message, signal)
            },
          },
    ends: {
      delivered: async (_, { id }) => void ended.push(`delivered ${id}`),
      failed: async (_, { id }) => void ended.push(`failed ${id}`),
    },
    clock: systemClock,
    logger: silentLogger,
    holder: 'one',
    random: () => 1,
  })
})

afterEach(async () => {
  const closing = worker.close()
  await vi.advanceTimersByTimeAsync(5_000)
  await closing
  await records.close()
  vi.useRealTimers()
})

const now = () => ({ atMs: Date.now(), giveUpAtMs: Date.now() + 60_000 })
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

it('sends nothing before it is started', async () => {
  await put(records, now())
  worker.wake()
  await pass(5_000)
  expect(sent).toEqual([])
})

it('finds a message that another gateway put in within a quarter of a second', async () => {
  worker.start()
  await pass(1_000)
  await put(records, now())
  await pass(250)
  expect(sent).toHaveLength(1)
})

it('sends at once when it is told', async () => {
  worker.start()
  await pass(10)
  await put(records, now())
  worker.wake()
  await pass(0)
  expect(sent).toHaveLength(1)
})

it('tries again within a second, and then ever more slowly', async () => {
  const times: number[] = []
  answer = () => {
    times.push(Date.now())
    return { kind: 'retry', why: 'HTTP 503' }
  }
  await put(records, now())
  worker.start()
  await pass(8_000)
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
  expect(gaps[0]).toBeLessThanOrEqual(1_000)
  expect(gaps[1]).toBeGreaterThan(gaps[0] ?? 0)
  expect(gaps[2]).toBeGreaterThan(gaps[1] ?? 0)
})

it('goes on when the database was away', async () => {
  worker.start()
  away = true
  await put(records, now())
  await pass(3_000)
  expect(sent).toEqual([])
  away = false
  await pass(250)
  expect(sent).toHaveLength(1)
})

it('sends again what it could not write down, with the same id', async () => {
  answer = () => {
    away = true
    return { kind: 'delivered' }
  }
  const id = await put(records, now())
  worker.start()
  await pass(1_000)
  away = false
  answer = () => ({ kind: 'delivered' })
  await pass(31_000)
  expect(sent.map((message) => message.id)).toEqual([id, id])
  expect(ended).toEqual([`delivered ${id}`])
})

it('takes what a channel throws for a failure like any other', async () => {
  answer = () => {
    throw new Error('the channel has a fault')
  }
  await put(records, now())
  await worker.tick()
  expect(await rowsOf(records)).toMatchObject([{ state: 'waiting', last_error: 'the channel has a fault' }])
})

it('ends an attempt that takes longer than any may, and does not wait for it to send others', async () => {
  answer = ({ target }) => (target === 'hung' ? new Promise(() => {}) : { kind: 'delivered' })
  await put(records, { ...now(), target: 'hung', subject: 'a' })
  worker.start()
  await pass(1_000)
  await put(records, { ...now(), subject: 'b' })
  await pass(250)
  expect(ended).toHaveLength(1)
  await pass(20_000)
  const hung = (await rowsOf(records)).find(({ target }) => target === 'hung')
  expect(hung).toMatchObject({ attempts: 2, last_error: 'timed out' })
})

it('waits for a channel that was taken out of the configuration, until it gives up', async () => {
  await put(records, { ...now(), channel: 'gone' })
  worker.start()
  await pass(30_000)
  expect(await rowsOf(records)).toMatchObject([{ last_error: 'no channel gone is configured' }])
  await pass(62_000)
  expect(await rowsOf(records)).toMatchObject([{ state: 'failed' }])
})

it('gives a message that is overdue at the start one more try', async () => {
  await put(records, { atMs: 1, giveUpAtMs: 2 })
  await worker.tick()
  expect(await rowsOf(records)).toMatchObject([{ state: 'delivered' }])
})

it('leaves what was under way when it stopped to whoever comes next, soon', async () => {
  answer = () => new Promise(() => {})
  await put(records, now())
  worker.start()
  await pass(100)
  const closing = worker.close()
  await pass(3_000)
  await closing
  expect(await rowsOf(records)).toMatchObject([{ state: 'waiting', last_error: 'the gateway stopped' }])
  await pass(60_000)
  expect(sent).toHaveLength(1)
})
