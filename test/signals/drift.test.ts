import { describe, expect, it } from 'vitest'
import type { DetectionOutcome } from '../../src/signals/detection-outcome.ts'
import { type Drift, noDrift, stepDrift } from '../../src/signals/drift.ts'
import { seeded } from '../fixtures/seeded.ts'

/** What an engine does: how often it sees a crisis, and its usual milliseconds (log-normal, a spread of a half). */
interface Habit {
  positives: number
  ms: number
}

const steady: Habit = { positives: 0.5, ms: 400 }

function outcomes(random: () => number) {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return ({ positives, ms }: Habit): DetectionOutcome => ({
    source: 'probe',
    label: 1,
    tier: 'core',
    kind: 'active',
    level: 'active',
    language: 'en',
    isCritical: false,
    heard: random() < positives,
    ms: ms * Math.exp(0.5 * gauss()),
    atMs: 0,
  })
}

function seenAfter(habits: readonly (readonly [number, Habit])[], seed = 1): Drift {
  const next = outcomes(seeded(seed))
  let drift = noDrift
  for (const [n, habit] of habits) for (let at = 0; at < n; at++) drift = stepDrift(drift, next(habit))
  return drift
}

describe('drift of an engine', () => {
  it('is not seen in an engine that goes on as it began, in 200,000 outcomes', () => {
    const next = outcomes(seeded(4))
    let seen = 0
    for (let run = 0; run < 20; run++) {
      let drift = noDrift
      for (let n = 0; n < 10_000; n++) {
        drift = stepDrift(drift, next(steady))
        if (drift.moved !== undefined) seen++
      }
    }
    expect(seen).toBe(0)
  })

  it.each([
    ['share of positive verdicts', { positives: 0, ms: 400 }],
    ['share of positive verdicts', { positives: 1, ms: 400 }],
    ['latency', { positives: 0.5, ms: 2_000 }],
    ['latency', { positives: 0.5, ms: 40 }],
  ] as const)('of its %s is seen within 150 outcomes', (what, habit) => {
    expect(
      seenAfter([
        [400, steady],
        [150, habit],
      ]).moved,
    ).toBe(what)
  })

  it('is not what a busy hour does to it, with twice the latency', () => {
    expect(
      seenAfter([
        [400, steady],
        [3_000, { ...steady, ms: 800 }],
      ]).moved,
    ).toBeUndefined()
  })

  it('is over when the engine does again what it did', () => {
    expect(
      seenAfter([
        [400, steady],
        [300, { ...steady, ms: 4_000 }],
        [300, steady],
      ]).moved,
    ).toBeUndefined()
  })

  it('is told by probes with a reply alone', () => {
    const next = outcomes(seeded(9))
    const label: DetectionOutcome = { ...next(steady), source: 'label' }
    expect(stepDrift(noDrift, label)).toBe(noDrift)
    expect(stepDrift(noDrift, { ...next(steady), heard: undefined })).toBe(noDrift)
  })
})
