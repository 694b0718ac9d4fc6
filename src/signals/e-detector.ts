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
  /** Rates below it that are looked for, the nearest first. */
  alternatives: readonly number[]
  /** How strong the mean of the evidence must be. */
  limit: number
}

/** The grid of the recall test; each rate is found about as fast as a test made for it alone. */
export const recallAlternatives = [0.9, 0.85, 0.75, 0.6, 0.4, 0.15] as const
export const recallLimit = 1_000_000

/** One alternative's evidence: its logarithm, and what has come since it was last at zero. */
const Component = z
  .object({
    logE: z.number().min(0),
    outcomes: z.int().min(0),
    hits: z.int().min(0),
  })
  .refine(({ hits, outcomes }) => hits <= outcomes, 'expected no more hits than outcomes')

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

/**
 * Evidence is kept up to this power of the limit. Of a rate that is a little too low for a month it would grow without end;
 * a rate that then falls to nothing would wait for hundreds of misses until an alternative that knows of it leads, and one
 * that recovers would wait as long. The cube is no nearer to the limit than a critical level by chance can bear (see
 * docs/statistics.md). When the test crosses first is not changed by it.
 */
const mostEvidence = 3

/** The state after one more outcome. */
export function stepEDetector(test: EDetector, state: EDetectorState, isHit: boolean): EDetectorState {
  const ceiling = mostEvidence * Math.log(test.limit)
  return {
    components: state.components.map((component, at) => {
      const alternative = test.alternatives[at] ?? test.nullRate
      const ratio = isHit ? alternative / test.nullRate : (1 - alternative) / (1 - test.nullRate)
      const logE = Math.min(ceiling, component.logE + Math.log(ratio))
      // Evidence for the null is not saved up: a failure that begins now counts from now.
      if (logE <= 0) return { logE: 0, outcomes: 0, hits: 0 }
      return { logE, outcomes: component.outcomes + 1, hits: component.hits + (isHit ? 1 : 0) }
    }),
  }
}

/** What the evidence says, once its mean has reached the limit; `undefined` before. */
export function crossingOf(test: EDetector, state: EDetectorState): Crossing | undefined {
  const leader = leaderOf(state)
  if (leader === undefined || leader.outcomes === 0 || logEvidence(state) < Math.log(test.limit))
    return undefined
  return {
    estimate: leader.hits / leader.outcomes,
    outcomes: leader.outcomes,
    misses: leader.outcomes - leader.hits,
  }
}

/**
 * Whether the evidence has fallen so far, below the root of the limit, that an alarm is over. Between the two it is neither
 * begun nor ended: a rate near the null would else begin one alarm after the other.
 */
export function hasReceded(test: EDetector, state: EDetectorState): boolean {
  return logEvidence(state) < Math.log(test.limit) / 2
}

/** The logarithm of the mean evidence. */
export function logEvidence(state: EDetectorState): number {
  const most = leaderOf(state)?.logE ?? 0
  // In units of the leader, so that no evidence is too large for a number.
  const sum = state.components.reduce((total, { logE }) => total + Math.exp(logE - most), 0)
  return most + Math.log(sum / state.components.length)
}

/** The component with most evidence; of equal ones, as at the ceiling, the one that has seen the worst. */
function leaderOf({ components: [first, ...others] }: EDetectorState) {
  return first && others.reduce((best, one) => (one.logE >= best.logE ? one : best), first)
}
