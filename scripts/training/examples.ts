import { createCrisisWords } from '../../src/detectors/crisis/crisis-words.ts'
import { createGrammar } from '../../src/detectors/crisis/grammar.ts'
import { type Reading, readTokens } from '../../src/detectors/crisis/reading.ts'
import { type HashedWords, hashWords } from '../../src/detectors/text/ngrams.ts'
import { createRepairer } from '../../src/detectors/text/repairer.ts'
import { createTokenizer } from '../../src/detectors/text/tokens.ts'
import type { Example } from './fit.ts'
import { withNoise } from './noise.ts'
import { createRandom, pick, seedOf } from './random.ts'
import type { Row } from './rows.ts'

export const heads = [
  'any',
  'suicidal-ideation',
  'self-harm',
  'harm-to-others',
  'abuse',
  'medical-emergency',
  'third-party',
  'history',
] as const

/** A reading with its features as numbers of buckets. */
export interface HashedReading extends Reading {
  hashed: HashedWords
}

export interface Reader {
  read(text: string): HashedReading
}

export function createReader(bucketBits: number): Reader {
  const grammar = createGrammar()
  const { idOf, words } = grammar.vocabulary
  const repairer = createRepairer(words(), (word) => idOf(word) > 0)
  const book = createCrisisWords(idOf, repairer)
  const tokenizer = createTokenizer(book)
  return {
    read(text) {
      const reading = readTokens(tokenizer.read(text).copy(), { grammar, repairer, book })
      return { ...reading, hashed: hashWords(reading.tokens, bucketBits, reading.features) }
    },
  }
}

/** The text of a row that its label is about: what the person wrote. */
export function textOf(row: Row): string {
  return row.messages
    .filter(({ role }) => role === 'user')
    .map(({ text }) => text)
    .join('\n')
}

export const buriedShare = 0.3

/** The text in the middle of other, benign texts; what it says must not drown there, and length alone must say nothing. */
export function buried(text: string, benign: readonly Row[], random: () => number): string | undefined {
  const before = pick(benign, random)
  const after = pick(benign, random)
  if (before === undefined || after === undefined) return undefined
  const gap = random() < 0.5 ? '. ' : '\n'
  const parts = random() < 0.6 ? [textOf(before), text, textOf(after)] : [textOf(before), textOf(after), text]
  return parts.join(gap)
}

/**
 * Rows as examples, with noisy copies beside them, and crises buried in the middle of benign text.
 * Families stay what they are, so that no copy of a row is ever on the other side of a split.
 */
export function toExamples(rows: readonly Row[], reader: Reader, copies: number, seed: number): Example[] {
  const random = createRandom(seed)
  const familySizes = new Map<string, number>()
  for (const { family } of rows) familySizes.set(family, (familySizes.get(family) ?? 0) + 1)
  const benign = calmRows(rows)
  const examples: Example[] = []
  for (const row of rows) {
    const text = textOf(row)
    const weight = 1 / (familySizes.get(row.family) ?? 1) ** 0.35
    const add = (variant: string, share: number) => {
      const { hashed, windows } = reader.read(variant)
      if (hashed.ends.length > 0)
        examples.push({ family: row.family, hashed, windows, truth: truthOf(row), weight: weight * share })
    }
    add(text, 1)
    const rowRandom = createRandom(seedOf(text) ^ seed)
    for (let copy = 0; copy < copies; copy++) add(withNoise(text, rowRandom), 0.5)
    const long = row.lang === 'en' && random() < buriedShare ? buried(text, benign, random) : undefined
    if (long !== undefined) add(long, 0.4)
  }
  return examples
}

export function calmRows(rows: readonly Row[]): Row[] {
  return rows.filter(({ label, kind, lang }) => label === 0 && kind !== 'history' && lang === 'en')
}

function truthOf({ label, category, level, kind }: Row): Uint8Array {
  const isHistory = kind === 'history' || level === 'history'
  return Uint8Array.from(heads, (head) => {
    if (head === 'any') return label
    if (head === 'history') return isHistory ? 1 : 0
    return label === 1 && category === head ? 1 : 0
  })
}
