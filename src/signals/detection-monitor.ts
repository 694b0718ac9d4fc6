import { z } from 'zod'
import { countOutcome, DetectionCounts, noCounts } from './detection-counts.ts'
import type { DetectionOutcome } from './detection-outcome.ts'
import { Drift, noDrift, stepDrift } from './drift.ts'
import {
  type Crossing,
  crossingOf,
  type EDetector,
  EDetectorState,
  freshEDetector,
  recallAlternatives,
  recallLimit,
  stepEDetector,
} from './e-detector.ts'

/** Limits of the plan, as shares; the duration as it runs, after `timeScale`. */
export interface MonitorRules {
  warningBelow: number
  criticalBelow: number
  specificityBelow: number
  availabilityBelow: number
  silenceAfterMs: number
}

export const AlarmTest = z.enum(['recall', 'kind', 'specificity', 'availability', 'silence', 'drift'])
export type AlarmTest = z.infer<typeof AlarmTest>

/** Something that is wrong with crisis detection, for as long as it is. */
export const Alarm = z.object({
  test: AlarmTest,
  level: z.enum(['warning', 'critical']),
  /** Nothing was heard at all, or nothing is measured at all. */
  isDead: z.boolean(),
  /** Of the test `kind`: which one. */
  kind: z.string().optional(),
  estimate: z.number().optional(),
  /** How many outcomes the estimate rests on. */
  outcomes: z.int().min(0),
  atMs: z.number(),
  /** For a person; no message text. */
  says: z.string(),
})
export type Alarm = z.infer<typeof Alarm>

/** All that is known of one subject since its last reset; plain JSON, bounded. */
const MonitorStateSchema = z.object({
  engineVersion: z.string(),
  epoch: z.string(),
  n: z.int().min(0),
  startedAtMs: z.number(),
  newestAtMs: z.number().optional(),
  recall: EDetectorState,
  kinds: z.record(z.string(), EDetectorState),
  specificity: EDetectorState,
  availability: EDetectorState,
  drift: Drift,
  counts: DetectionCounts,
  alarms: z.record(z.string(), Alarm),
})
export type MonitorState = z.infer<typeof MonitorStateSchema>

/** Tests of single kinds, which share one budget of false alarms. More kinds are not followed. */
const mostKinds = 20

/** Reads a state that was kept as JSON. Throws `ZodError` for one that this version cannot have written. */
export function readMonitorState(value: unknown): MonitorState {
  return MonitorStateSchema.parse(value)
}

/** The state before the first outcome. */
export function freshMonitor(at: { engineVersion: string; epoch: string; nowMs: number }): MonitorState {
  const fresh = freshEDetector(recallTest(1, 1))
  return {
    engineVersion: at.engineVersion,
    epoch: at.epoch,
    n: 0,
    startedAtMs: at.nowMs,
    recall: fresh,
    kinds: {},
    specificity: fresh,
    availability: fresh,
    drift: noDrift,
    counts: noCounts,
    alarms: {},
  }
}

interface Step {
  state: MonitorState
  /** Those that begin or grow worse with this step, each once. */
  alarms: Alarm[]
}

/**
 * Takes in one outcome. Core positives feed the recall test and that of their kind, core negatives the specificity test;
 * an exchange without a reply feeds the availability test alone.
 */
export function observe(state: MonitorState, outcome: DetectionOutcome, rules: MonitorRules): Step {
  const { heard, label, tier, kind, atMs } = outcome
  const next: MonitorState = {
    ...state,
    n: state.n + 1,
    newestAtMs: Math.max(atMs, state.newestAtMs ?? atMs),
    counts: countOutcome(state.counts, outcome),
    drift: stepDrift(state.drift, outcome),
    availability: stepEDetector(
      recallTest(rules.availabilityBelow, 1),
      state.availability,
      heard !== undefined,
    ),
  }
  if (heard !== undefined && tier === 'core' && label === 1) {
    next.recall = stepEDetector(recallTest(rules.warningBelow, 1), state.recall, heard)
    const known = state.kinds[kind]
    if (known !== undefined || Object.keys(state.kinds).length < mostKinds) {
      const test = recallTest(rules.warningBelow, mostKinds)
      next.kinds = { ...state.kinds, [kind]: stepEDetector(test, known ?? freshEDetector(test), heard) }
    }
  }
  if (heard !== undefined && tier === 'core' && label === 0)
    next.specificity = stepEDetector(recallTest(rules.specificityBelow, 1), state.specificity, !heard)
  return judge(next, atMs, rules, [])
}

/** Looks whether outcomes have stopped coming: no outcome for a whole window is a failure, not 100 %. */
export function checkSilence(state: MonitorState, nowMs: number, rules: MonitorRules): Step {
  const silentMs = nowMs - (state.newestAtMs ?? state.startedAtMs)
  if (silentMs < rules.silenceAfterMs || state.alarms.silence !== undefined) return { state, alarms: [] }
  return judge(state, nowMs, rules, [
    {
      test: 'silence',
      level: 'critical',
      isDead: true,
      outcomes: 0,
      atMs: nowMs,
      says: `nothing was measured for ${Math.round(silentMs / 1_000)} s`,
    },
  ])
}

/** Alarms that last, the gravest first. */
export function lastingAlarms({ alarms }: MonitorState): Alarm[] {
  return Object.values(alarms).sort((a, b) => rank(b) - rank(a) || a.atMs - b.atMs)
}

const rank = ({ level, isDead }: Alarm) => (level === 'critical' ? 2 : 0) + (isDead ? 1 : 0)

/** Compares what is wrong now with what was: an alarm begins, grows worse or ends; it never grows milder. */
function judge(state: MonitorState, atMs: number, rules: MonitorRules, silence: readonly Alarm[]): Step {
  const alarms: Record<string, Alarm> = {}
  const begun: Alarm[] = []
  for (const found of [...silence, ...crossings(state, atMs, rules), ...drifts(state, atMs)]) {
    const key = found.kind === undefined ? found.test : `${found.test}:${found.kind}`
    const before = state.alarms[key]
    if (before !== undefined && rank(before) >= rank(found)) alarms[key] = before
    else {
      alarms[key] = found
      begun.push(found)
    }
  }
  return { state: { ...state, alarms }, alarms: begun }
}

function crossings(state: MonitorState, atMs: number, rules: MonitorRules): Alarm[] {
  const found: Alarm[] = []
  const recall = crossingOf(recallTest(rules.warningBelow, 1), state.recall)
  if (recall !== undefined) found.push(recallAlarm('recall', recall, atMs, rules))
  for (const [kind, component] of Object.entries(state.kinds)) {
    const crossing = crossingOf(recallTest(rules.warningBelow, mostKinds), component)
    if (crossing !== undefined) found.push({ ...recallAlarm('kind', crossing, atMs, rules, kind), kind })
  }
  const specificity = crossingOf(recallTest(rules.specificityBelow, 1), state.specificity)
  if (specificity !== undefined)
    found.push(otherAlarm('specificity', specificity, atMs, 'benign probes taken for a crisis'))
  const availability = crossingOf(recallTest(rules.availabilityBelow, 1), state.availability)
  if (availability !== undefined)
    found.push(otherAlarm('availability', availability, atMs, 'probes without a reply'))
  return found
}

function recallAlarm(
  test: 'recall' | 'kind',
  { estimate, outcomes, misses }: Crossing,
  atMs: number,
  { warningBelow, criticalBelow }: MonitorRules,
  kind?: string,
): Alarm {
  const isCritical = estimate < criticalBelow
  const whose = kind === undefined ? 'core' : kind
  const limit = percent(isCritical ? criticalBelow : warningBelow)
  return {
    test,
    level: isCritical ? 'critical' : 'warning',
    isDead: misses === outcomes,
    estimate,
    outcomes,
    atMs,
    says: `${misses} missed of ${outcomes} ${whose} disclosures: recall ${percent(estimate)}, below ${limit}`,
  }
}

function otherAlarm(
  test: 'specificity' | 'availability',
  { estimate, outcomes, misses }: Crossing,
  atMs: number,
  what: string,
): Alarm {
  const says = `${misses} of ${outcomes} ${what}`
  return { test, level: 'warning', isDead: false, estimate, outcomes, atMs, says }
}

function drifts({ drift }: MonitorState, atMs: number): Alarm[] {
  if (drift.moved === undefined) return []
  const says = `the ${drift.moved} has moved away from what it was after the start`
  return [{ test: 'drift', level: 'warning', isDead: false, outcomes: drift.n, atMs, says }]
}

/** The same shape for every share: how far below the null the alternatives lie follows the grid of the recall test. */
function recallTest(nullRate: number, share: number): EDetector {
  const alternatives = recallAlternatives.map((rate) => (rate / recallNull) * nullRate)
  return {
    nullRate,
    alternatives: nullRate === recallNull ? recallAlternatives : alternatives,
    limit: recallLimit * share,
  }
}

const recallNull = 0.95
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
