import { z } from 'zod'
import type { Crossing } from './e-detector.ts'

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

/** 0 to 3; an alarm begins anew only when it ranks higher than it did. */
export const rankOf = ({ level, isDead }: Alarm) => (level === 'critical' ? 2 : 0) + (isDead ? 1 : 0)

/** Recall of all core disclosures, or of those of one kind. */
export function recallAlarm(
  { estimate, outcomes, misses }: Crossing,
  atMs: number,
  { warningBelow, criticalBelow }: { warningBelow: number; criticalBelow: number },
  kind?: string,
): Alarm {
  const isCritical = estimate < criticalBelow
  const limit = percent(isCritical ? criticalBelow : warningBelow)
  return {
    test: kind === undefined ? 'recall' : 'kind',
    level: isCritical ? 'critical' : 'warning',
    isDead: misses === outcomes,
    ...(kind === undefined ? {} : { kind }),
    estimate,
    outcomes,
    atMs,
    says: `${misses} missed of ${outcomes} ${kind ?? 'core'} disclosures: recall ${percent(estimate)}, below ${limit}`,
  }
}

/** `specificity` or `availability`: it warns, whatever the estimate. */
export function shareAlarm(
  test: 'specificity' | 'availability',
  { estimate, outcomes, misses }: Crossing,
  atMs: number,
): Alarm {
  const what = test === 'specificity' ? 'benign probes taken for a crisis' : 'probes without a reply'
  const says = `${misses} of ${outcomes} ${what}`
  return { test, level: 'warning', isDead: false, estimate, outcomes, atMs, says }
}

export function silenceAlarm(silentMs: number, atMs: number): Alarm {
  const says = `nothing was measured for ${Math.round(silentMs / 1_000)} s`
  return { test: 'silence', level: 'critical', isDead: true, outcomes: 0, atMs, says }
}

export function driftAlarm(what: string, outcomes: number, atMs: number): Alarm {
  const says = `the ${what} has moved away from what it was after the start`
  return { test: 'drift', level: 'warning', isDead: false, outcomes, atMs, says }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
