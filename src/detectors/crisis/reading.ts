import type { ExtraFeature } from '../text/ngrams.ts'
import { repair } from '../text/repair.ts'
import type { Repairer } from '../text/repairer.ts'
import { maxSentenceWords, type Span, type Tokens } from '../text/tokens.ts'
import type { WordBook } from '../text/word-book.ts'
import type { CrisisWord } from './crisis-words.ts'
import { type Grammar, type GrammarReading, gravityOf, type Hit } from './grammar.ts'
import type { Context } from './scope.ts'

/** Everything that the models look at in one text. */
export interface Reading {
  tokens: Tokens<CrisisWord>
  grammar: GrammarReading
  /** What the grammar found, as features for the models. */
  features: readonly ExtraFeature[]
  windows: readonly Span[]
}

/** What reads words; the same for training and for detection. */
export interface ReadParts {
  grammar: Grammar
  repairer: Repairer
  book: WordBook<CrisisWord>
}

/** From words to features. */
export function readTokens(written: Tokens<CrisisWord>, { grammar, repairer, book }: ReadParts): Reading {
  const tokens = repair(written, repairer, book)
  const reading = grammar.read(tokens)
  return { tokens, grammar: reading, features: featuresOf(reading), windows: windowsOf(tokens, reading.hits) }
}

/** What the grammar found, as named features at the word where each thing begins. */
function featuresOf({ hits, context }: GrammarReading): ExtraFeature[] {
  const features: ExtraFeature[] = marksOf(context).map((mark) => ({ word: 0, name: `context ${mark}` }))
  for (const hit of hits) {
    const what = `${hit.frame.name} ${hit.standing}`
    features.push(
      { word: hit.from, name: `frame ${what}` },
      { word: hit.from, name: `category ${hit.category} ${hit.frame.strength} ${hit.standing}` },
      { word: hit.from, name: `level ${hit.level} ${hit.standing}` },
    )
    for (const mark of marksOf(hit.context))
      features.push({ word: hit.from, name: `standing ${strengthOf(hit)} ${mark}` })
  }
  return features
}

function marksOf(context: Context): string[] {
  return Object.entries(context)
    .filter(([, isSo]) => isSo)
    .map(([mark]) => mark)
}

function strengthOf({ frame, standing }: Hit): string {
  return standing === 'live' ? frame.strength : standing
}

const slideWords = 18
const slideStep = 9
const maxWindows = 120

/**
 * Sentences, pairs of sentences, and stretches of a sentence that goes on and on. When they are too many, those around the
 * gravest hits stay, then those at the beginning and at the end.
 */
function windowsOf(tokens: Tokens, hits: readonly Hit[] = []): Span[] {
  const sentences = tokens.sentences()
  const windows: Span[] = []
  sentences.forEach((sentence, index) => {
    windows.push(sentence)
    const next = sentences[index + 1]
    if (next !== undefined) windows.push({ from: sentence.from, to: next.to })
    if (sentence.to - sentence.from > slideWords + slideStep) {
      for (let from = sentence.from; from + slideWords < sentence.to + slideStep; from += slideStep) {
        windows.push({ from, to: Math.min(sentence.to, from + slideWords) })
      }
    }
  })
  if (windows.length <= maxWindows) return windows
  const around = new Set<Span>()
  for (const hit of [...hits].sort((a, b) => gravityOf(b) - gravityOf(a)))
    for (const window of windowsAround(windows, hit)) if (around.size < maxWindows / 2) around.add(window)
  const half = (maxWindows - around.size) / 2
  const others = windows.filter((window) => !around.has(window))
  return [...around, ...others.slice(0, Math.ceil(half)), ...others.slice(-Math.floor(half))]
}

/** The windows that hold where a hit begins; windows stand in the order of their sentences. */
function windowsAround(windows: readonly Span[], { from }: Hit): Span[] {
  let low = 0
  let high = windows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((windows[middle]?.from ?? 0) + 2 * maxSentenceWords < from) low = middle + 1
    else high = middle
  }
  const around: Span[] = []
  for (let at = low; at < windows.length; at++) {
    const window = windows[at]
    if (window === undefined || window.from > from) break
    if (window.to > from) around.push(window)
  }
  return around
}
