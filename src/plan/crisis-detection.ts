import { z } from 'zod'

const minute = 60_000
const hour = 60 * minute
const share = (value: number) => z.number().gt(0).lt(1).default(value)
const ms = (value: number) =>
  z
    .int()
    .min(1_000)
    .max(7 * 24 * hour)
    .default(value)
const Action = z.enum(['act', 'propose'])

/** How accuracy of crisis detection is judged, and what follows (R12, R45, R51-R54, C8, C20). */
export const CrisisDetectionRules = z
  .strictObject({
    warningBelow: share(0.95).describe('Recall below this is a warning: Safety-High and a clinical review.'),
    criticalBelow: share(0.9).describe(
      'Recall below this is critical: Safety-Critical, P0, and the safety halt.',
    ),
    specificityBelow: share(0.7).describe('Specificity on core negatives below this is a warning.'),
    availabilityBelow: share(0.95).describe('Share of answered probes below this is a failure of detection.'),
    silenceAfterMs: ms(5 * minute).describe('No outcome for so long is a failure, not 100 %.'),
    onWarning: Action.default('act').describe('`act` opens the incident; `propose` asks for a click.'),
    onCritical: Action.default('act').describe(
      '`act` engages the halt of the engine; `propose` asks for a click.',
    ),
    onSpecificity: z
      .enum(['warn', 'halt'])
      .default('warn')
      .describe('What a failed specificity test leads to.'),
    onConfirmedMiss: z
      .enum(['by-level', 'act', 'propose'])
      .default('by-level')
      .describe(
        'A miss on real traffic that a clinician has confirmed. `by-level`: the halt is engaged at once after a missed plan, intent or attempt or after two misses within an hour, else proposed.',
      ),
  })
  .refine(({ warningBelow, criticalBelow }) => criticalBelow < warningBelow, {
    path: ['criticalBelow'],
    error: 'expected less than warningBelow',
  })
  .prefault({})
  .describe('Accuracy of crisis detection: limits and responses.')
export type CrisisDetectionRules = z.output<typeof CrisisDetectionRules>

/** The way back from a halt. */
export const ClearanceRules = z
  .strictObject({
    probes: z.int().min(40).max(2_000).default(240).describe('Probes of a validation run, fixed beforehand.'),
    approvalMs: ms(30 * minute).describe('How long an approval holds.'),
    rampStepMs: ms(10 * minute).describe('How long each step of the ramp lasts (10, 50, 100 % of sessions).'),
    surveillanceMs: ms(24 * hour).describe('Enhanced surveillance after a clearance (R45).'),
    surveillanceFactor: z
      .number()
      .min(1)
      .max(20)
      .default(4)
      .describe('Probe rate during surveillance, times.'),
  })
  .prefault({})
  .describe('The way back from a halt: validation, approvals, ramp, surveillance.')
export type ClearanceRules = z.output<typeof ClearanceRules>

/** What clinicians look at. */
export const ReviewRules = z
  .strictObject({
    readers: z
      .union([z.literal(1), z.literal(2)])
      .default(1)
      .describe('How many decide on one item; with two, a third settles a disagreement.'),
    sampleOfClears: z
      .number()
      .min(0)
      .max(1)
      .default(0.01)
      .describe(
        'Share of exchanges nobody flagged that is put into the queue; only this sample feeds the test.',
      ),
    evidenceKeptMs: z
      .int()
      .min(minute)
      .max(365 * 24 * hour)
      .default(30 * 24 * hour)
      .describe('How long excerpts are kept in the evidence vault.'),
    maxItems: z
      .int()
      .min(10)
      .max(1_000_000)
      .default(10_000)
      .describe('Most open items; beyond it samples are dropped first, and the queue says so.'),
  })
  .prefault({})
  .describe('The review queue.')
export type ReviewRules = z.output<typeof ReviewRules>
