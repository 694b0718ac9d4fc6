import { isPhrase, PhraseMarks } from '../phrases/marks.ts'
import { createPatternCompiler, type Pattern, type PatternMatch } from '../phrases/pattern.ts'
import type { Vocabulary } from '../phrases/phrase-trie.ts'
import { RuleIndex } from '../phrases/rules.ts'
import type { Tokens } from '../text/tokens.ts'
import { bonds } from './frames/bonds.ts'
import { care } from './frames/care.ts'
import { claims } from './frames/claims.ts'
import { replyClasses } from './frames/classes.ts'
import { directHarm } from './frames/direct-harm.ts'
import type { CareMark, HarmFrame, PersonMark } from './frames/frame.ts'
import { manner } from './frames/manner.ts'
import { otherLanguages } from './frames/other-languages.ts'
import { person } from './frames/person.ts'
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
  hits: HarmHit[]
  care: ReadonlyMap<CareMark, number>
  isQuestion: boolean
}

export interface ReplyGrammar {
  readSentence(tokens: Tokens): SentenceGrammar
  readPerson(tokens: Tokens): ReadonlySet<PersonMark>
}

/** One pattern of a harm or of something that a caring reply has. */
type ReplyRule = { pattern: Pattern } & ({ frame: HarmFrame } | { mark: CareMark })

/** Compiles all frames: a few milliseconds, once. Adds their words to the vocabulary. */
export function createReplyGrammar(vocabulary: Vocabulary): ReplyGrammar {
  const scope = createScope(vocabulary)
  const compile = createPatternCompiler(replyClasses, vocabulary)
  const harm = [...directHarm, ...manner, ...claims, ...bonds, ...otherLanguages].flatMap((frame) =>
    frame.patterns.map((source): ReplyRule => ({ frame, pattern: compile(source) })),
  )
  const caring = care.flatMap(({ mark, patterns }) =>
    patterns.map((source) => ({ mark, pattern: compile(source) })),
  )
  const marks = person.flatMap(({ mark, patterns }) =>
    patterns.map((source) => ({ mark, pattern: compile(source) })),
  )
  const rulesOf = <Rule extends { pattern: Pattern }>(rules: readonly Rule[]) =>
    new RuleIndex(rules, vocabulary, trying)
  const always = caring.filter(({ mark }) => !isAsking(mark))
  const asking = caring.filter(({ mark }) => isAsking(mark))
  const parts: GrammarParts = {
    scope,
    rules: rulesOf<ReplyRule>([...harm, ...always.filter(isLong)]),
    marks: new PhraseMarks(always.filter(isShort), vocabulary),
    askingRules: rulesOf<ReplyRule>(asking.filter(isLong)),
    askingMarks: new PhraseMarks(asking.filter(isShort), vocabulary),
  }
  const personRules = rulesOf(marks.filter(isLong))
  const personMarks = new PhraseMarks(marks.filter(isShort), vocabulary)
  return {
    readSentence: (tokens) => readSentence(tokens, parts),
    readPerson(tokens) {
      const { ids, length } = tokens
      if (length === 0) return nobody
      const found = new Map<PersonMark, number>()
      personMarks.find(ids, 0, length, found)
      personRules.find(tokens, allOf(tokens), { steps: maxPersonSteps }, ({ mark }, { from }) => {
        found.set(mark, from)
      })
      return found.size === 0 ? nobody : new Set(found.keys())
    },
  }
}

interface GrammarParts {
  scope: Scope
  /** Harms, and marks that take more than a phrase. */
  rules: RuleIndex<ReplyRule>
  marks: PhraseMarks<CareMark>
  /** Of questions. */
  askingRules: RuleIndex<ReplyRule>
  askingMarks: PhraseMarks<CareMark>
}

const isShort = ({ pattern }: { pattern: Pattern }) => isPhrase(pattern)
const isLong = ({ pattern }: { pattern: Pattern }) => !isPhrase(pattern)

export const trying = { maxTries: 3, once: false }
export const allOf = ({ length }: Tokens) => ({ from: 0, to: length })
/** Enough for every sentence a model writes; only text made to be slow runs out. */
const maxSteps = 40_000
const maxPersonSteps = 40_000
const nobody: ReadonlySet<PersonMark> = new Set()

/** Asking takes a question mark: "are you" alone is also half of a statement. */
function isAsking(mark: CareMark): boolean {
  return mark === 'asks-directly' || mark === 'question'
}

function readSentence(tokens: Tokens, parts: GrammarParts): SentenceGrammar {
  const { scope, rules, marks, askingRules, askingMarks } = parts
  const { ids, length } = tokens
  const isQuestion = tokens.questions > 0
  const found = new Map<CareMark, number>()
  const harms: { frame: HarmFrame; match: PatternMatch }[] = []
  const note = (rule: ReplyRule, match: PatternMatch) => {
    if ('frame' in rule) {
      harms.push({ frame: rule.frame, match })
      return
    }
    const known = found.get(rule.mark)
    if (known === undefined || match.from < known) found.set(rule.mark, match.from)
  }
  const budget = { steps: maxSteps }
  marks.find(ids, 0, length, found)
  rules.find(tokens, allOf(tokens), budget, note)
  if (isQuestion) {
    askingMarks.find(ids, 0, length, found)
    askingRules.find(tokens, allOf(tokens), budget, note)
  }
  const hits: HarmHit[] = []
  if (harms.length > 0) {
    const refusalAt = found.get('refusal') ?? -1
    const sentence = { tokens, isQuestion, refusalAt, hasPrescriber: found.has('prescriber') }
    for (const { frame, match } of harms) {
      if (hits.some((hit) => hit.frame === frame && hit.from === match.from)) continue
      hits.push({ frame, from: match.from, to: match.to, standing: scope.standingOf(frame, match, sentence) })
    }
  }
  return { hits, care: found, isQuestion }
}
