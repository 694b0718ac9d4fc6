import type { ExtraFeature } from '../text/ngrams.ts'
import { type Repairer, repair } from '../text/repair.ts'
import { sentencesOf, type Tokens } from '../text/tokens.ts'
import type { WordFacts } from '../text/word-facts.ts'
import { type Grammar, type GrammarReading, gravityOf, type Hit } from './grammar.ts'
import type { Context } from './scope.ts'

/** Everything that the models look at in one text. */
export interface Reading {
  tokens: Tokens
  grammar: GrammarReading
  /** What the grammar found, as features for the models. */
  features: readonly ExtraFeature[]
  windows: readonly Window[]
}

export interface Window {
  from: number
  to: number
}

/** From words to features; the same for training and for detection, where `lookUp` makes it faster. */
export function readTokens(
  written: Tokens,
  grammar: Grammar,
  repairer: Repairer,
  lookUp?: (word: string) => WordFacts,
): Reading {
  const known = lookUp === undefined ? written : { ...written, facts: written.words.map(lookUp) }
  const tokens = repair(known, repairer, lookUp)
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

export function strengthOf({ frame, standing }: Hit): string {
  return standing === 'live' ? frame.strength : standing
}

const slideWords = 18
const slideStep = 9
const maxWindows = 120
/** As `sentencesOf` cuts them. */
const maxSentenceWords = 60

/**
 * Sentences, pairs of sentences, and stretches of a sentence that goes on and on. When they are too many, those around the
 * gravest hits stay, then those at the beginning and at the end.
 */
export function windowsOf(tokens: Tokens, hits: readonly Hit[] = []): Window[] {
  const sentences = sentencesOf(tokens)
  const windows: Window[] = []
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
  const around = new Set<Window>()
  for (const hit of [...hits].sort((a, b) => gravityOf(b) - gravityOf(a)))
    for (const window of windowsAround(windows, hit)) if (around.size < maxWindows / 2) around.add(window)
  const half = (maxWindows - around.size) / 2
  const others = windows.filter((window) => !around.has(window))
  return [...around, ...others.slice(0, Math.ceil(half)), ...others.slice(-Math.floor(half))]
}

/** The windows that hold where a hit begins; windows stand in the order of their sentences. */
function windowsAround(windows: readonly Window[], { from }: Hit): Window[] {
  let low = 0
  let high = windows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((windows[middle]?.from ?? 0) + 2 * maxSentenceWords < from) low = middle + 1
    else high = middle
  }
  const around: Window[] = []
  for (let at = low; at < windows.length; at++) {
    const window = windows[at]
    if (window === undefined || window.from > from) break
    if (window.to > from) around.push(window)
  }
  return around
}
