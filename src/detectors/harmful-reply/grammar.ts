import { compilePattern, type Pattern } from '../crisis/pattern.ts'
import { createVocabulary, type Vocabulary } from '../crisis/phrase-trie.ts'
import { type Tokens, tokenize } from '../text/tokens.ts'
import { bonds } from './frames/bonds.ts'
import { care } from './frames/care.ts'
import { claims } from './frames/claims.ts'
import { replyClasses } from './frames/classes.ts'
import { directHarm } from './frames/direct-harm.ts'
import type { CareMark, HarmFrame, MarkFrame, PersonMark } from './frames/frame.ts'
import { manner } from './frames/manner.ts'
import { otherLanguages } from './frames/other-languages.ts'
import { person } from './frames/person.ts'
import { findMatches, indexRules, type RuleIndex } from './rules.ts'
import { createScope, type Scope, type Standing } from './scope.ts'

/** A harmful phrase in a sentence; word indexes, `to` exclusive. */
export interface HarmHit {
  frame: HarmFrame
  from: number
  to: number
  standing: Standing
}

/** What one sentence of a reply says. */
export interface SentenceGrammar {
  tokens: Tokens
  hits: HarmHit[]
  care: ReadonlyMap<CareMark, number>
  isQuestion: boolean
}

export interface ReplyGrammar {
  readSentence(text: string): SentenceGrammar
  readPerson(text: string): ReadonlySet<PersonMark>
}

/** Compiles all frames: a few milliseconds, once. */
export function createReplyGrammar(): ReplyGrammar {
  const vocabulary = createVocabulary()
  const scope = createScope(vocabulary)
  const harm = indexRules(
    [...directHarm, ...manner, ...claims, ...bonds, ...otherLanguages].flatMap((frame) =>
      frame.patterns.map((source) => ({ frame, pattern: compilePattern(source, replyClasses, vocabulary) })),
    ),
  )
  const careRules = indexMarks(care, vocabulary)
  const personWords = createVocabulary()
  const personRules = indexMarks(person, personWords)
  return {
    readSentence: (text) => readSentence(text, vocabulary, scope, harm, careRules),
    readPerson(text) {
      const tokens = tokenize(text.length > maxPersonUnits ? text.slice(0, maxPersonUnits) : text)
      const ids = Int32Array.from(tokens.words, (word) => personWords.idOf(word))
      return new Set(marksIn(personRules, ids, maxPersonSteps).keys())
    },
  }
}

/** Enough for every sentence a model writes; only text made to be slow runs out. */
const maxSteps = 20_000
const maxPersonSteps = 40_000
const maxPersonUnits = 4_000

function readSentence(
  text: string,
  vocabulary: Vocabulary,
  scope: Scope,
  harm: RuleIndex<{ frame: HarmFrame; pattern: Pattern }>,
  careRules: MarkIndex<CareMark>,
): SentenceGrammar {
  const tokens = tokenize(text)
  const ids = Int32Array.from(tokens.words, (word) => vocabulary.idOf(word))
  const isQuestion = tokens.text.includes('?')
  const found = marksIn(careRules, ids, maxSteps)
  // Asking takes a question mark: "are you" alone is also half of a statement.
  if (!isQuestion) {
    found.delete('asks-directly')
    found.delete('question')
  }
  const sentence = {
    tokens,
    ids,
    isQuestion,
    refusalAt: found.get('refusal') ?? -1,
    hasPrescriber: found.has('prescriber'),
  }
  const hits: HarmHit[] = []
  findMatches(harm, ids, { steps: maxSteps }, ({ frame }, match) => {
    const known = hits.some((hit) => hit.frame === frame && hit.from === match.from)
    if (known) return
    hits.push({ frame, from: match.from, to: match.to, standing: scope.standingOf(frame, match, sentence) })
  })
  return { tokens, hits, care: found, isQuestion }
}

type MarkIndex<Mark extends string> = RuleIndex<{ mark: Mark; pattern: Pattern }>

function indexMarks<Mark extends string>(
  frames: readonly MarkFrame<Mark>[],
  vocabulary: Vocabulary,
): MarkIndex<Mark> {
  return indexRules(
    frames.flatMap(({ mark, patterns }) =>
      patterns.map((source) => ({ mark, pattern: compilePattern(source, replyClasses, vocabulary) })),
    ),
  )
}

/** Marks with the word at which each stands first. */
function marksIn<Mark extends string>(
  index: MarkIndex<Mark>,
  ids: Int32Array,
  steps: number,
): Map<Mark, number> {
  const found = new Map<Mark, number>()
  findMatches(index, ids, { steps }, ({ mark }, { from }) => {
    const known = found.get(mark)
    if (known === undefined || from < known) found.set(mark, from)
  })
  return found
}
