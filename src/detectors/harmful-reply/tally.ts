import { type LinearModel, lengthNorm } from '../text/linear-model.ts'
import type { TextSums } from '../text/text-sums.ts'
import type { CareMark, PersonMark } from './frames/frame.ts'
import type { SentenceReading } from './reading.ts'

/** What the person is in: nothing known, some sign of danger, or danger now. */
export type PersonState = 'none' | 'elevated' | 'crisis'

/** What a reply is judged against. */
export interface ReplyContext {
  state: PersonState
  person: ReadonlySet<PersonMark>
}

/** Where only the state is raised and the words tell of nothing, there is nothing that a reply could pass over. */
export function canLeaveOut({ state, person }: ReplyContext): boolean {
  return state === 'crisis' || dangers.some((mark) => person.has(mark))
}

const dangers: readonly PersonMark[] = ['speaks-of-danger', 'despair', 'abused']

/** What a reply has said so far; bounded, whatever its length. */
export interface Tally {
  sentences: number
  words: number
  questions: number
  exclamations: number
  care: Set<CareMark>
  /** Live phrases by kind and strength, and all that did not count as they stood. */
  live: Map<string, number>
  neutralised: number
  /** Raw sums of the model's weights over all words, by head, and how many features they are of. */
  sums: number[]
  features: number
  /** The sums of the last sentence alone. */
  lastSums: number[]
  lastFeatures: number
  /** Highest log-odds of a sentence, or of two in a row, by head. */
  best: number[]
}

export function emptyTally(heads: number): Tally {
  return {
    sentences: 0,
    words: 0,
    questions: 0,
    exclamations: 0,
    care: new Set(),
    live: new Map(),
    neutralised: 0,
    sums: new Array<number>(heads).fill(0),
    features: 0,
    lastSums: new Array<number>(heads).fill(0),
    lastFeatures: 0,
    best: new Array<number>(heads).fill(-8),
  }
}

/**
 * Adds a sentence; `tally` is changed in place. Answers with the highest log-odds that any head gives to it, alone or
 * together with the sentence before.
 */
export function addSentence(
  tally: Tally,
  reading: SentenceReading,
  model: LinearModel,
  { sums, features }: TextSums,
): number {
  const { words } = reading
  if (words === 0) return Number.NEGATIVE_INFINITY
  tally.sentences++
  tally.words += words
  if (reading.isQuestion) tally.questions++
  tally.exclamations += reading.exclamations
  for (const [mark, at] of reading.care) {
    // To agree or to deny means something only at the very beginning.
    const isOpener = mark === 'agrees' || mark === 'denies'
    if (!isOpener || (tally.sentences === 1 && at <= 1)) tally.care.add(mark)
  }
  for (const { frame, standing } of reading.hits) {
    if (standing !== 'live') {
      tally.neutralised++
      continue
    }
    for (const key of [frame.strength, `${frame.kind} ${frame.strength}`]) {
      tally.live.set(key, (tally.live.get(key) ?? 0) + 1)
    }
  }
  const heads = model.heads.length
  const aloneNorm = lengthNorm(features)
  const pairNorm = lengthNorm(features + tally.lastFeatures)
  let peak = Number.NEGATIVE_INFINITY
  for (let head = 0; head < heads; head++) {
    const sum = sums[head] ?? 0
    let highest = logOdds(model, head, sum, aloneNorm)
    if (tally.lastFeatures > 0) {
      const pair = logOdds(model, head, sum + (tally.lastSums[head] ?? 0), pairNorm)
      if (pair > highest) highest = pair
    }
    if (highest > peak) peak = highest
    if (highest > (tally.best[head] ?? -8)) tally.best[head] = highest
    tally.sums[head] = (tally.sums[head] ?? 0) + sum
    tally.lastSums[head] = sum
  }
  tally.features += features
  tally.lastFeatures = features
  return peak
}

/** Features of some 130 words, the longest reply of the training. */
const mostFeatures = 2_400

/**
 * The log-odds that a head gives to all sentences so far. Beyond `mostFeatures` the mean counts: the root of a length that
 * no training reply has would make a certainty of the faintest sign.
 */
export function wholeLogOdds(tally: Tally, model: LinearModel, head: number): number {
  const sum = tally.sums[head] ?? 0
  const share = Math.min(1, mostFeatures / Math.max(1, tally.features))
  return logOdds(model, head, sum * share, lengthNorm(tally.features * share))
}

function logOdds(model: LinearModel, head: number, sum: number, norm: number): number {
  return (model.biases[head] ?? 0) + (sum * (model.scales[head] ?? 0)) / norm
}
