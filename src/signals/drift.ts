import { z } from 'zod'
import type { DetectionOutcome } from './detection-outcome.ts'

const Level = z.object({ mean: z.number(), square: z.number(), recent: z.number() })
type Level = z.infer<typeof Level>

/**
 * Whether what an engine does has changed since the start of the test, right or wrong: how often it sees a crisis, and how
 * long it takes. The first outcomes make the baseline; from there on an exponentially weighted mean is held against it.
 */
export const Drift = z.object({
  n: z.int().min(0),
  positives: Level,
  latency: Level,
  moved: z.enum(['share of positive verdicts', 'latency']).optional(),
})
export type Drift = z.infer<typeof Drift>

const nothing: Level = { mean: 0, square: 0, recent: 0 }
export const noDrift: Drift = { n: 0, positives: nothing, latency: nothing }

const baseline = 200
const weight = 0.02
/** In standard deviations of the weighted mean, the baseline's own uncertainty included. */
const widest = 6
/** A verdict that never varied still may; and an engine may become a little slower. */
const leastSpread = { positives: 0.1, latency: 0.25 }

/** Probes alone: their mix is the same all day, and that of people is not. */
export function stepDrift(drift: Drift, { heard, ms, source }: DetectionOutcome): Drift {
  if (heard === undefined || source !== 'probe') return drift
  const n = drift.n + 1
  const positives = stepLevel(drift.positives, n, heard ? 1 : 0)
  const latency = stepLevel(drift.latency, n, Math.log(Math.max(1, ms)))
  const moved =
    n <= 2 * baseline
      ? undefined
      : isFar(positives, leastSpread.positives)
        ? 'share of positive verdicts'
        : isFar(latency, leastSpread.latency)
          ? 'latency'
          : undefined
  return { n, positives, latency, ...(moved === undefined ? {} : { moved }) }
}

function stepLevel({ mean, square, recent }: Level, n: number, value: number): Level {
  if (n > baseline) return { mean, square, recent: recent + weight * (value - recent) }
  const nextMean = mean + (value - mean) / n
  return { mean: nextMean, square: square + (value - mean) * (value - nextMean), recent: nextMean }
}

function isFar({ mean, square, recent }: Level, least: number): boolean {
  const variance = Math.max(least ** 2, square / (baseline - 1))
  const spread = Math.sqrt(variance * (weight / (2 - weight) + 1 / baseline))
  return Math.abs(recent - mean) > widest * spread
}
