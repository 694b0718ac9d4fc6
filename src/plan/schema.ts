import { z } from 'zod'
import { checkPlan } from './checks.ts'
import { ClearanceRules, CrisisDetectionRules, ReviewRules } from './crisis-detection.ts'
import {
  countedSignals,
  defaultPushedSignals,
  defaultSafetySeverities,
  defaultSeverities,
  defaultThresholds,
} from './default-plan.ts'
import { ReferralRules } from './referrals.ts'
import { PlanName, planNameRule, Threshold, ThresholdOverride } from './threshold.ts'

const maxNames = 100
const deadlineMs = z.number().int().min(1_000)

/** Definition and deadlines of one severity (R1-R3). */
const severityRule = (defaults: { definition: string; ackWithinMs: number; resolveWithinMs: number }) =>
  z
    .strictObject({
      definition: z.string().min(1).default(defaults.definition).describe('What belongs to this level.'),
      ackWithinMs: deadlineMs
        .default(defaults.ackWithinMs)
        .describe('By when a person must have acknowledged the incident, in milliseconds from detection.'),
      resolveWithinMs: deadlineMs
        .default(defaults.resolveWithinMs)
        .describe('By when the incident is to be resolved, in milliseconds from detection.'),
    })
    .prefault({})

/** A value that other systems send in; everything pushed under another name is refused. */
const PushedSignal = z
  .strictObject({
    description: z.string().max(300).default('').describe('What the value says, and its unit.'),
    min: z.number().default(0).describe('The least value that is accepted.'),
    max: z.number().describe('The greatest value that is accepted.'),
  })
  .refine(({ min, max }) => min < max, { path: ['max'], error: 'expected a number greater than min' })
type PushedSignal = z.infer<typeof PushedSignal>

/**
 * The incident-response plan: what is measured, when it is too much, and what follows.
 * `Plan.parse({})` is the default plan. A file names only what differs from it.
 */
export const Plan = z
  .strictObject({
    timeScale: z
      .number()
      .min(1)
      .max(1_000)
      .default(1)
      .describe(
        'Shortens every clock of the plan in drills and tests: with 60 an hour passes in a minute. Limits of latencies are not clocks and stay as they are. Never other than 1 in production.',
      ),
    ...ReferralRules,
    crisisDetection: CrisisDetectionRules,
    clearance: ClearanceRules,
    reviews: ReviewRules,
    severities: z
      .strictObject({
        P0: severityRule(defaultSeverities.P0).describe('Critical.'),
        P1: severityRule(defaultSeverities.P1).describe('High.'),
        P2: severityRule(defaultSeverities.P2).describe('Medium.'),
        P3: severityRule(defaultSeverities.P3).describe('Low.'),
      })
      .prefault({})
      .describe('The levels of an incident with their deadlines.'),
    safetySeverities: z
      .strictObject({
        critical: severityRule(defaultSafetySeverities.critical).describe('Safety-Critical.'),
        high: severityRule(defaultSafetySeverities.high).describe('Safety-High.'),
      })
      .prefault({})
      .describe('The second axis of an incident; the earlier deadline of both axes counts.'),
    pushedSignals: z
      .record(PlanName, PushedSignal, { error: wrongName })
      .default({})
      .transform(
        (given): Record<string, PushedSignal> => ({ ...defaultPushedSignals, ...given, ...countedSignals }),
      )
      .describe(
        'Signals that other systems send to POST /admin/v1/signals, by name; judged by their mean over the window of a threshold. Added to the built-in `satisfaction` (0 to 10) and to `unscanned-replies`, which the gateway counts by itself (0 to 1).',
      ),
    thresholds: z
      .record(PlanName, z.preprocess(falseToDisabled, ThresholdOverride), { error: wrongName })
      .default({})
      .transform(mergeThresholds)
      .describe(
        'Limits by name. A name of the default plan changes only the fields given here; `false` switches it off; a new name is a new threshold and must be complete.',
      ),
  })
  .superRefine(checkPlan)
export type Plan = z.infer<typeof Plan>

/** A duration of the plan as it runs: shortened by `timeScale`, never below a millisecond unless it was 0. */
export function scaledMs(ms: number, timeScale: number): number {
  return ms === 0 ? 0 : Math.max(1, ms / timeScale)
}

function wrongName(issue: { code: string }): string | undefined {
  return issue.code === 'invalid_key' ? `wrong name: ${planNameRule}` : undefined
}

function falseToDisabled(value: unknown): unknown {
  return value === false ? { enabled: false } : value
}

/** The default thresholds with the file's changes, and the file's own. Reports what is incomplete by its path. */
function mergeThresholds(
  overrides: Record<string, ThresholdOverride>,
  context: z.RefinementCtx,
): Record<string, Threshold> {
  const merged: Record<string, Threshold> = {}
  for (const name of new Set([...Object.keys(defaultThresholds), ...Object.keys(overrides)])) {
    const { enabled = true, ...override } = overrides[name] ?? {}
    if (!enabled) continue
    const known = Object.hasOwn(defaultThresholds, name)
    const result = Threshold.safeParse({ ...(known ? defaultThresholds[name] : {}), ...override })
    if (result.success) merged[name] = result.data
    else {
      const missing = result.error.issues.map(({ path }) => path.join('.')).join(', ')
      const message = `expected a name of the default plan (${Object.keys(defaultThresholds).join(', ')}) or a complete threshold; missing: ${missing}`
      context.addIssue({ code: 'custom', path: [name], message })
    }
  }
  const count = Object.keys(merged).length
  if (count > maxNames) {
    context.addIssue({ code: 'custom', message: `expected at most ${maxNames} thresholds, got ${count}` })
  }
  return merged
}
