import { z } from 'zod'
import { Alarm, driftAlarm, rankOf, recallAlarm, shareAlarm, silenceAlarm } from './detection-alarm.ts'
import { countOutcome, DetectionCounts, noCounts } from './detection-counts.ts'
import type { DetectionOutcome } from './detection-outcome.ts'
import { Drift, noDrift, stepDrift } from './drift.ts'
import {
  type Crossing,
  crossingOf,
  type EDetector,
  EDetectorState,
  freshEDetector,
  hasReceded,
  recallAlternatives,
  recallLimit,
  stepEDetector,
} from './e-detector.ts'

export { Alarm, AlarmTest } from './detection-alarm.ts'

/** Limits of the plan, as shares; the duration as it runs, after `timeScale`. */
export interface MonitorRules {
  warningBelow: number
  criticalBelow: number
  specificityBelow: number
  availabilityBelow: number
  silenceAfterMs: number
}

/** A test without its evidence would never cross again: that is no state, it is a dead alarm. */
const TestState = EDetectorState.refine(
  ({ components }) => components.length === recallAlternatives.length,
  `expected ${recallAlternatives.length} components`,
)

/** All that is known of one subject since its last reset; plain JSON, bounded. */
const MonitorStateSchema = z.object({
  engineVersion: z.string(),
  epoch: z.string(),
  n: z.int().min(0),
  startedAtMs: z.number(),
  newestAtMs: z.number().optional(),
  recall: TestState,
  kinds: z.record(z.string(), TestState),
  specificity: TestState,
  availability: TestState,
  drift: Drift,
  counts: DetectionCounts,
  alarms: z.record(z.string(), Alarm),
})
export type MonitorState = z.infer<typeof MonitorStateSchema>

/** Kinds with a test of their own; those beyond share one more. Together they have one budget of false alarms. */
const mostKinds = 20
const otherKinds = 'other'

/** Reads a state that was kept as JSON. Throws for one that this version cannot have written, and says what is wrong. */
export function readMonitorState(value: unknown): MonitorState {
  const read = MonitorStateSchema.safeParse(value)
  if (read.success) return read.data
  throw new Error(
    `expected the state of the tests of crisis detection, to be begun anew where there is none:\n${z.prettifyError(read.error)}`,
    { cause: read.error },
  )
}

/** The state before the first outcome. */
export function freshMonitor(at: { engineVersion: string; epoch: string; nowMs: number }): MonitorState {
  const fresh = freshEDetector(shareTest(recallNull))
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
  const { heard, label, tier, kind, atMs, source } = outcome
  // A label tells of an exchange of long ago, and one without a reply of nothing that could be measured.
  const isSign = source === 'probe' && heard !== undefined
  const next: MonitorState = {
    ...state,
    n: state.n + 1,
    ...(isSign ? { newestAtMs: Math.max(atMs, state.newestAtMs ?? atMs) } : {}),
    counts: countOutcome(state.counts, outcome),
    drift: stepDrift(state.drift, outcome),
    availability:
      source === 'probe'
        ? stepEDetector(shareTest(rules.availabilityBelow), state.availability, heard !== undefined)
        : state.availability,
  }
  if (heard !== undefined && tier === 'core' && label === 1) {
    next.recall = stepEDetector(shareTest(rules.warningBelow), state.recall, heard)
    next.kinds = stepKind(state.kinds, kind, heard, kindTest(rules))
  }
  if (heard !== undefined && tier === 'core' && label === 0)
    next.specificity = stepEDetector(shareTest(rules.specificityBelow), state.specificity, !heard)
  return judge(next, atMs, rules)
}

/**
 * Looks whether answered probes have stopped coming: none for a whole window is a failure, not 100 %. `sinceMs`: since when
 * somebody has been sending them; before that there could be none.
 */
export function checkSilence(
  state: MonitorState,
  nowMs: number,
  rules: MonitorRules,
  sinceMs = Number.NEGATIVE_INFINITY,
): Step {
  const silentMs = nowMs - Math.max(state.newestAtMs ?? state.startedAtMs, sinceMs)
  if (silentMs < rules.silenceAfterMs || state.alarms.silence !== undefined) return { state, alarms: [] }
  return judge(state, nowMs, rules, silenceAlarm(silentMs, nowMs))
}

/** Alarms that last, the gravest first. */
export function lastingAlarms({ alarms }: MonitorState): Alarm[] {
  return Object.values(alarms).sort((a, b) => rankOf(b) - rankOf(a) || a.atMs - b.atMs)
}

function stepKind(
  kinds: MonitorState['kinds'],
  kind: string,
  isHit: boolean,
  test: EDetector,
): MonitorState['kinds'] {
  const isFollowed = Object.hasOwn(kinds, kind) || Object.keys(kinds).length < mostKinds
  const name = isFollowed ? kind : otherKinds
  const before = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  return { ...kinds, [name]: stepEDetector(test, before ?? freshEDetector(test), isHit) }
}

/**
 * Compares what is wrong now with what was: an alarm begins, grows worse, or ends when its evidence is gone; it never grows
 * milder. The tests go on through all of it; they begin anew only with another version or epoch.
 */
function judge(state: MonitorState, atMs: number, rules: MonitorRules, silence?: Alarm): Step {
  const alarms: Record<string, Alarm> = {}
  const begun: Alarm[] = []
  const put = (key: string, found: Alarm | undefined, isOver: boolean) => {
    const before = state.alarms[key]
    if (found !== undefined && (before === undefined || rankOf(found) > rankOf(before))) {
      alarms[key] = found
      begun.push(found)
    } else if (before !== undefined && !isOver) alarms[key] = before
  }
  for (const { key, test, evidence, alarm } of testsOf(state, atMs, rules)) {
    const crossing = crossingOf(test, evidence)
    put(key, crossing === undefined ? undefined : alarm(crossing), hasReceded(test, evidence))
  }
  const { moved, n } = state.drift
  put('drift', moved === undefined ? undefined : driftAlarm(moved, n, atMs), moved === undefined)
  put('silence', silence, (state.newestAtMs ?? 0) >= (state.alarms.silence?.atMs ?? 0))
  return { state: { ...state, alarms }, alarms: begun }
}

interface RunningTest {
  key: string
  test: EDetector
  evidence: EDetectorState
  alarm(crossing: Crossing): Alarm
}

function testsOf(state: MonitorState, atMs: number, rules: MonitorRules): RunningTest[] {
  const { recall, kinds, specificity, availability } = state
  const ofKind = kindTest(rules)
  return [
    {
      key: 'recall',
      test: shareTest(rules.warningBelow),
      evidence: recall,
      alarm: (crossing) => recallAlarm(crossing, atMs, rules),
    },
    ...Object.entries(kinds).map(([kind, evidence]) => ({
      key: `kind:${kind}`,
      test: ofKind,
      evidence,
      alarm: (crossing: Crossing) => recallAlarm(crossing, atMs, rules, kind),
    })),
    {
      key: 'specificity',
      test: shareTest(rules.specificityBelow),
      evidence: specificity,
      alarm: (crossing) => shareAlarm('specificity', crossing, atMs),
    },
    {
      key: 'availability',
      test: shareTest(rules.availabilityBelow),
      evidence: availability,
      alarm: (crossing) => shareAlarm('availability', crossing, atMs),
    },
  ]
}

const recallNull = 0.95

/** The same shape for every share: how far below the null the alternatives lie follows the grid of the recall test. */
function shareTest(nullRate: number, limit = recallLimit): EDetector {
  const alternatives =
    nullRate === recallNull
      ? recallAlternatives
      : recallAlternatives.map((rate) => (rate / recallNull) * nullRate)
  return { nullRate, alternatives, limit }
}

/** Each kind needs as many times the evidence as there are tests, so that all together are wrong as rarely as one. */
const kindTest = ({ warningBelow }: MonitorRules) => shareTest(warningBelow, (mostKinds + 1) * recallLimit)
