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
    patterns.map((source): ReplyRule => ({ mark, pattern: compile(source) })),
  )
  const marks = person.flatMap(({ mark, patterns }) =>
    patterns.map((source) => ({ mark, pattern: compile(source) })),
  )
  const asking = caring.filter(isAsking)
  const index = new RuleIndex([...harm, ...caring.filter((rule) => !isAsking(rule))], vocabulary, trying)
  const askingIndex = new RuleIndex(asking, vocabulary, trying)
  const personIndex = new RuleIndex(marks, vocabulary, trying)
  return {
    readSentence: (tokens) => readSentence(tokens, scope, index, askingIndex),
    readPerson(tokens) {
      if (tokens.length === 0) return nobody
      const found = new Set<PersonMark>()
      personIndex.find(tokens, allOf(tokens), { steps: maxPersonSteps }, ({ mark }) => {
        found.add(mark)
      })
      return found
    },
  }
}

export const trying = { maxTries: 3, once: false }
export const allOf = ({ length }: Tokens) => ({ from: 0, to: length })
/** Enough for every sentence a model writes; only text made to be slow runs out. */
const maxSteps = 40_000
const maxPersonSteps = 40_000
const nobody: ReadonlySet<PersonMark> = new Set()

/** Asking takes a question mark: "are you" alone is also half of a statement. */
function isAsking(rule: ReplyRule): boolean {
  return 'mark' in rule && (rule.mark === 'asks-directly' || rule.mark === 'question')
}

function readSentence(
  tokens: Tokens,
  scope: Scope,
  index: RuleIndex<ReplyRule>,
  askingIndex: RuleIndex<ReplyRule>,
): SentenceGrammar {
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
  index.find(tokens, allOf(tokens), budget, note)
  if (isQuestion) askingIndex.find(tokens, allOf(tokens), budget, note)
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
