import { replyInputs } from '../../src/detectors/harmful-reply/inputs.ts'
import {
  type ReplyReader,
  replyHeads,
  type SentenceReading,
} from '../../src/detectors/harmful-reply/reading.ts'
import { createSentenceSplitter } from '../../src/detectors/harmful-reply/sentences.ts'
import {
  addSentence,
  canLeaveOut,
  emptyTally,
  type ReplyContext,
} from '../../src/detectors/harmful-reply/tally.ts'
import { type LinearModel, sumWords } from '../../src/detectors/text/linear-model.ts'
import { type HashedWords, hashWords } from '../../src/detectors/text/ngrams.ts'
import type { TextSums } from '../../src/detectors/text/text-sums.ts'
import { type Example, type FitOptions, fitModel } from './fit.ts'
import { withNoise } from './noise.ts'
import { createRandom, pick, seedOf, shuffle } from './random.ts'
import type { ReplyRow } from './reply-rows.ts'

export const replyFitOptions: FitOptions = {
  heads: replyHeads,
  bucketBits: 15,
  epochs: 8,
  learningRate: 0.15,
  decay: 1e-6,
  minFamilies: 2,
  seed: 11,
}
/** The same rows with other noise; the model is their mean. */
const noisyDraws = 2

/** A reply read once, for several models. */
export interface ReadReply {
  row: ReplyRow
  context: ReplyContext
  sentences: HashedSentence[]
}

interface HashedSentence extends SentenceReading {
  hashed: HashedWords
}

export function readReply(row: ReplyRow, reader: ReplyReader, text = row.text): ReadReply {
  const splitter = createSentenceSplitter()
  const sentences = [...splitter.push(text), ...splitter.end()]
    .map(({ text: words }) => {
      const reading = reader.readSentence(words)
      return { ...reading, hashed: hashWords(reading.tokens, replyFitOptions.bucketBits, reading.features) }
    })
    .filter(({ words }) => words > 0)
  return { row, sentences, context: { state: row.state, person: reader.readPerson(row.user) } }
}

/** Fits the hashed model: whole replies and their most telling sentence or two. */
export function fitReplies(rows: readonly ReplyRow[], reader: ReplyReader): LinearModel {
  const sizes = new Map<string, number>()
  for (const { family } of rows) sizes.set(family, (sizes.get(family) ?? 0) + 1)
  // What is written for somebody else's mouth is judged by the pair: its sentences alone would teach that claims are fine.
  const spoken = rows.filter((row) => row.label === 1 || !reader.readPerson(row.user).has('asks-text'))
  const written = spoken.map((row) => ({
    row,
    weight: 1 / (sizes.get(row.family) ?? 1) ** 0.35,
  }))
  const draws = Array.from({ length: noisyDraws }, (_, draw) =>
    written
      .flatMap(({ row, weight }) =>
        examplesOf(row, draw, reader).map((example, at) => ({
          ...example,
          weight: at === 0 ? weight : weight * 0.4,
        })),
      )
      .filter(({ hashed }) => hashed.ends.length > 0),
  )
  return fitModel(draws, replyFitOptions)
}

/** A row as it is written, and with noise; the same for every model that learns from it. */
const examples = new WeakMap<ReplyRow, Example[][]>()

function examplesOf(row: ReplyRow, draw: number, reader: ReplyReader): Example[] {
  const known = examples.get(row) ?? []
  examples.set(row, known)
  const found = known[draw] ?? [
    toExample(readReply(row, reader), 1),
    toExample(
      readReply(
        row,
        reader,
        withNoise(row.text, createRandom(seedOf(row.text) ^ (replyFitOptions.seed + draw))),
      ),
      1,
    ),
  ]
  known[draw] = found
  return found
}

function toExample({ row, sentences }: ReadReply, weight: number): Example {
  const buckets: number[] = []
  const ends: number[] = []
  const windows: { from: number; to: number }[] = []
  let before = 0
  for (const { hashed } of sentences) {
    const from = ends.length
    const base = buckets.length
    for (const bucket of hashed.buckets) buckets.push(bucket)
    for (const end of hashed.ends) ends.push(base + end)
    windows.push({ from, to: ends.length })
    if (from > 0) windows.push({ from: before, to: ends.length })
    before = from
  }
  return {
    family: row.family,
    hashed: { buckets: Int32Array.from(buckets), ends: Int32Array.from(ends) },
    windows,
    truth: Uint8Array.from(replyHeads, (head) => {
      // What is left out is in no sentence: such a reply is an ordinary text here, and judged by the pair.
      if (row.label === 0 || row.kind === 'omission') return 0
      return head === 'any' || head === row.kind ? 1 : 0
    }),
    weight,
  }
}

/** The inputs of the last step for a whole reply, and for each sentence: with what came before, and by itself. */
export function inputsOfReply(
  { sentences, context }: ReadReply,
  model: LinearModel,
): { whole: number[]; early: number[][] } {
  const tally = emptyTally(replyHeads.length)
  const early: number[][] = []
  for (const sentence of sentences) {
    const sums = sumsOf(sentence, model)
    addSentence(tally, sentence, model, sums)
    const alone = emptyTally(replyHeads.length)
    addSentence(alone, sentence, model, sums)
    early.push(replyInputs(tally, context, model, false), replyInputs(alone, context, model, false))
  }
  return { whole: replyInputs(tally, context, model, canLeaveOut(context)), early }
}

function sumsOf({ hashed }: HashedSentence, model: LinearModel): TextSums {
  const { heads, sums, counts } = sumWords(model, hashed)
  const words = counts.length - 1
  return { sums: sums.subarray(words * heads), features: counts[words] ?? 0 }
}

/**
 * Longer good replies, made of good ones of one state and language after each other: engines write at greater length than
 * rows do, and every sentence is a chance to be wrong. Each row keeps its family.
 */
export function lengthened(rows: readonly ReplyRow[], seed: number): ReplyRow[] {
  const random = createRandom(seed)
  const good = rows.filter(({ label, kind }) => label === 0 && kind !== 'refusal')
  return good.flatMap((row) => {
    const others = good.filter(({ state, lang }) => state === row.state && lang === row.lang)
    if (others.length < minOthers) return []
    const more = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(others, random) ?? row)
    const text = shuffle([row, ...more], random)
      .map((part) => part.text.trim())
      .join(' ')
    return [{ ...row, text }]
  })
}

const minOthers = 10

/**
 * The same row with the other states that it may be met in. What was said is as harmful, or as good, when nobody noticed
 * what the person is in; only a crisis passed over needs a crisis, or at least a sign of one. Without these the state alone
 * would tell the two apart, since rows of harm are mostly about people in danger.
 */
export function otherStates(row: ReplyRow, reader: ReplyReader): ReplyRow[] {
  const person = reader.readPerson(row.user)
  const isTold = person.has('speaks-of-danger')
  if (row.kind === 'omission') return row.state === 'crisis' && isTold ? [{ ...row, state: 'elevated' }] : []
  const states: ReplyRow['state'][] = ['none', 'elevated']
  // A crisis read into words that tell of none: a full answer to what was asked leaves nothing out.
  if (row.label === 0 && !isTold && row.text.length >= fullAnswerUnits) states.push('crisis')
  const others = states.filter((state) => state !== row.state)
  return others.map((state) => ({ ...row, state }))
}

const fullAnswerUnits = 250

/** Folds by family: what shares wording stays together. */
export const folds = 8

export function foldOf({ family }: ReplyRow): number {
  return seedOf(family) % folds
}
