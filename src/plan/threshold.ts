import { z } from 'zod'
import { IncidentType, SafetySeverity, Severity } from './severity.ts'

/** What the gateway measures by itself, per engine. Latencies in milliseconds, rates as shares from 0 to 1. */
export const measuredSignals = ['response-time', 'first-byte-latency', 'total-latency', 'error-rate'] as const
export type MeasuredSignal = (typeof measuredSignals)[number]
export type LatencySignal = Exclude<MeasuredSignal, 'error-rate'>

export function isLatencySignal(signal: string): signal is LatencySignal {
  return signal !== 'error-rate' && isMeasuredSignal(signal)
}

export function isMeasuredSignal(signal: string): signal is MeasuredSignal {
  return measuredSignals.some((known) => known === signal)
}

/** Mildest first. `rollback` marks the limits past which the plan wants the previous version back (R48). */
export const breachLevels = ['notice', 'warning', 'critical', 'rollback'] as const
export const BreachLevel = z.enum(breachLevels)
export type BreachLevel = z.infer<typeof BreachLevel>

export const BreachResponse = z.enum(['record', 'fail-over', 'rollback-trigger'])
export type BreachResponse = z.infer<typeof BreachResponse>

export const planNameRule = 'expected a lower-case letter, then letters, digits and hyphens, 63 at most'

/** Names of thresholds and signals: they become keys, metric labels and paths in error messages. */
export const PlanName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, planNameRule)

/** Seven days: longer than any window or clock of a threshold. */
const longestMs = 7 * 24 * 3_600_000
const limit = z.number()
const durationMs = z.number().int().min(0).max(longestMs)

const given = z.strictObject({
  signal: PlanName.describe(
    'What is judged: `response-time` (time until the person sees the reply begin: first byte of a stream, end of a whole reply), `first-byte-latency`, `total-latency` (all in milliseconds), `error-rate` (share from 0 to 1), or a name from `pushedSignals`.',
  ),
  level: BreachLevel.describe(
    'How grave a breach is: `notice`, `warning`, `critical`, or `rollback` (the plan wants the previous version back).',
  ),
  above: limit
    .optional()
    .describe('Breached while the value is greater than this. Give one of `above`, `below`, `atLeast`.'),
  below: limit.optional().describe('Breached while the value is less than this.'),
  atLeast: limit
    .optional()
    .describe(
      'Breached while the value is this or greater: `error-rate` with `atLeast: 1` is a complete outage.',
    ),
  windowMs: z
    .number()
    .int()
    .min(1_000)
    .max(longestMs)
    .describe('How far back the value looks, in milliseconds. Measured in steps of one twentieth of it.'),
  minSamples: z
    .number()
    .int()
    .min(1)
    .describe(
      'With fewer samples in the window nothing is decided: no breach begins, none ends, and no clock of the threshold runs.',
    ),
  forMs: durationMs.describe('How long the value must stay beyond the limit before the breach begins.'),
  clearForMs: durationMs.describe(
    'How long the value must stay back inside the limit (see `hysteresis`) before the breach ends.',
  ),
  severity: Severity.nullable().describe('Severity of the incident that a breach opens; null opens none.'),
  type: IncidentType.describe('Type of the incident that a breach opens.'),
})

const assumed = {
  percentile: z
    .number()
    .min(1)
    .max(99.9)
    .describe('Latencies only: which percentile of the window is judged. 95 unless told otherwise.'),
  minErrors: z
    .number()
    .int()
    .min(0)
    .describe(
      '`error-rate` only: how many failed exchanges a breach needs at least to begin, so that one failure in a quiet hour pages nobody. 0 unless told otherwise.',
    ),
  hysteresis: z
    .number()
    .min(0)
    .max(0.9)
    .describe(
      'Share of the limit that must be regained before a breach may end: with 0.1 a breach of `above: 2000` ends at 1800 or less. 0.1 unless told otherwise.',
    ),
  safety: SafetySeverity.describe('Safety severity of the incident. `none` unless told otherwise.'),
  responses: z
    .array(BreachResponse)
    .max(BreachResponse.options.length)
    .describe(
      'What a breach sets off: `record` (log, count, keep), `fail-over` (to the backup, where one stands ready), `rollback-trigger`. `[record]` unless told otherwise.',
    ),
}

/** One complete threshold (R12, R14). Exactly one of `above`, `below`, `atLeast` is set. */
export const Threshold = given.extend({
  percentile: assumed.percentile.default(95),
  minErrors: assumed.minErrors.default(0),
  hysteresis: assumed.hysteresis.default(0.1),
  safety: assumed.safety.default('none'),
  responses: assumed.responses.default(['record']),
})
export type Threshold = z.infer<typeof Threshold>

/** What a file may say of a threshold: any of its fields; the rest stays as in the default plan. */
export const ThresholdOverride = given
  .extend(assumed)
  .partial()
  .extend({
    enabled: z
      .boolean()
      .optional()
      .describe(
        'false switches the threshold off; so does the word `false` in place of the whole threshold.',
      ),
  })
export type ThresholdOverride = z.infer<typeof ThresholdOverride>

/** The limit and on which side of it a breach lies. */
export interface Limit {
  kind: 'above' | 'below' | 'atLeast'
  value: number
}

/** All limits that are set; a valid threshold has one. */
export function limitsOf(threshold: Pick<Threshold, 'above' | 'below' | 'atLeast'>): Limit[] {
  const kinds = ['above', 'below', 'atLeast'] as const
  return kinds.flatMap((kind) => {
    const value = threshold[kind]
    return value === undefined ? [] : [{ kind, value }]
  })
}

/** The one limit of a valid threshold. Throws for one that never went through `Plan`. */
export function limitOf(threshold: Threshold): Limit {
  const [only, ...others] = limitsOf(threshold)
  if (only === undefined || others.length > 0) throw new Error('a threshold has exactly one limit')
  return only
}

export function isBeyond({ kind, value: limit }: Limit, value: number): boolean {
  if (kind === 'above') return value > limit
  return kind === 'below' ? value < limit : value >= limit
}

/** Where a breach may end: the limit less the share that must be regained. */
export function clearValue({ kind, value: limit }: Limit, hysteresis: number): number {
  const regained = Math.abs(limit) * hysteresis
  return kind === 'below' ? limit + regained : limit - regained
}

export function isRegained(limit: Limit, hysteresis: number, value: number): boolean {
  const clear = clearValue(limit, hysteresis)
  return !isBeyond(limit, value) && (limit.kind === 'below' ? value >= clear : value <= clear)
}
