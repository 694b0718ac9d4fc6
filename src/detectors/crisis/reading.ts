import type { ExtraFeature } from '../text/ngrams.ts'
import { type Repairer, repair } from '../text/repair.ts'
import { sentencesOf, type Tokens } from '../text/tokens.ts'
import type { WordFacts } from '../text/word-facts.ts'
import type { Grammar, GrammarReading, Hit } from './grammar.ts'

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
  return { tokens, grammar: reading, features: featuresOf(reading), windows: windowsOf(tokens) }
}

/** What the grammar found, as named features at the word where each thing begins. */
function featuresOf({ hits, context }: GrammarReading): ExtraFeature[] {
  const about = Object.entries(context)
    .filter(([, isSo]) => isSo)
    .map(([mark]) => mark)
  const features: ExtraFeature[] = about.map((mark) => ({ word: 0, name: `context ${mark}` }))
  for (const hit of hits) {
    const what = `${hit.frame.name} ${hit.standing}`
    features.push(
      { word: hit.from, name: `frame ${what}` },
      { word: hit.from, name: `category ${hit.category} ${hit.frame.strength} ${hit.standing}` },
      { word: hit.from, name: `level ${hit.level} ${hit.standing}` },
    )
    for (const mark of about) features.push({ word: hit.from, name: `standing ${strengthOf(hit)} ${mark}` })
  }
  return features
}

export function strengthOf({ frame, standing }: Hit): string {
  return standing === 'live' ? frame.strength : standing
}

const slideWords = 18
const slideStep = 9
const maxWindows = 120

/** Sentences, pairs of sentences, and stretches of a sentence that goes on and on. */
export function windowsOf(tokens: Tokens): Window[] {
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
  const half = maxWindows / 2
  return [...windows.slice(0, half), ...windows.slice(-half)]
}
