import type { LinearModel, RunningSums } from '../text/linear-model.ts'
import { windowScore } from '../text/linear-model.ts'
import type { Reading } from './reading.ts'

/** Turns what models and grammar say into one probability: Platt scaling over several inputs. */
export interface Calibration {
  /** One weight for each of `calibrationInputs`. */
  weights: readonly number[]
  /** From here on an alert. */
  alert: number
  /** From here on uncertain. */
  escalate: number
  /** From here on the `history` model has its say. */
  history: number
}

export const calibrationInputs = [
  'constant',
  'whole',
  'window',
  'critical',
  'strong',
  'cues',
  'denied',
  'idiom',
  'past',
  'quoted',
  'story or study',
  'machine or game',
  'joking',
  'length',
] as const

/** The best score that a head gives to any window, and where. */
export function bestWindow(
  model: LinearModel,
  sums: RunningSums,
  head: number,
  windows: Reading['windows'],
): { score: number; from: number; to: number } {
  let best = { score: Number.NEGATIVE_INFINITY, from: 0, to: 0 }
  for (const { from, to } of windows) {
    const score = windowScore(model, sums, head, from, to)
    if (score > best.score) best = { score, from, to }
  }
  return best
}

/** The inputs of the calibration for one reading; `whole` and `window` are log-odds of the head "any". */
export function inputsOf({ grammar, tokens }: Reading, whole: number, window: number): number[] {
  const { hits, context } = grammar
  const live = hits.filter(({ standing }) => standing === 'live')
  const has = (found: boolean) => (found ? 1 : 0)
  return [
    1,
    whole,
    Math.max(window, whole),
    has(live.some(({ frame }) => frame.strength === 'critical')),
    has(live.some(({ frame }) => frame.strength === 'strong')),
    Math.min(3, live.filter(({ frame }) => frame.strength === 'cue').length),
    has(hits.some(({ standing }) => standing === 'negated')),
    has(hits.some(({ standing }) => standing === 'idiom')),
    has(hits.some(({ standing }) => standing === 'past')),
    has(hits.some(({ standing }) => standing === 'quoted')),
    has(context.fiction || context.academic),
    has(context.technical || context.game),
    has(context.joking),
    Math.log1p(tokens.words.length) / 5,
  ]
}

export function calibrate(calibration: Calibration, inputs: readonly number[]): number {
  let logOdds = 0
  for (let at = 0; at < inputs.length; at++) logOdds += (inputs[at] ?? 0) * (calibration.weights[at] ?? 0)
  return 1 / (1 + Math.exp(-logOdds))
}
