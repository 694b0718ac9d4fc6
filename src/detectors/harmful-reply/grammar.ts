import { compilePattern, type Pattern, type PatternMatch } from '../crisis/pattern.ts'
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
  /** The number of a word in the patterns, 0 for none. */
  idOf(word: string): number
  readSentence(tokens: Tokens): SentenceGrammar
  readPerson(text: string): ReadonlySet<PersonMark>
}

/** One pattern of a harm or of something that a caring reply has. */
type ReplyRule = { pattern: Pattern } & ({ frame: HarmFrame } | { mark: CareMark })

/** Compiles all frames: a few milliseconds, once. */
export function createReplyGrammar(): ReplyGrammar {
  const vocabulary = createVocabulary()
  const scope = createScope(vocabulary)
  const compile = (source: string) => compilePattern(source, replyClasses, vocabulary)
  const harm = [...directHarm, ...manner, ...claims, ...bonds, ...otherLanguages].flatMap((frame) =>
    frame.patterns.map((source): ReplyRule => ({ frame, pattern: compile(source) })),
  )
  const caring = care.flatMap(({ mark, patterns }) =>
    patterns.map((source): ReplyRule => ({ mark, pattern: compile(source) })),
  )
  const index = indexRules([...harm, ...caring], vocabulary)
  const personWords = createVocabulary()
  const personRules = indexMarks(person, personWords)
  return {
    idOf: vocabulary.idOf,
    readSentence: (tokens) => readSentence(tokens, vocabulary, scope, index),
    readPerson(text) {
      if (text === '') return nobody
      const tokens = tokenize(text.length > maxPersonUnits ? text.slice(0, maxPersonUnits) : text)
      const found = new Set<PersonMark>()
      findMatches(personRules, idsOf(tokens, personWords), { steps: maxPersonSteps }, ({ mark }) => {
        found.add(mark)
      })
      return found
    },
  }
}

/** Enough for every sentence a model writes; only text made to be slow runs out. */
const maxSteps = 40_000
const maxPersonSteps = 40_000
const maxPersonUnits = 4_000
const nobody: ReadonlySet<PersonMark> = new Set()

function readSentence(
  tokens: Tokens,
  vocabulary: Vocabulary,
  scope: Scope,
  index: RuleIndex<ReplyRule>,
): SentenceGrammar {
  const ids = idsOf(tokens, vocabulary)
  const isQuestion = tokens.text.includes('?')
  const found = new Map<CareMark, number>()
  const harms: { frame: HarmFrame; match: PatternMatch }[] = []
  findMatches(index, ids, { steps: maxSteps }, (rule, match) => {
    if ('frame' in rule) {
      harms.push({ frame: rule.frame, match })
      return
    }
    const known = found.get(rule.mark)
    if (known === undefined || match.from < known) found.set(rule.mark, match.from)
  })
  // Asking takes a question mark: "are you" alone is also half of a statement.
  if (!isQuestion) {
    found.delete('asks-directly')
    found.delete('question')
  }
  const hits: HarmHit[] = []
  if (harms.length > 0) {
    const refusalAt = found.get('refusal') ?? -1
    const sentence = { tokens, ids, isQuestion, refusalAt, hasPrescriber: found.has('prescriber') }
    for (const { frame, match } of harms) {
      if (hits.some((hit) => hit.frame === frame && hit.from === match.from)) continue
      hits.push({ frame, from: match.from, to: match.to, standing: scope.standingOf(frame, match, sentence) })
    }
  }
  return { tokens, hits, care: found, isQuestion }
}

function idsOf({ words, facts }: Tokens, { idOf }: Vocabulary): Int32Array {
  const ids = new Int32Array(words.length)
  for (let at = 0; at < ids.length; at++) ids[at] = facts?.[at]?.id ?? idOf(words[at] ?? '')
  return ids
}

type MarkIndex<Mark extends string> = RuleIndex<{ mark: Mark; pattern: Pattern }>

function indexMarks<Mark extends string>(
  frames: readonly MarkFrame<Mark>[],
  vocabulary: Vocabulary,
): MarkIndex<Mark> {
  const rules = frames.flatMap(({ mark, patterns }) =>
    patterns.map((source) => ({ mark, pattern: compilePattern(source, replyClasses, vocabulary) })),
  )
  return indexRules(rules, vocabulary)
}
