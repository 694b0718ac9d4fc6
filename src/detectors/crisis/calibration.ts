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

/** What the weights of a calibration are for, in the order of `inputsOf`. */
export const calibrationInputs = [
  'constant',
  'whole',
  'window',
  'window of a long text',
  'category',
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

const longWords = 60

/** Log-odds: of the head "any" for the whole text and its best window, and of the surest category in that window. */
export interface ModelScores {
  whole: number
  window: number
  category: number
  /** The best window. */
  from: number
  to: number
}

export function scoreReading(
  model: LinearModel,
  sums: RunningSums,
  { tokens, windows }: Reading,
): ModelScores {
  const words = tokens.length
  const { score: window, from, to } = bestWindow(model, sums, 0, windows)
  let category = Number.NEGATIVE_INFINITY
  model.heads.forEach((head, index) => {
    if (head === 'any' || head === 'history') return
    const score = Math.max(
      windowScore(model, sums, index, from, to),
      windowScore(model, sums, index, 0, words),
    )
    category = Math.max(category, score)
  })
  return { whole: windowScore(model, sums, 0, 0, words), window, category, from, to }
}

/** The inputs of the calibration for one reading. */
export function inputsOf({ grammar, tokens }: Reading, { whole, window, category }: ModelScores): number[] {
  const { hits, context } = grammar
  const live = hits.filter(({ standing }) => standing === 'live')
  const has = (found: boolean) => (found ? 1 : 0)
  return [
    1,
    whole,
    Math.max(window, whole),
    tokens.length > longWords ? Math.max(window, whole) - whole : 0,
    category,
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
    Math.log1p(tokens.length) / 5,
  ]
}

export function calibrate(calibration: Calibration, inputs: readonly number[]): number {
  let logOdds = 0
  for (let at = 0; at < inputs.length; at++) logOdds += (inputs[at] ?? 0) * (calibration.weights[at] ?? 0)
  return 1 / (1 + Math.exp(-logOdds))
}
