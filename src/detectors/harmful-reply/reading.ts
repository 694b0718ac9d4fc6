import { HarmKind } from '../finding.ts'
import type { ExtraFeature } from '../text/ngrams.ts'
import { tokenize } from '../text/tokens.ts'
import { remembered, type WordFacts } from '../text/word-facts.ts'
import type { WeighedWord } from '../text/word-sums.ts'
import { createReplyGrammar, type ReplyGrammar, type SentenceGrammar } from './grammar.ts'

/** Everything that the models look at in one sentence of a reply. */
export interface SentenceReading extends SentenceGrammar {
  /** What the grammar found, as features for the models. */
  features: readonly ExtraFeature[]
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

/** The same for training and for detection, where `weigh` makes it faster: each word is then looked up once. */
export function createReplyReader(weigh?: (word: string) => WeighedWord): ReplyReader {
  const grammar = createReplyGrammar()
  if (weigh === undefined) return { grammar, readSentence: (text) => readSentence(text, grammar, undefined) }
  const lookUp = remembered(
    // A reply is read as it is written: nothing in it is repaired.
    (word): WordFacts => ({
      ...weigh(word),
      id: grammar.idOf(word),
      correction: undefined,
      isOrdinary: true,
    }),
  )
  return { grammar, readSentence: (text) => readSentence(text, grammar, lookUp) }
}

function readSentence(
  text: string,
  grammar: ReplyGrammar,
  lookUp: ((word: string) => WordFacts) | undefined,
): SentenceReading {
  const tokens = tokenize(text)
  if (lookUp !== undefined) tokens.facts = tokens.words.map(lookUp)
  const { hits, care, isQuestion } = grammar.readSentence(tokens)
  let exclamations = 0
  for (let at = text.indexOf('!'); at !== -1 && exclamations < 4; at = text.indexOf('!', at + 1))
    exclamations++
  return { tokens, hits, care, isQuestion, exclamations, features: featuresOf(hits, care, isQuestion) }
}

/** What the grammar found, as named features at the word where each thing begins. */
function featuresOf(
  hits: SentenceGrammar['hits'],
  care: SentenceGrammar['care'],
  isQuestion: boolean,
): ExtraFeature[] {
  const features: ExtraFeature[] = []
  for (const { frame, standing, from } of hits) {
    features.push(
      { word: from, name: `frame ${frame.kind} ${frame.strength} ${standing}` },
      { word: from, name: `any ${frame.strength} ${standing}` },
    )
  }
  for (const [mark, word] of care) features.push({ word, name: `care ${mark}` })
  if (isQuestion) features.push({ word: 0, name: 'asks' })
  return features
}
