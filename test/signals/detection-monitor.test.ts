import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracyOf } from '../../src/signals/detection-counts.ts'
import {
  type Alarm,
  checkSilence,
  freshMonitor,
  lastingAlarms,
  type MonitorRules,
  type MonitorState,
  observe,
  readMonitorState,
} from '../../src/signals/detection-monitor.ts'
import type { DetectionOutcome } from '../../src/signals/detection-outcome.ts'
import { seeded } from '../fixtures/seeded.ts'

const rules: MonitorRules = {
  warningBelow: 0.95,
  criticalBelow: 0.9,
  specificityBelow: 0.7,
  availabilityBelow: 0.95,
  silenceAfterMs: 300_000,
}

const startedAtMs = 1_000

const outcome = (given: Partial<DetectionOutcome> = {}): DetectionOutcome => ({
  source: 'probe',
  label: 1,
  tier: 'core',
  kind: 'active',
  level: 'active',
  language: 'en',
  isCritical: false,
  heard: true,
  ms: 400,
  atMs: startedAtMs,
  ...given,
})

/** A monitor that is told of outcomes, and the alarms that it has raised. */
function monitor(given: Partial<MonitorRules> = {}) {
  const own = { ...rules, ...given }
  let state = freshMonitor({ engineVersion: 'v1', epoch: 'start', nowMs: startedAtMs })
  const raised: Alarm[] = []
  const take = (step: { state: MonitorState; alarms: Alarm[] }) => {
    state = step.state
    raised.push(...step.alarms)
  }
  return {
    raised,
    get state() {
      return state
    },
    tell: (...outcomes: DetectionOutcome[]) => {
      for (const one of outcomes) take(observe(state, one, own))
    },
    look: (nowMs: number) => take(checkSilence(state, nowMs, own)),
  }
}

const times = (n: number, given: Partial<DetectionOutcome>) => Array.from({ length: n }, () => outcome(given))
const twenty = Array.from({ length: 20 }, (_, at) => `kind-${at}`)

describe('the monitor of crisis detection', () => {
  it('calls an engine that hears nothing dead at the sixth disclosure, whatever their kinds', () => {
    const { tell, raised } = monitor()
    tell(...twenty.slice(0, 5).map((kind) => outcome({ kind, heard: false })))
    expect(raised).toEqual([])
    tell(outcome({ kind: 'kind-6', heard: false }))
    expect(raised).toMatchObject([
      { test: 'recall', level: 'critical', isDead: true, estimate: 0, outcomes: 6 },
    ])
    expect(raised[0]?.says).toBe('6 missed of 6 core disclosures: recall 0.0 %, below 90.0 %')
  })

  it('finds one dead kind among twenty by its seventh miss, while the engine as a whole is still good enough', () => {
    const runs = 20
    let outcomes = 0
    for (let run = 0; run < runs; run++) {
      const random = seeded(run)
      const { tell, raised } = monitor()
      let misses = 0
      while (raised.length === 0) {
        const kind = twenty[Math.floor(random() * 20)] ?? 'kind-0'
        if (kind === 'kind-0') misses++
        tell(outcome({ kind, heard: kind !== 'kind-0' }))
        outcomes++
      }
      expect(misses).toBe(7)
      expect(raised).toMatchObject([{ test: 'kind', kind: 'kind-0', level: 'critical', isDead: true }])
    }
    expect(outcomes / runs).toBeGreaterThan(110)
    expect(outcomes / runs).toBeLessThan(170)
  })

  it('raises nothing in 15,000 disclosures of twenty kinds at the warning limit itself', () => {
    const random = seeded(2)
    const { tell, raised } = monitor()
    for (let n = 0; n < 15_000; n++)
      tell(outcome({ kind: twenty[Math.floor(random() * 20)] ?? '', heard: random() < 0.95 }))
    expect(raised).toEqual([])
  })

  it('judges by core disclosures alone; hard ones, errors and benign messages are no misses', () => {
    const one = monitor()
    one.tell(...times(50, { tier: 'hard', heard: false }), ...times(50, { label: 0, heard: false }))
    one.tell(...times(2, { heard: undefined }))
    expect(one.raised).toEqual([])
    const fresh = freshMonitor({ engineVersion: 'v1', epoch: 'start', nowMs: startedAtMs })
    expect(one.state.recall).toEqual(fresh.recall)
  })

  it('takes labels as it takes probes', () => {
    const { tell, raised } = monitor()
    tell(...times(6, { source: 'label', heard: false }))
    expect(raised).toMatchObject([{ test: 'recall', isDead: true }])
  })

  it('warns when too many benign messages are taken for a crisis, and when too many probes stay without a reply', () => {
    const { tell, raised } = monitor()
    tell(...times(20, { label: 0, heard: true }))
    expect(raised).toMatchObject([{ test: 'specificity', level: 'warning', isDead: false }])
    tell(...times(6, { heard: undefined }))
    expect(raised[1]).toMatchObject({ test: 'availability', level: 'warning', estimate: 0, outcomes: 6 })
  })

  it('raises an alarm once while it lasts, again when it grows worse, and not again while its evidence wavers', () => {
    const random = seeded(31)
    const { tell, raised } = monitor()
    while (raised.length === 0) tell(outcome({ heard: random() < 0.915 }))
    const levels = () => raised.filter(({ test }) => test === 'recall').map(({ level }) => level)
    expect(levels()).toEqual(['warning'])
    for (let n = 0; n < 500; n++) tell(outcome({ heard: random() < 0.93 }))
    expect(levels()).toEqual(['warning'])
    tell(...times(20, { heard: false }))
    expect(levels()).toEqual(['warning', 'critical'])
  })

  it('keeps an alarm through a few hits, and ends it when recall has come back for long', () => {
    const one = monitor()
    one.tell(...times(6, { heard: false }), ...times(3, { heard: true }))
    expect(lastingAlarms(one.state)).toMatchObject([{ test: 'recall', level: 'critical', outcomes: 6 }])
    one.tell(...times(500, { heard: true }))
    expect(lastingAlarms(one.state)).toEqual([])
    expect(one.raised).toHaveLength(1)
  })

  it('has the gravest alarm first among those that last, and drops those that are over', () => {
    const one = monitor()
    one.tell(...times(6, { heard: undefined }), ...times(6, { heard: false }))
    expect(lastingAlarms(one.state).map(({ test }) => test)).toEqual(['recall', 'availability'])
    one.tell(...times(500, { heard: true }))
    expect(lastingAlarms(one.state)).toEqual([])
  })

  it('hears silence also while labels come, and while probes stay without a reply', () => {
    const one = monitor()
    for (let atMs = startedAtMs; atMs < startedAtMs + rules.silenceAfterMs; atMs += 10_000) {
      one.tell(outcome({ source: 'label', tier: 'hard', atMs }), outcome({ heard: undefined, atMs }))
      expect(one.raised.filter(({ test }) => test === 'silence')).toEqual([])
    }
    one.look(startedAtMs + rules.silenceAfterMs)
    expect(one.raised).toContainEqual(expect.objectContaining({ test: 'silence', isDead: true }))
  })

  it('calls silence a failure from the start on, once, until an outcome of now comes', () => {
    const one = monitor()
    one.look(startedAtMs + rules.silenceAfterMs - 1)
    expect(one.raised).toEqual([])
    const silentAtMs = startedAtMs + rules.silenceAfterMs
    one.look(silentAtMs)
    one.look(silentAtMs + 1_000)
    expect(one.raised).toMatchObject([{ test: 'silence', level: 'critical', isDead: true }])
    // A clinician decides on an exchange of before.
    one.tell(outcome({ source: 'label', atMs: startedAtMs + 5 }))
    expect(lastingAlarms(one.state)).toMatchObject([{ test: 'silence' }])
    one.tell(outcome({ atMs: silentAtMs + 2_000 }))
    expect(lastingAlarms(one.state)).toEqual([])
    one.look(silentAtMs + 2_000 + rules.silenceAfterMs)
    expect(one.raised).toHaveLength(2)
  })

  it('says the same after any outcomes whether or not it was written down in between', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 60 }), (outcomes) => {
        let kept = freshMonitor({ engineVersion: 'v1', epoch: 'start', nowMs: startedAtMs })
        let stored = kept
        for (const one of outcomes) {
          kept = observe(kept, one, rules).state
          stored = observe(readMonitorState(JSON.parse(JSON.stringify(stored))), one, rules).state
        }
        expect(stored).toEqual(kept)
        expect(kept.n).toBe(outcomes.length)
      }),
    )
  })

  it('stays small whatever names come in, and misses nothing behind the twentieth kind', () => {
    const one = monitor()
    for (let n = 0; n < 1_000; n++)
      one.tell(outcome({ kind: `kind-${n}`, level: `level-${n}`, language: `language-${n}` }))
    expect(JSON.stringify(one.state).length).toBeLessThan(50_000)
    for (let n = 0; one.raised.length === 0 && n < 10; n++)
      one.tell(outcome({ kind: `new-${n}`, heard: false }))
    one.tell(...times(5, { kind: 'new', heard: false }))
    expect(one.raised.filter(({ test }) => test !== 'drift')).toMatchObject([
      { test: 'recall' },
      { test: 'kind', kind: 'other' },
    ])
  })

  it.each(['__proto__', 'constructor', 'toString', ''])('takes %j as the name of a kind', (kind) => {
    const one = monitor()
    one.tell(...times(7, { kind, heard: false }))
    expect(one.raised.map(({ test }) => test)).toEqual(['recall', 'kind'])
  })

  it('refuses a state in which a test could never alarm, and says what is wrong with it', () => {
    const state = freshMonitor({ engineVersion: 'v1', epoch: 'start', nowMs: startedAtMs })
    expect(() => readMonitorState({ ...state, recall: { components: [] } })).toThrow(
      /expected 6 components\s+→ at recall/,
    )
    expect(() => readMonitorState('')).toThrow('expected the state of the tests')
    expect(() => readMonitorState({ ...state, n: -1 })).toThrow('at n')
  })
})

const anyOutcome: fc.Arbitrary<DetectionOutcome> = fc.record({
  source: fc.constantFrom('probe', 'label'),
  label: fc.constantFrom(0, 1),
  tier: fc.constantFrom('core', 'hard'),
  kind: fc.constantFrom('active', 'plan', 'idiom-near'),
  level: fc.constantFrom(undefined, 'active', 'imminent'),
  language: fc.constantFrom('en', 'es'),
  isCritical: fc.boolean(),
  heard: fc.constantFrom(true, false, undefined),
  ms: fc.integer({ min: 0, max: 60_000 }),
  atMs: fc.integer({ min: 0, max: 1e12 }),
})

describe('the accuracy that people see', () => {
  it('tells core from hard, recall from specificity, and both from availability', () => {
    const one = monitor()
    one.tell(
      ...times(95, { atMs: 2_000 }),
      ...times(5, { heard: false, isCritical: true, kind: 'plan' }),
      ...times(4, { tier: 'hard', heard: false, language: 'es' }),
      ...times(3, { label: 0, level: undefined, heard: false, source: 'label' }),
      outcome({ label: 0, level: undefined, heard: true }),
      ...times(12, { heard: undefined }),
    )
    const accuracy = accuracyOf(one.state)
    expect(accuracy.core.recall).toMatchObject({ hits: 95, of: 100, estimate: 0.95 })
    expect(accuracy.core.recall.lower).toBeCloseTo(1 - 0.112835, 6)
    expect(accuracy.core.recall.upper).toBeCloseTo(1 - 0.016432, 6)
    expect(accuracy.core.specificity).toMatchObject({ hits: 3, of: 4 })
    expect(accuracy.hard.recall).toMatchObject({ hits: 0, of: 4, lower: 0 })
    expect(accuracy.hard.specificity).toEqual({ hits: 0, of: 0 })
    expect(accuracy.availability).toMatchObject({ hits: 105, of: 117 })
    expect(accuracy.criticalMissed).toBe(5)
    expect(accuracy.byKind.plan?.core.recall).toMatchObject({ hits: 0, of: 5 })
    expect(accuracy.byLanguage.es?.hard.recall).toMatchObject({ of: 4 })
    expect(accuracy.byLevel.active?.core.recall).toMatchObject({ of: 100 })
    expect(accuracy.bySource.label?.core.specificity).toMatchObject({ hits: 3, of: 3 })
    expect(accuracy.newestAtMs).toBe(2_000)
  })

  it('claims nothing before there is an outcome', () => {
    const accuracy = accuracyOf(monitor().state)
    expect(accuracy.core.recall).toEqual({ hits: 0, of: 0 })
    expect(accuracy.newestAtMs).toBeUndefined()
  })
})
