import { HarmKind } from '../finding.ts'
import { createVocabulary } from '../phrases/phrase-trie.ts'
import { aboutNothing, type ExtraFeature } from '../text/ngrams.ts'
import { createTokenizer, type Tokens } from '../text/tokens.ts'
import { createWordBook, type WordBook } from '../text/word-book.ts'
import type { WeighedWord } from '../text/word-sums.ts'
import type { PersonMark } from './frames/frame.ts'
import { createReplyGrammar, type SentenceGrammar } from './grammar.ts'
import { createPhraseTables, type PhraseTables } from './phrase-tables.ts'
import { indexReplyWordClasses } from './word-classes.ts'

/** Everything that the models look at in one sentence of a reply. */
export interface SentenceReading extends SentenceGrammar {
  /** Used again for the next sentence. */
  tokens: Tokens<WeighedWord>
  words: number
  exclamations: number
  /** What the grammar found, as features for the models. */
  features: readonly ExtraFeature[]
}

/** Reads sentences of replies, and what they answer; build once, use for every reply. */
export interface ReplyReader {
  readSentence(text: string): SentenceReading
  /** What the person's words say that a reply must be judged against; of a long message its beginning. */
  readPerson(text: string): ReadonlySet<PersonMark>
  /** Leaves nothing of the last sentence behind. */
  forget(): void
  /** Phrases that no reply may say. */
  readonly phrases: PhraseTables
}

/** `any` first: the trainer looks for the sentence that shows most of it. An omission is in no sentence. */
export const replyHeads: readonly ('any' | HarmKind)[] = [
  'any',
  ...HarmKind.options.filter((kind) => kind !== 'omission'),
]

type Weigh = (text: string, hash: number) => Pick<WeighedWord, 'about' | 'sums' | 'count'>

/** The same for training, where words have no weights yet, and for detection. */
export function createReplyReader(weigh: Weigh = unweighed()): ReplyReader {
  const vocabulary = createVocabulary()
  const phrases = createPhraseTables(vocabulary)
  const grammar = createReplyGrammar(vocabulary)
  // A reply is read as it is written: nothing in it is repaired.
  const book: WordBook<WeighedWord> = createWordBook((text, hash) => ({
    text,
    hash,
    id: vocabulary.idOf(text),
    ...weigh(text, hash),
  }))
  const replies = createTokenizer(book)
  const persons = createTokenizer(book)
  return {
    phrases,
    readSentence(text) {
      const tokens = replies.read(text)
      const found = grammar.readSentence(tokens)
      const exclamations = Math.min(maxExclamations, tokens.exclamations)
      return { ...found, tokens, words: tokens.length, exclamations, features: featuresOf(found) }
    },
    readPerson(text) {
      const found = grammar.readPerson(persons.read(text.slice(0, maxPersonUnits)))
      persons.forget()
      return found
    },
    forget: replies.forget,
  }
}

const maxExclamations = 4
const maxPersonUnits = 4_000

function unweighed(): Weigh {
  const classes = indexReplyWordClasses()
  return (text) => ({ about: classes.get(text) ?? aboutNothing, sums: aboutNothing, count: 0 })
}

/** What the grammar found, as named features at the word where each thing begins. */
function featuresOf({ hits, care, isQuestion }: SentenceGrammar): ExtraFeature[] {
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
