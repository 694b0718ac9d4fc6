import { z } from 'zod'

/**
 * A sequential test of a stream of yes-or-no outcomes: has their rate of "yes" fallen below `null`? For each alternative
 * rate a CUSUM keeps the evidence against the null since it last had none; their mean, as e-values, is compared with
 * `limit` after each outcome. While the true rate is `null` or better, at least about `limit` outcomes pass between two
 * false alarms, whatever the order in which they come.
 * @see Page, "Continuous inspection schemes", Biometrika 41, 1954
 * @see Shin, Ramdas and Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", 2022
 */
export interface EDetector {
  /** The rate that is good enough. */
  nullRate: number
  /** Rates below it that are looked for. */
  alternatives: readonly number[]
  /** How strong the mean of the evidence must be. */
  limit: number
}

/** The grid of the recall test; each rate is found about as fast as a test made for it alone. */
export const recallAlternatives = [0.9, 0.85, 0.75, 0.6, 0.4, 0.15] as const
export const recallLimit = 1_000_000

/** One alternative's evidence: its logarithm, and what has come since it was last at zero. */
const Component = z.object({
  logE: z.number().min(0),
  outcomes: z.int().min(0),
  hits: z.int().min(0),
})

/** Plain JSON, so that it survives restarts and takeovers. */
export const EDetectorState = z.object({ components: z.array(Component) })
export type EDetectorState = z.infer<typeof EDetectorState>

export interface Crossing {
  /** The rate since the leading component's last reset: from where on it looks wrong. */
  estimate: number
  outcomes: number
  misses: number
}

export function freshEDetector({ alternatives }: EDetector): EDetectorState {
  return { components: alternatives.map(() => ({ logE: 0, outcomes: 0, hits: 0 })) }
}

/** The state after one more outcome. */
export function stepEDetector(test: EDetector, state: EDetectorState, isHit: boolean): EDetectorState {
  return {
    components: state.components.map((component, at) => {
      const alternative = test.alternatives[at] ?? test.nullRate
      const ratio = isHit ? alternative / test.nullRate : (1 - alternative) / (1 - test.nullRate)
      const logE = component.logE + Math.log(ratio)
      // Evidence for the null is not saved up: a failure that begins now counts from now.
      if (logE <= 0) return { logE: 0, outcomes: 0, hits: 0 }
      return { logE, outcomes: component.outcomes + 1, hits: component.hits + (isHit ? 1 : 0) }
    }),
  }
}

/** What the evidence says, once its mean has reached the limit; `undefined` before. */
export function crossingOf(test: EDetector, { components }: EDetectorState): Crossing | undefined {
  const [first, ...others] = components
  if (first === undefined) return undefined
  const leader = others.reduce((best, one) => (one.logE > best.logE ? one : best), first)
  // In units of the leader, so that no evidence is too large for a number.
  const sum = components.reduce((total, { logE }) => total + Math.exp(logE - leader.logE), 0)
  const logMean = leader.logE + Math.log(sum / components.length)
  if (logMean < Math.log(test.limit) || leader.outcomes === 0) return undefined
  return {
    estimate: leader.hits / leader.outcomes,
    outcomes: leader.outcomes,
    misses: leader.outcomes - leader.hits,
  }
}
