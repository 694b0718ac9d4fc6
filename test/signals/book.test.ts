import { beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { Plan } from '../../src/plan/schema.ts'
import { createSignalBook, type SignalBook } from '../../src/signals/book.ts'

let nowMs: number
let book: SignalBook
const epochMs = 1_790_000_000_000
const clock = { monotonicMs: () => nowMs, wallMs: () => epochMs + nowMs }
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

beforeEach(() => {
  nowMs = 1_000
  book = createSignalBook({ plan: Plan.parse({}), clock })
})

/** The primary over the last minute. */
const reading = (windowMs = minuteMs, engine = 'primary') =>
  book.read().engines.find((r) => r.engine === engine && r.windowMs === windowMs)

describe('what is measured of an engine', () => {
  it('has a reading per window of the plan once there was an exchange', () => {
    expect(book.read().engines).toEqual([])
    book.recordExchange({ engine: 'backup', outcome: 'ok', firstByteMs: 10, totalMs: 20 })
    expect(book.read().engines.map(({ engine, windowMs }) => [engine, windowMs])).toEqual([
      ['backup', 30_000],
      ['backup', 60_000],
      ['backup', 300_000],
    ])
  })

  it('tells the error rate and the latencies', () => {
    for (let i = 1; i <= 100; i++) {
      book.recordExchange({ engine: 'primary', outcome: 'ok', firstByteMs: i, totalMs: 10 * i })
    }
    book.recordExchange({ engine: 'primary', outcome: 'error', totalMs: 1 })
    const { errorRate, samples, errors, firstByte, total } = reading() ?? {}
    expect({ samples, errors, errorRate }).toEqual({ samples: 101, errors: 1, errorRate: 1 / 101 })
    expect(firstByte?.samples).toBe(100)
    expect(firstByte?.p50Ms).toBeCloseTo(50, -0.5)
    expect(total?.p95Ms).toBeGreaterThan(940)
    expect(total?.p99Ms).toBeLessThan(1_000)
  })

  it.each(['client-closed', 'halted', 'rejected'] as const)(
    '%s is neither an error nor a sample',
    (outcome) => {
      book.recordExchange({ engine: 'primary', outcome, firstByteMs: 1, totalMs: 90_000 })
      expect(reading()).toMatchObject({
        samples: 0,
        errors: 0,
        errorRate: undefined,
        total: undefined,
        firstByte: undefined,
        outcomes: { [outcome]: 1 },
      })
    },
  )

  it.each(['error', 'timeout', 'refused'] as const)('%s is an error', (outcome) => {
    book.recordExchange({ engine: 'primary', outcome, totalMs: 5 })
    expect(reading()).toMatchObject({ samples: 1, errors: 1, errorRate: 1 })
  })

  it('does not let quick errors make an engine look fast, nor a hang go unseen', () => {
    book.recordExchange({ engine: 'primary', outcome: 'error', totalMs: 1 })
    book.recordExchange({ engine: 'primary', outcome: 'refused', totalMs: 0 })
    expect(reading()?.total).toBeUndefined()
    book.recordExchange({ engine: 'primary', outcome: 'timeout', totalMs: 30_000 })
    expect(reading()?.total?.p50Ms).toBe(30_000)
  })

  it('takes the first byte as the response time of a stream, the end for a whole reply or a stream that hung', () => {
    const times = { engine: 'primary', firstByteMs: 400, totalMs: 12_000 } as const
    book.recordExchange({ ...times, outcome: 'ok', streamed: true })
    expect(reading()?.responseTime?.p95Ms).toBe(400)
    book.recordExchange({ ...times, outcome: 'ok' })
    expect(reading()?.responseTime?.p95Ms).toBeGreaterThan(11_800)
    nowMs += 2 * minuteMs
    book.recordExchange({ ...times, outcome: 'timeout', streamed: true })
    expect(reading()?.responseTime?.p50Ms).toBe(12_000)
  })

  it('keeps engines apart', () => {
    book.recordExchange({ engine: 'primary', outcome: 'error', totalMs: 5 })
    book.recordExchange({ engine: 'backup', outcome: 'ok', totalMs: 5 })
    expect(reading(minuteMs, 'backup')?.errorRate).toBe(0)
  })

  it('forgets after each window its own', () => {
    book.recordExchange({ engine: 'primary', outcome: 'ok', totalMs: 5 })
    nowMs += 65_000
    expect(reading()?.samples).toBe(0)
    expect(reading(300_000)?.samples).toBe(1)
    nowMs += 300_000
    expect(reading(300_000)?.samples).toBe(0)
  })

  it('does not throw on durations that are not numbers', () => {
    book.recordExchange({ engine: 'primary', outcome: 'ok', firstByteMs: Number.NaN, totalMs: Number.NaN })
    expect(reading()).toMatchObject({ samples: 1, total: undefined })
  })
})

describe('pushed values', () => {
  const satisfaction = () => book.read().pushed.find(({ signal }) => signal === 'satisfaction')

  it('count by the number of measurements they stand for', () => {
    book.push({ signal: 'satisfaction', value: 9 })
    book.push({ signal: 'satisfaction', value: 5, samples: 3 })
    expect(satisfaction()).toEqual({
      signal: 'satisfaction',
      engine: undefined,
      windowMs: dayMs,
      value: 6,
      samples: 4,
    })
  })

  it('are kept apart by engine', () => {
    book.push({ signal: 'satisfaction', value: 9, engine: 'primary' })
    book.push({ signal: 'satisfaction', value: 5 })
    expect(book.subjects('satisfaction')).toEqual(['primary', undefined])
  })

  it('are counted at the time they were measured', () => {
    book.push({ signal: 'satisfaction', value: 9, atMs: clock.wallMs() - dayMs / 2 })
    nowMs += dayMs / 2 + dayMs / 10
    expect(satisfaction()).toMatchObject({ value: undefined, samples: 0 })
  })

  it('of a signal without a threshold are kept for an hour', () => {
    book = createSignalBook({ plan: Plan.parse({ pushedSignals: { mood: { max: 5 } } }), clock })
    book.push({ signal: 'mood', value: 3 })
    expect(book.read().pushed).toMatchObject([{ signal: 'mood', windowMs: 3_600_000, value: 3 }])
  })

  it.each([
    ['an unknown signal', { signal: 'mood', value: 1 }, /expected one of satisfaction.*pushedSignals/],
    ['a name of an object', { signal: 'constructor', value: 1 }, /expected one of satisfaction/],
    ['a measured signal', { signal: 'error-rate', value: 0 }, /expected one of satisfaction/],
    ['another scale', { signal: 'satisfaction', value: 85 }, /from 0 to 10 for satisfaction, got 85/],
    ['not a number', { signal: 'satisfaction', value: Number.NaN }, /from 0 to 10/],
    ['half a sample', { signal: 'satisfaction', value: 1, samples: 0.5 }, /whole number/],
    ['no sample', { signal: 'satisfaction', value: 1, samples: 0 }, /whole number/],
    ['a time that is none', { signal: 'satisfaction', value: 1, atMs: Number.NaN }, /epoch milliseconds/],
    [
      'an old one',
      { signal: 'satisfaction', value: 1, atMs: 0 },
      /at most 86400000 ms ago.*nothing was kept/,
    ],
  ])('%s is refused with what would be right', (_, sample, expected) => {
    const push = () => book.push(sample)
    expect(push).toThrow(expected)
    expect(push).toThrow(expect.objectContaining({ code: 'invalid_request' } satisfies Partial<GatewayError>))
    expect(satisfaction()?.samples ?? 0).toBe(0)
  })
})

describe('a plan on a faster clock', () => {
  it('has windows that are shorter by as much', () => {
    book = createSignalBook({ plan: Plan.parse({ timeScale: 60 }), clock })
    book.recordExchange({ engine: 'primary', outcome: 'ok', totalMs: 5 })
    nowMs += 900
    expect(reading()?.samples).toBe(1)
    nowMs += 200
    expect(reading()?.samples).toBe(0)
  })
})

describe('a changed plan', () => {
  it('keeps the samples of windows that stay and starts new windows empty', () => {
    book.recordExchange({ engine: 'primary', outcome: 'ok', totalMs: 5 })
    book.push({ signal: 'satisfaction', value: 8 })
    book.replan(Plan.parse({ thresholds: { 'complete-outage': { windowMs: 20_000 } } }))
    expect(book.read().engines.map(({ windowMs, samples }) => [windowMs, samples])).toEqual([
      [20_000, 0],
      [60_000, 1],
      [300_000, 1],
    ])
    expect(book.read().pushed).toMatchObject([{ signal: 'satisfaction', samples: 1 }])
  })

  it('drops signals that are gone', () => {
    const withMood = Plan.parse({ pushedSignals: { mood: { max: 5 } } })
    book.replan(withMood)
    book.push({ signal: 'mood', value: 3 })
    book.replan(Plan.parse({}))
    expect(book.subjects('mood')).toEqual([])
    expect(() => book.push({ signal: 'mood', value: 3 })).toThrow(GatewayError)
  })

  it('starts all windows anew on another clock', () => {
    book.recordExchange({ engine: 'primary', outcome: 'ok', totalMs: 5 })
    book.push({ signal: 'satisfaction', value: 8 })
    book.replan(Plan.parse({ timeScale: 2 }))
    expect(reading()?.samples).toBe(0)
    expect(book.read().pushed).toMatchObject([{ samples: 0 }])
  })
})
