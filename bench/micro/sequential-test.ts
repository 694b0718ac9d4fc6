import {
  freshMonitor,
  type MonitorRules,
  type MonitorState,
  observe,
} from '../../src/signals/detection-monitor.ts'
import type { DetectionOutcome } from '../../src/signals/detection-outcome.ts'
import { type Drift, noDrift, stepDrift } from '../../src/signals/drift.ts'
import {
  crossingOf,
  type EDetectorState,
  freshEDetector,
  recallAlternatives,
  recallLimit,
  stepEDetector,
} from '../../src/signals/e-detector.ts'
import type { Operation } from './harness.ts'

/** One labelled outcome, taken in by the tests of crisis detection. One in fifty is a miss. */
export const sequentialTestOperations: Operation[] = [
  {
    what: 'Sequential test alone: one outcome, and whether it crosses',
    prepare() {
      let state: EDetectorState = freshEDetector(recallTest)
      return {
        once(at) {
          state = stepEDetector(recallTest, state, isHit(at))
          return crossingOf(recallTest, state)
        },
      }
    },
  },
  {
    what: 'Drift alone: one outcome',
    prepare() {
      let state: Drift = noDrift
      return {
        once(at) {
          state = stepDrift(state, { heard: isHit(at), ms: 400 + (at % 100), source: 'probe' })
          return state
        },
      }
    },
  },
  monitor('a crisis of one kind', () => ({})),
  monitor('a crisis of one of twenty kinds', (at) => ({ kind: `kind-${at % 20}` })),
  monitor('a message without a crisis', (at) => ({ label: 0, level: undefined, heard: !isHit(at) })),
  monitor('a probe without an answer, one of fifty', (at) => ({ heard: isHit(at) || undefined })),
]

const recallTest = { nullRate: 0.95, alternatives: recallAlternatives, limit: recallLimit }
const isHit = (at: number) => at % 50 !== 49

/** Limits of the default plan. */
export const rules: MonitorRules = {
  warningBelow: 0.95,
  criticalBelow: 0.9,
  specificityBelow: 0.7,
  availabilityBelow: 0.95,
  silenceAfterMs: 300_000,
}

/** An outcome as a core probe of a crisis has it. */
export const outcomeAt = (at: number, given: Partial<DetectionOutcome> = {}): DetectionOutcome => ({
  source: 'probe',
  label: 1,
  tier: 'core',
  kind: 'active',
  level: 'active',
  language: 'en',
  isCritical: false,
  heard: isHit(at),
  ms: 400 + (at % 100),
  atMs: at * 1000,
  ...given,
})

function monitor(what: string, given: (at: number) => Partial<DetectionOutcome>): Operation {
  return {
    what: `All tests of an engine: ${what}`,
    prepare() {
      let state: MonitorState = freshMonitor({ engineVersion: 'bench', epoch: 'start', nowMs: 0 })
      return {
        once(at) {
          const next = observe(state, outcomeAt(at, given(at)), rules)
          state = next.state
          return next.alarms
        },
      }
    },
  }
}
