import { HarmKind } from '../finding.ts'
import { type ExtraFeature, type HashedWords, hashWords, type WordClasses } from '../text/ngrams.ts'
import { tokenize } from '../text/tokens.ts'
import { createReplyGrammar, type ReplyGrammar, type SentenceGrammar } from './grammar.ts'
import { indexReplyWordClasses } from './word-classes.ts'

/** Everything that the models look at in one sentence of a reply. */
export interface SentenceReading extends SentenceGrammar {
  hashed: HashedWords
  exclamations: number
}

/** Reads sentences; build once, use for every reply. */
export interface ReplyReader {
  grammar: ReplyGrammar
  readSentence(text: string): SentenceReading
}

/** `any` first: the trainer looks for the sentence that shows most of it. An omission is in no sentence. */
export const replyHeads: readonly ('any' | HarmKind)[] = [
  'any',
  ...HarmKind.options.filter((kind) => kind !== 'omission'),
]

export function createReplyReader(bucketBits: number): ReplyReader {
  const grammar = createReplyGrammar()
  const classes = indexReplyWordClasses()
  return { grammar, readSentence: (text) => readSentence(text, grammar, classes, bucketBits) }
}

function readSentence(
  text: string,
  grammar: ReplyGrammar,
  classes: WordClasses,
  bucketBits: number,
): SentenceReading {
  const reading = grammar.readSentence(tokenize(text))
  let exclamations = 0
  for (let at = text.indexOf('!'); at !== -1 && exclamations < 4; at = text.indexOf('!', at + 1))
    exclamations++
  return {
    ...reading,
    exclamations,
    hashed: hashWords(reading.tokens, bucketBits, featuresOf(reading), classes),
  }
}

/** What the grammar found, as named features at the word where each thing begins. */
function featuresOf({ hits, care, isQuestion }: SentenceGrammar): ExtraFeature[] {
  const features: ExtraFeature[] = hits.flatMap(({ frame, standing, from }) => [
    { word: from, name: `frame ${frame.kind} ${frame.strength} ${standing}` },
    { word: from, name: `any ${frame.strength} ${standing}` },
  ])
  for (const [mark, word] of care) features.push({ word, name: `care ${mark}` })
  if (isQuestion) features.push({ word: 0, name: 'asks' })
  return features
}
