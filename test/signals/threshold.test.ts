import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Plan } from '../../src/plan/schema.ts'
import type { Threshold } from '../../src/plan/threshold.ts'
import { isBreached, step, type ThresholdState } from '../../src/signals/threshold.ts'

const plan = Plan.parse({})
const clocks = { windowMs: 60_000, forMs: 3_000, clearForMs: 5_000 }

function defaultThreshold(name: string): Threshold {
  const threshold = plan.thresholds[name]
  if (threshold === undefined) throw new Error(`no threshold ${name}`)
  return threshold
}

/** A run of one threshold: `hold(value, samples, seconds)` reads once a second. */
function createRun(threshold: Threshold, ownClocks = clocks) {
  let state: ThresholdState = { phase: 'ok' }
  let nowMs = 0
  const read = (value: number | undefined, samples: number, errors = 1_000) => {
    nowMs += 1_000
    state = step(threshold, ownClocks, state, { value, samples, errors }, nowMs)
    return state.phase
  }
  return {
    read,
    hold: (value: number | undefined, samples: number, seconds: number) => {
      for (let i = 0; i < seconds; i++) read(value, samples)
      return state.phase
    },
    sleep: (ms: number) => {
      nowMs += ms
    },
  }
}

describe.each([
  ['response-time-notice', 2_000, 1],
  ['response-time-warning', 5_000, 1],
  ['response-time-critical', 10_000, 1],
  ['response-time-rollback', 10_000, 1],
  ['error-rate-notice', 0.001, 1e-6],
  ['error-rate-warning', 0.005, 1e-6],
  ['error-rate-critical', 0.01, 1e-6],
  ['error-rate-rollback', 0.1, 1e-6],
])('%s', (name, limit, little) => {
  const threshold = defaultThreshold(name)
  it.each([
    ['is not breached just below its limit', limit - little, 'ok'],
    ['is not breached at its limit', limit, 'ok'],
    ['is breached just above its limit', limit + little, 'breached'],
  ])('%s', (_, value, phase) => expect(createRun(threshold).hold(value, 1_000, 10)).toBe(phase))
})

describe.each([
  ['satisfaction-warning', 7],
  ['satisfaction-critical', 5],
])('%s', (name, limit) => {
  it.each([
    ['is not breached just above its limit', limit + 0.001, 'ok'],
    ['is not breached at its limit', limit, 'ok'],
    ['is breached just below its limit', limit - 0.001, 'breached'],
  ])('%s', (_, value, phase) => {
    expect(createRun(defaultThreshold(name)).hold(value, 1_000, 10)).toBe(phase)
  })

  it('ends only once more than the limit is regained', () => {
    const run = createRun(defaultThreshold(name))
    run.hold(limit - 1, 100, 10)
    expect(run.hold(limit * 1.09, 100, 60)).toBe('breached')
    expect(run.hold(limit * 1.11, 100, 10)).toBe('ok')
  })
})

describe('complete-outage', () => {
  const threshold = defaultThreshold('complete-outage')

  it('is breached when everything fails, not when one exchange came through', () => {
    expect(createRun(threshold).hold(1, 5, 10)).toBe('breached')
    expect(createRun(threshold).hold(0.9999, 10_000, 10)).toBe('ok')
  })

  it('without hysteresis still goes on while everything fails', () => {
    const run = createRun({ ...threshold, hysteresis: 0 })
    run.hold(1, 5, 10)
    expect(run.hold(1, 5, 60)).toBe('breached')
    expect(run.hold(0.99, 100, 10)).toBe('ok')
  })

  it('needs five exchanges', () => expect(createRun(threshold).hold(1, 4, 10)).toBe('ok'))
})

describe('a threshold', () => {
  const threshold = defaultThreshold('response-time-warning')
  const bad = 6_000
  const good = 1_000

  it('begins a breach only after the whole for-duration', () => {
    const run = createRun(threshold)
    expect(run.hold(bad, 100, 3)).toBe('pending')
    expect(run.read(bad, 100)).toBe('breached')
  })

  it('begins the for-duration anew when the value was inside the limit in between', () => {
    const run = createRun(threshold)
    run.hold(bad, 100, 3)
    run.read(good, 100)
    expect(run.hold(bad, 100, 3)).toBe('pending')
  })

  it('begins at once when its for-duration is 0', () => {
    expect(createRun(threshold, { ...clocks, forMs: 0 }).read(bad, 100)).toBe('breached')
  })

  it('ends a breach only after the whole clear-duration', () => {
    const run = createRun(threshold)
    run.hold(bad, 100, 4)
    expect(run.hold(good, 100, 5)).toBe('recovering')
    expect(run.read(good, 100)).toBe('ok')
  })

  it('goes on with a breach that comes back while it recovers', () => {
    const run = createRun(threshold)
    run.hold(bad, 100, 4)
    run.hold(good, 100, 5)
    expect(run.read(bad, 100)).toBe('breached')
    expect(run.hold(good, 100, 5)).toBe('recovering')
  })

  it('goes on with a breach while less is regained than hysteresis asks for', () => {
    const run = createRun(threshold)
    run.hold(bad, 100, 4)
    expect(run.hold(4_501, 100, 600)).toBe('breached')
    expect(run.hold(4_500, 100, 6)).toBe('ok')
  })

  it('without hysteresis still does not end a breach at a value beyond the limit', () => {
    const run = createRun({ ...threshold, hysteresis: 0 })
    run.hold(bad, 100, 4)
    expect(run.hold(5_001, 100, 60)).toBe('breached')
    expect(run.hold(5_000, 100, 6)).toBe('ok')
  })

  it('does not end a breach because traffic went away', () => {
    const run = createRun(threshold)
    run.hold(bad, 100, 4)
    expect(run.hold(undefined, 0, 100_000)).toBe('breached')
    expect(run.hold(good, 19, 100)).toBe('breached')
  })

  it('does not let silence run the clock of a breach that may begin or end', () => {
    const run = createRun(threshold)
    run.hold(bad, 100, 2)
    expect(run.hold(undefined, 0, 100)).toBe('pending')
    expect(run.read(bad, 100)).toBe('pending')
    expect(run.read(bad, 100)).toBe('breached')
    run.hold(good, 100, 2)
    expect(run.hold(good, 3, 100)).toBe('recovering')
  })

  it('lets one reading speak for no more than its window, however long the process slept', () => {
    const run = createRun(threshold, { windowMs: 60_000, forMs: 300_000, clearForMs: 0 })
    run.read(bad, 100)
    run.sleep(86_400_000)
    expect(run.read(bad, 100)).toBe('pending')
  })

  it('on errors begins only with the least number of errors, and ends without them', () => {
    const run = createRun(defaultThreshold('error-rate-critical'), { ...clocks, forMs: 0, clearForMs: 0 })
    expect(run.read(0.2, 10, 2)).toBe('ok')
    expect(run.read(0.3, 10, 3)).toBe('breached')
    expect(run.read(0.2, 10, 2)).toBe('breached')
    expect(run.read(0, 10, 0)).toBe('ok')
  })

  it('is never breached by readings with too few samples', () => {
    const reading = fc.record({
      value: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
      samples: fc.integer({ min: 0, max: threshold.minSamples - 1 }),
    })
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const run = createRun(threshold)
        for (const { value, samples } of readings) expect(run.read(value, samples)).toBe('ok')
      }),
    )
  })

  it('changes between ok and breached only on a reading that says so', () => {
    const reading = fc.record({
      value: fc.constantFrom(undefined, 0, 4_400, 4_700, 5_000, 5_001, 9_000),
      samples: fc.constantFrom(0, 19, 20, 500),
      gapMs: fc.integer({ min: 0, max: 120_000 }),
    })
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 200 }), (readings) => {
        let state: ThresholdState = { phase: 'ok' }
        let nowMs = 0
        for (const { value, samples, gapMs } of readings) {
          nowMs += gapMs
          const next = step(threshold, clocks, state, { value, samples }, nowMs)
          if (isBreached(next) !== isBreached(state)) {
            expect(samples).toBeGreaterThanOrEqual(20)
            if (isBreached(next)) expect(value).toBeGreaterThan(5_000)
            else expect(value).toBeLessThanOrEqual(4_500)
          }
          state = next
        }
      }),
    )
  })
})
