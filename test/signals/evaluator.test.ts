import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/engine.ts'
import { Plan } from '../../src/plan/schema.ts'
import { createSignalBook, type SignalBook } from '../../src/signals/book.ts'
import { type BreachChange, gravest, severityOf } from '../../src/signals/breach.ts'
import { createEvaluator, type Evaluator } from '../../src/signals/evaluator.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const epochMs = 1_790_000_000_000
let nowMs: number
let book: SignalBook
let evaluator: Evaluator
let changes: BreachChange[]
const clock = { monotonicMs: () => nowMs, wallMs: () => epochMs + nowMs }

beforeEach(() => start({}))

function start(file: unknown): void {
  const plan = Plan.parse(file)
  nowMs = 0
  changes = []
  book = createSignalBook({ plan, clock })
  let breaches = 0
  evaluator = createEvaluator({ plan, book, clock, createId: () => `breach-${++breaches}` })
}

interface Traffic {
  /** Share of exchanges that fail, spread evenly. */
  errorRate?: number
  totalMs?: number
  perSecond?: number
  engine?: EngineName
}

/** Exchanges for a while, with a tick each second. */
function serve(
  forMs: number,
  { errorRate = 0, totalMs = 300, perSecond = 10, engine = 'primary' }: Traffic,
): void {
  let owed = 0
  for (let t = 0; t < forMs; t += secondMs) {
    for (let i = 0; i < perSecond; i++) {
      owed += errorRate
      const failed = owed >= 1 - 1e-9
      if (failed) owed -= 1
      book.recordExchange({ engine, outcome: failed ? 'error' : 'ok', firstByteMs: 50, totalMs })
    }
    nowMs += secondMs
    changes.push(...evaluator.tick())
  }
}

const openThresholds = () =>
  evaluator
    .active()
    .map(({ threshold }) => threshold)
    .sort()
const opened = () => changes.filter(({ kind }) => kind === 'opened').map(({ breach }) => breach.threshold)

describe('latency', () => {
  it('of 300 ms breaks nothing', () => {
    serve(10 * minuteMs, { totalMs: 300 })
    expect(changes).toEqual([])
  })

  it.each([
    [1_900, []],
    [2_100, ['response-time-notice']],
    [6_000, ['response-time-notice', 'response-time-warning']],
    [11_000, ['response-time-critical', 'response-time-notice', 'response-time-warning']],
  ])('of %d ms after a healthy while opens %j within the window plus 5 s', (totalMs, expected) => {
    serve(5 * minuteMs, {})
    serve(minuteMs + 5 * secondMs, { totalMs })
    expect(openThresholds()).toEqual(expected)
  })

  it('of 11 s triggers a rollback only after five minutes', () => {
    serve(5 * minuteMs, { totalMs: 11_000 })
    expect(openThresholds()).not.toContain('response-time-rollback')
    serve(10 * secondMs, { totalMs: 11_000 })
    expect(openThresholds()).toContain('response-time-rollback')
  })

  it('of the slowest twentieth does not count, of more does', () => {
    for (let i = 0; i < 5 * minuteMs; i += secondMs) {
      serve(secondMs, { totalMs: 11_000, perSecond: 1 })
      serve(0, {})
      for (let k = 0; k < 24; k++) {
        book.recordExchange({ engine: 'primary', outcome: 'ok', firstByteMs: 50, totalMs: 300 })
      }
    }
    expect(openThresholds()).toEqual([])
  })

  it('recovers once the slow replies have left the window and it stayed so for a minute', () => {
    serve(2 * minuteMs, { totalMs: 6_000 })
    serve(2 * minuteMs + 10 * secondMs, { totalMs: 300 })
    expect(evaluator.active()).toEqual([])
    expect(
      changes
        .filter(({ kind }) => kind === 'ended')
        .map(({ breach }) => breach.threshold)
        .sort(),
    ).toEqual(['response-time-notice', 'response-time-warning'])
  })
})

describe('an error rate', () => {
  it.each([
    [0.0005, []],
    [0.003, ['error-rate-notice']],
    [0.007, ['error-rate-notice', 'error-rate-warning']],
    [0.02, ['error-rate-critical', 'error-rate-notice', 'error-rate-warning']],
    [0.12, ['error-rate-critical', 'error-rate-notice', 'error-rate-rollback', 'error-rate-warning']],
  ])('of %d over ten minutes opens %j', (errorRate, expected) => {
    serve(10 * minuteMs, { errorRate, perSecond: 50 })
    expect(openThresholds()).toEqual(expected)
  })

  it('of 0.3 %% opens no incident', () => {
    serve(10 * minuteMs, { errorRate: 0.003, perSecond: 50 })
    expect(severityOf(evaluator.active())).toBeUndefined()
  })

  it('of 12 %% triggers a rollback after five minutes, not before', () => {
    serve(4 * minuteMs + 50 * secondMs, { errorRate: 0.12, perSecond: 50 })
    expect(opened()).not.toContain('error-rate-rollback')
    serve(20 * secondMs, { errorRate: 0.12, perSecond: 50 })
    expect(opened()).toContain('error-rate-rollback')
  })

  it('of one failure in a quiet hour opens nothing', () => {
    for (let i = 0; i < 60; i++) serve(minuteMs, { perSecond: 0 })
    serve(secondMs, { perSecond: 1, errorRate: 1 })
    serve(5 * minuteMs, { perSecond: 1 })
    expect(changes).toEqual([])
  })

  it('recovers', () => {
    serve(minuteMs, { errorRate: 0.05 })
    expect(openThresholds()).toContain('error-rate-critical')
    serve(7 * minuteMs, {})
    expect(evaluator.active()).toEqual([])
  })
})

describe('a complete outage', () => {
  it('opens within its window plus 5 s after a healthy while, gravest first', () => {
    serve(5 * minuteMs, {})
    serve(45 * secondMs, { errorRate: 1, perSecond: 1 })
    expect(evaluator.active()[0]).toMatchObject({
      threshold: 'complete-outage',
      severity: 'P0',
      engine: 'primary',
    })
  })

  it('is seen at one exchange every five seconds', () => {
    for (let i = 0; i < 12; i++) {
      serve(secondMs, { errorRate: 1, perSecond: 1 })
      serve(4 * secondMs, { perSecond: 0 })
    }
    expect(openThresholds()).toContain('complete-outage')
  })

  it('is not ended by the silence that follows when the circuit opens', () => {
    serve(40 * secondMs, { errorRate: 1, perSecond: 1 })
    serve(60 * minuteMs, { perSecond: 0 })
    expect(openThresholds()).toContain('complete-outage')
    expect(changes.every(({ kind }) => kind === 'opened')).toBe(true)
  })
})

describe('satisfaction', () => {
  it.each([
    [7.2, []],
    [6.5, ['satisfaction-warning']],
    [4.5, ['satisfaction-critical', 'satisfaction-warning']],
  ])('of %d opens %j', (value, expected) => {
    book.push({ signal: 'satisfaction', value, samples: 20 })
    changes.push(...evaluator.tick())
    expect(openThresholds()).toEqual(expected)
    expect(evaluator.active().every(({ incidentKey }) => incidentKey === 'satisfaction:all')).toBe(true)
  })

  it('of 19 users opens nothing', () => {
    book.push({ signal: 'satisfaction', value: 1, samples: 19 })
    expect(evaluator.tick()).toEqual([])
  })
})

describe('a breach', () => {
  it('tells everything that its incident needs', () => {
    serve(30 * secondMs, { totalMs: 6_000 })
    const warning = evaluator.active().find(({ level }) => level === 'warning')
    expect(warning).toEqual({
      id: expect.stringMatching(/^breach-/),
      key: 'response-time-warning:primary',
      incidentKey: 'response-time:primary',
      threshold: 'response-time-warning',
      signal: 'response-time',
      level: 'warning',
      engine: 'primary',
      limit: { kind: 'above', value: 5_000 },
      percentile: 95,
      value: 6_000,
      samples: 50,
      worstValue: 6_000,
      crossedAtMs: epochMs + 2 * secondMs,
      startedAtMs: epochMs + 5 * secondMs,
      severity: 'P1',
      safety: 'none',
      type: 'performance',
      responses: ['record'],
    })
  })

  it('keeps the worst value, and its end when it ends', () => {
    serve(30 * secondMs, { totalMs: 3_000 })
    serve(2 * minuteMs, { totalMs: 4_000 })
    serve(3 * minuteMs, { totalMs: 300 })
    const ended = changes.find(({ kind }) => kind === 'ended')
    expect(ended).toMatchObject({ why: 'recovered', breach: { id: 'breach-1', value: 3_000 } })
    expect(ended?.breach.worstValue).toBeCloseTo(4_000, -2)
    expect(ended?.breach.endedAtMs).toBeGreaterThan(ended?.breach.startedAtMs ?? Number.POSITIVE_INFINITY)
  })

  it('of one engine says nothing of another', () => {
    serve(minuteMs, { engine: 'primary', errorRate: 0.5 })
    serve(minuteMs, { engine: 'backup' })
    expect(new Set(evaluator.active().map(({ engine }) => engine))).toEqual(new Set(['primary']))
  })

  it('of all levels of a signal shares one incident of the highest severity', () => {
    serve(minuteMs, { errorRate: 1, totalMs: 11_000 })
    const errors = evaluator.active().filter(({ incidentKey }) => incidentKey === 'error-rate:primary')
    expect(errors.length).toBeGreaterThan(2)
    expect(severityOf(errors)).toEqual({ severity: 'P0', safety: 'none', type: 'availability' })
    expect(gravest(errors).map(({ threshold }) => threshold)).toEqual(['complete-outage'])
  })

  it('of a graver level comes first, also at the same severity', () => {
    serve(minuteMs, { totalMs: 11_000 })
    const levels = ['critical', 'warning', 'notice']
    expect(evaluator.active().map(({ level }) => level)).toEqual(levels)
    expect(changes.map(({ breach }) => breach.level)).toEqual(levels)
    expect(gravest(evaluator.active()).map(({ level }) => level)).toEqual(['critical'])
  })

  it('opens and ends in turn, each end with the id of its beginning', () => {
    const phase = fc.record({
      seconds: fc.integer({ min: 1, max: 200 }),
      errorRate: fc.constantFrom(0, 0.003, 0.05, 0.5, 1),
      totalMs: fc.constantFrom(300, 3_000, 6_000, 12_000),
      perSecond: fc.constantFrom(0, 1, 5),
    })
    fc.assert(
      fc.property(fc.array(phase, { maxLength: 12 }), (phases) => {
        start({ timeScale: 5 })
        for (const { seconds, ...traffic } of phases) serve(seconds * secondMs, traffic)
        const open = new Map<string, string>()
        for (const { kind, breach } of changes) {
          if (kind === 'opened') {
            expect(open.has(breach.key)).toBe(false)
            open.set(breach.key, breach.id)
          } else {
            expect(open.get(breach.key)).toBe(breach.id)
            open.delete(breach.key)
          }
        }
        expect(
          evaluator
            .active()
            .map(({ key }) => key)
            .sort(),
        ).toEqual([...open.keys()].sort())
      }),
      { numRuns: 25 },
    )
  })
})

describe('a drill', () => {
  it('runs every clock faster and leaves the limits', () => {
    start({ timeScale: 60 })
    expect(evaluator.tickMs).toBeCloseTo(16.7, 1)
    for (let i = 0; i < 6 * secondMs; i += 50) {
      for (let k = 0; k < 5; k++) book.recordExchange({ engine: 'primary', outcome: 'ok', totalMs: 11_000 })
      nowMs += 50
      changes.push(...evaluator.tick())
    }
    expect(openThresholds()).toEqual([
      'response-time-critical',
      'response-time-notice',
      'response-time-rollback',
      'response-time-warning',
    ])
  })

  it('does not ask to be ticked more often than every 10 ms', () => {
    start({ timeScale: 1_000 })
    expect(evaluator.tickMs).toBe(10)
  })
})

describe('a changed plan', () => {
  const replan = (file: unknown) => {
    const plan = Plan.parse(file)
    book.replan(plan)
    return evaluator.replan(plan)
  }

  it('ends the breaches of thresholds that are gone and keeps the others', () => {
    serve(30 * secondMs, { totalMs: 6_000 })
    expect(replan({ thresholds: { 'response-time-warning': false } })).toMatchObject([
      { kind: 'ended', why: 'plan-changed', breach: { key: 'response-time-warning:primary' } },
    ])
    serve(secondMs, { totalMs: 6_000 })
    expect(openThresholds()).toEqual(['response-time-notice'])
    expect(opened()).toHaveLength(2)
  })

  it('judges a changed threshold anew', () => {
    serve(30 * secondMs, { totalMs: 6_000 })
    replan({ thresholds: { 'response-time-warning': { above: 7_000 } } })
    serve(30 * secondMs, { totalMs: 6_000 })
    expect(openThresholds()).toEqual(['response-time-notice'])
  })

  it('on another clock ends every breach, for all windows start anew', () => {
    serve(30 * secondMs, { totalMs: 6_000 })
    expect(replan({ timeScale: 2 })).toHaveLength(2)
    expect(evaluator.active()).toEqual([])
  })

  it('that says the same changes nothing', () => {
    serve(30 * secondMs, { totalMs: 6_000 })
    const before = evaluator.active()
    expect(replan({})).toEqual([])
    expect(evaluator.active()).toEqual(before)
  })
})

it('begins anew with an engine that was found healthy, old samples left behind', () => {
  serve(2 * minuteMs, { errorRate: 0.5 })
  serve(2 * minuteMs, { errorRate: 0.5, engine: 'backup' })
  expect(evaluator.active().some(({ engine }) => engine === 'primary')).toBe(true)
  book.forget('primary')
  const ended = evaluator.recovered('primary')
  expect(ended.length).toBeGreaterThan(0)
  expect(ended.every(({ kind, breach }) => kind === 'ended' && breach.engine === 'primary')).toBe(true)
  serve(10 * secondMs, { errorRate: 0 })
  expect(evaluator.active().map(({ engine }) => engine)).not.toContain('primary')
  expect(evaluator.active().map(({ engine }) => engine)).toContain('backup')
})
