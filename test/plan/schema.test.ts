import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Plan, scaledMs } from '../../src/plan/schema.ts'

const minutes = 60_000
const hours = 60 * minutes

/** The message that a person reads, or nothing where the plan is right. */
function complaint(plan: unknown): string {
  const result = Plan.safeParse(plan)
  return result.success ? '' : z.prettifyError(result.error)
}

describe('the default plan', () => {
  const { severities, safetySeverities, thresholds, timeScale } = Plan.parse({})

  it.each([
    ['P0', 15 * minutes, 2 * hours],
    ['P1', 30 * minutes, 4 * hours],
    ['P2', 2 * hours, 24 * hours],
    ['P3', 8 * hours, 72 * hours],
  ] as const)('gives %s the strictest deadlines of the source documents', (level, ack, resolve) => {
    expect(severities[level]).toMatchObject({ ackWithinMs: ack, resolveWithinMs: resolve })
  })

  it('gives safety its own, shorter deadlines', () => {
    expect(safetySeverities.critical).toMatchObject({ ackWithinMs: 5 * minutes, resolveWithinMs: hours })
    expect(safetySeverities.high).toMatchObject({ ackWithinMs: 15 * minutes, resolveWithinMs: 4 * hours })
  })

  it('runs at the speed of the clock', () => expect(timeScale).toBe(1))

  it.each([
    ['response-time-notice', { above: 2_000, level: 'notice', severity: 'P2' }],
    ['response-time-warning', { above: 5_000, level: 'warning', severity: 'P1' }],
    ['response-time-critical', { above: 10_000, severity: 'P1', responses: ['record', 'fail-over'] }],
    [
      'response-time-rollback',
      { above: 10_000, forMs: 5 * minutes, responses: ['record', 'rollback-trigger'] },
    ],
    ['error-rate-notice', { above: 0.001, severity: null }],
    ['error-rate-warning', { above: 0.005, severity: 'P2' }],
    ['error-rate-critical', { above: 0.01, severity: 'P1', responses: ['record', 'fail-over'] }],
    ['error-rate-rollback', { above: 0.1, forMs: 5 * minutes, responses: ['record', 'rollback-trigger'] }],
    [
      'complete-outage',
      { atLeast: 1, severity: 'P0', responses: ['record', 'fail-over', 'rollback-trigger'] },
    ],
    ['satisfaction-warning', { below: 7, severity: 'P3' }],
    ['satisfaction-critical', { below: 5, severity: 'P2' }],
  ])('has %s', (name, expected) => expect(thresholds[name]).toMatchObject(expected))

  it('gives every threshold a window, a least number of samples and hysteresis', () => {
    for (const [name, threshold] of Object.entries(thresholds)) {
      expect(threshold.windowMs).toBeGreaterThan(0)
      // A single reply that nobody read is one too many.
      expect(threshold.minSamples).toBeGreaterThan(name === 'unscanned-replies' ? 0 : 1)
      expect(threshold.hysteresis).toBeGreaterThan(0)
    }
  })
})

describe('a plan file', () => {
  it('changes one field of a threshold and leaves its other fields and all other thresholds', () => {
    const changed = Plan.parse({ thresholds: { 'response-time-warning': { above: 4_000 } } })
    const usual = Plan.parse({})
    expect(changed.thresholds).toEqual({
      ...usual.thresholds,
      'response-time-warning': { ...usual.thresholds['response-time-warning'], above: 4_000 },
    })
  })

  it.each([false, { enabled: false }])('switches a threshold off by %j', (off) => {
    const { thresholds } = Plan.parse({ thresholds: { 'complete-outage': off } })
    expect(thresholds).not.toHaveProperty('complete-outage')
    expect(Object.keys(thresholds)).toHaveLength(Object.keys(Plan.parse({}).thresholds).length - 1)
  })

  it('adds a threshold on a signal of its own', () => {
    const plan = Plan.parse({
      pushedSignals: { 'session-completion': { max: 1 } },
      thresholds: {
        'few-complete': {
          signal: 'session-completion',
          level: 'warning',
          below: 0.6,
          windowMs: hours,
          minSamples: 50,
          forMs: 0,
          clearForMs: minutes,
          severity: 'P3',
          type: 'user-experience',
        },
      },
    })
    expect(plan.thresholds['few-complete']).toMatchObject({
      hysteresis: 0.1,
      responses: ['record'],
      safety: 'none',
    })
    expect(Object.keys(plan.pushedSignals)).toEqual([
      'satisfaction',
      'session-completion',
      'unscanned-replies',
    ])
  })

  it('changes one deadline and leaves the rest', () => {
    const { severities } = Plan.parse({ severities: { P1: { ackWithinMs: 20 * minutes } } })
    expect(severities.P1).toMatchObject({ ackWithinMs: 20 * minutes, resolveWithinMs: 4 * hours })
  })

  it('is not changed by being read twice', () => {
    const once = Plan.parse({})
    expect(Plan.parse({})).toEqual(once)
  })
})

describe('a wrong plan is refused, naming the place and what was expected', () => {
  const complete = {
    signal: 'error-rate',
    level: 'notice',
    windowMs: minutes,
    minSamples: 5,
    forMs: 0,
    clearForMs: 0,
    severity: null,
    type: 'availability',
  }

  it.each([
    ['a misspelt field', { 'error-rate-warning': { abvoe: 1 } }, /"abvoe"[\s\S]*error-rate-warning/],
    [
      'a misspelt name',
      { 'error-rate-warnings': { above: 0.004 } },
      /error-rate-warning,[\s\S]*missing: signal/,
    ],
    ['a name of an object', { constructor: { above: 1 } }, /missing: signal[\s\S]*thresholds\.constructor/],
    ['a wrong name', { 'Error Rate': false }, /expected a lower-case letter[\s\S]*Error Rate/],
    ['a number as text', { 'error-rate-warning': { above: '1' } }, /expected number[\s\S]*\.above/],
    ['a percentage for a share', { 'error-rate-warning': { above: 5 } }, /0\.5 % is 0\.005[\s\S]*got 5/],
    ['a negative window', { 'error-rate-warning': { windowMs: -1 } }, />=1000[\s\S]*windowMs/],
    ['no samples', { 'error-rate-warning': { minSamples: 0 } }, />=1[\s\S]*minSamples/],
    [
      'a warning past the critical limit',
      { 'error-rate-warning': { above: 0.02 } },
      /below the critical limit of error-rate-critical \(0\.01\), got 0\.02[\s\S]*\.above/,
    ],
    [
      'a warning at the critical limit',
      { 'error-rate-warning': { above: 0.01 } },
      /below the critical limit/,
    ],
    [
      'a critical past the rollback limit',
      { 'response-time-critical': { above: 11_000 } },
      /below the rollback limit/,
    ],
    [
      'satisfaction in the wrong order',
      { 'satisfaction-warning': { below: 4 } },
      /above the critical limit of satisfaction-critical \(5\)/,
    ],
    [
      'two limits',
      { 'error-rate-warning': { below: 0.1 } },
      /exactly one of above, below and atLeast, got above and below/,
    ],
    ['no limit', { mine: complete }, /exactly one of above, below and atLeast, got none/],
    [
      'a signal that nobody measures',
      { mine: { ...complete, signal: 'mood', above: 1 } },
      /expected one of response-time[\s\S]*satisfaction[\s\S]*got mood[\s\S]*signal/,
    ],
    [
      'a limit that nothing can cross',
      { mine: { ...complete, above: 1 } },
      /a value from 0 to 1 can cross, got 1/,
    ],
    [
      'a breach that nothing can end',
      { 'satisfaction-warning': { hysteresis: 0.9 } },
      /would end at 13\.3 only[\s\S]*hysteresis/,
    ],
    ['an outage that never ends', { mine: { ...complete, atLeast: 0 } }, /a share that can be regained/],
    [
      'errors to count in a latency',
      { 'response-time-notice': { minErrors: 1 } },
      /only error-rate has errors/,
    ],
  ])('%s', (_, thresholds, expected) => expect(complaint({ thresholds })).toMatch(expected))

  it.each([
    ['an unknown section', { threshold: {} }, /"threshold"/],
    ['slower clocks', { timeScale: 0.1 }, />=1[\s\S]*timeScale/],
    ['a clock too fast', { timeScale: 1_001 }, /<=1000[\s\S]*timeScale/],
    [
      'P1 before P0',
      { severities: { P1: { ackWithinMs: 1_000 } } },
      /at least that of the graver P0[\s\S]*P1\.ackWithinMs/,
    ],
    [
      'resolved before acknowledged',
      { severities: { P0: { resolveWithinMs: 60_000 } } },
      /at most resolveWithinMs \(60000\)/,
    ],
    [
      'safety the wrong way round',
      { safetySeverities: { critical: { ackWithinMs: hours } } },
      /graver critical[\s\S]*high\.ackWithinMs/,
    ],
    [
      'a pushed signal that is measured',
      { pushedSignals: { 'error-rate': { max: 1 } } },
      /measures this signal by itself/,
    ],
    ['an empty range', { pushedSignals: { mood: { min: 5, max: 5 } } }, /greater than min[\s\S]*mood\.max/],
  ])('%s', (_, plan, expected) => expect(complaint(plan)).toMatch(expected))

  it('complains once about one mistake', () => {
    expect(complaint({ thresholds: { 'error-rate-warning': { above: 5 } } }).match(/✖/g)).toHaveLength(1)
  })

  it('limits the windows that are kept', () => {
    const thresholds = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`t${i}`, { ...complete, above: 0.001, windowMs: 1_000 + i }]),
    )
    expect(complaint({ thresholds })).toMatch(/at most 8 different windowMs[\s\S]*got 11/)
  })
})

describe('the reference page', () => {
  it('finds a description on every field', () => {
    const bare: string[] = []
    const visit = (node: unknown, path: string) => {
      if (typeof node !== 'object' || node === null) return
      if ('properties' in node && typeof node.properties === 'object' && node.properties !== null) {
        for (const [name, field] of Object.entries(node.properties)) {
          if (!field.description) bare.push(`${path}.${name}`)
          visit(field, `${path}.${name}`)
        }
      }
      if ('additionalProperties' in node) visit(node.additionalProperties, `${path}.*`)
    }
    visit(z.toJSONSchema(Plan, { io: 'input' }), 'plan')
    expect(bare).toEqual([])
  })
})

describe('scaledMs', () => {
  it.each([
    [60_000, 1, 60_000],
    [60_000, 60, 1_000],
    [100, 1_000, 1],
    [0, 1_000, 0],
  ])('turns %d ms at %d into %d', (ms, timeScale, expected) => expect(scaledMs(ms, timeScale)).toBe(expected))
})
