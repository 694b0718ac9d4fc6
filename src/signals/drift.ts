import { z } from 'zod'
import type { DetectionOutcome } from './detection-outcome.ts'

const Level = z.object({ mean: z.number(), square: z.number(), recent: z.number() })
type Level = z.infer<typeof Level>

/**
 * Whether what an engine does has changed since the start of the test, right or wrong: how often it sees a crisis, and how
 * long it takes. The first outcomes make the baseline; from there on an exponentially weighted mean is held against it. A
 * rule of thumb, unlike the tests beside it: what it promises has been simulated (docs/statistics.md), not proved.
 */
export const Drift = z.object({
  n: z.int().min(0),
  positives: Level,
  latency: Level,
  /** Since it went too far, and until it is half of the way back. */
  moved: z.enum(['share of positive verdicts', 'latency']).optional(),
})
export type Drift = z.infer<typeof Drift>

const nothing: Level = { mean: 0, square: 0, recent: 0 }
export const noDrift: Drift = { n: 0, positives: nothing, latency: nothing }

const baseline = 200
const weight = 0.02
/** In standard deviations of the weighted mean, the baseline's own uncertainty included. */
const widest = 5

interface Allowance {
  /** A standard deviation that is taken for granted: what never varied in the baseline still may. */
  spread: number
  /** However steady the baseline was, less is no drift. */
  move: number
}
const verdictAllowance: Allowance = { spread: 0.1, move: 0.1 }
/** Of the logarithm: an engine at its busiest hour may well take twice as long as in the quiet one it was learned in. */
const latencyAllowance: Allowance = { spread: 0.25, move: Math.log(3) }

/** Probes alone: their mix is the same all day, and that of people is not. */
export function stepDrift(
  drift: Drift,
  { heard, ms, source }: Pick<DetectionOutcome, 'heard' | 'ms' | 'source'>,
): Drift {
  if (heard === undefined || source !== 'probe') return drift
  const n = drift.n + 1
  const positives = stepLevel(drift.positives, n, heard ? 1 : 0)
  const latency = stepLevel(drift.latency, n, Math.log(Math.max(1, ms)))
  const next: Drift = { n, positives, latency }
  // The weighted mean must have left the baseline behind before the two are compared.
  if (n <= 2 * baseline) return next
  const share = (name: NonNullable<Drift['moved']>) => (drift.moved === name ? 0.5 : 1)
  if (isFar(positives, verdictAllowance, share('share of positive verdicts')))
    next.moved = 'share of positive verdicts'
  else if (isFar(latency, latencyAllowance, share('latency'))) next.moved = 'latency'
  return next
}

function stepLevel({ mean, square, recent }: Level, n: number, value: number): Level {
  if (n > baseline) return { mean, square, recent: recent + weight * (value - recent) }
  const nextMean = mean + (value - mean) / n
  return { mean: nextMean, square: square + (value - mean) * (value - nextMean), recent: nextMean }
}

function isFar({ mean, square, recent }: Level, least: Allowance, share: number): boolean {
  const variance = Math.max(least.spread ** 2, square / (baseline - 1))
  const spread = Math.sqrt(variance * (weight / (2 - weight) + 1 / baseline))
  return Math.abs(recent - mean) > share * Math.max(least.move, widest * spread)
}
