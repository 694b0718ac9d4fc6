import type { CrisisCategory, CrisisLevel } from '../finding.ts'
import { Break, sentencesOf, type Tokens } from '../text/tokens.ts'
import { englishClasses } from './frames/classes.ts'
import { englishDanger } from './frames/english-danger.ts'
import { englishPlain } from './frames/english-plain.ts'
import { englishSuicide } from './frames/english-suicide.ts'
import type { Frame } from './frames/frame.ts'
import { otherLanguages } from './frames/other-languages.ts'
import { canBegin, compilePattern, matchPattern, type Pattern, type PatternMatch } from './pattern.ts'
import { createVocabulary, type Vocabulary } from './phrase-trie.ts'
import { type Context, contextOf, createScope, type Scope } from './scope.ts'

/** Something that a text says, found by a frame, and what its surroundings make of it. */
export interface Hit {
  frame: Frame
  category: CrisisCategory
  level: CrisisLevel
  /** Word indexes, `to` exclusive. */
  from: number
  to: number
  /** Why it does not count as it stands, or `live`. */
  standing: 'live' | 'negated' | 'idiom' | 'quoted' | 'past'
}

export interface GrammarReading {
  hits: Hit[]
  context: Context
}

export interface Grammar {
  readonly vocabulary: Vocabulary
  read(tokens: Tokens): GrammarReading
}

interface Rule {
  frame: Frame
  pattern: Pattern
}

/** Compiles all frames: a few milliseconds, once. */
export function createGrammar(): Grammar {
  const vocabulary = createVocabulary()
  const rules: Rule[] = [...englishSuicide, ...englishDanger, ...englishPlain, ...otherLanguages].flatMap(
    (frame) =>
      frame.patterns.map((source) => ({
        frame,
        pattern: compilePattern(source, englishClasses, vocabulary),
      })),
  )
  const scope = createScope(vocabulary)
  // Filled from the start: an array with holes is looked up as slowly as a map.
  const lists = () => Array.from({ length: vocabulary.size + 1 }, (): number[] => [])
  const index: RuleIndex = {
    rules,
    byAnchor: lists(),
    byGuard: lists(),
    bySecondGuard: lists(),
    guardedIn: new Float64Array(rules.length),
    secondIn: new Float64Array(rules.length),
    tries: new Uint8Array(rules.length),
    sentences: 0,
  }
  rules.forEach(({ pattern }, number) => {
    for (const anchor of pattern.anchors) index.byAnchor[anchor]?.push(number)
    for (const guard of pattern.guards) index.byGuard[guard]?.push(number)
    for (const guard of pattern.secondGuards) index.bySecondGuard[guard]?.push(number)
  })
  return { vocabulary, read: (tokens) => read(tokens, vocabulary, scope, index) }
}

/** Which rules to try at which word: by word number. */
interface RuleIndex {
  rules: readonly Rule[]
  byAnchor: number[][]
  byGuard: number[][]
  bySecondGuard: number[][]
  /** By rule: the sentences, counted over all texts, in which its guards were last seen, and how often it was tried. */
  guardedIn: Float64Array
  secondIn: Float64Array
  tries: Uint8Array
  sentences: number
}

/** Enough for thousands of ordinary words; only text made to be slow runs out. */
const maxSteps = 60_000
const maxTriesPerSentence = 3

function read(tokens: Tokens, vocabulary: Vocabulary, scope: Scope, index: RuleIndex): GrammarReading {
  const { rules, byAnchor, byGuard, bySecondGuard, guardedIn, secondIn, tries } = index
  const ids = new Int32Array(tokens.words.length)
  tokens.words.forEach((word, at) => {
    ids[at] = tokens.facts?.[at]?.id ?? vocabulary.idOf(word)
  })
  const context = contextOf(tokens, ids, scope)
  const hits: Hit[] = []
  const budget = { steps: maxSteps }
  for (const { from, to } of sentencesOf(tokens)) {
    const sentence = ++index.sentences
    const tried: number[] = []
    for (let at = from; at < to; at++) {
      const id = ids[at] ?? 0
      for (const rule of byGuard[id] ?? none) guardedIn[rule] = sentence
      for (const rule of bySecondGuard[id] ?? none) secondIn[rule] = sentence
    }
    for (let at = from; at < to; at++) {
      for (const number of byAnchor[ids[at] ?? 0] ?? none) {
        const rule = rules[number]
        if (rule === undefined) continue
        const { guards, secondGuards } = rule.pattern
        if (guards.length > 0 && guardedIn[number] !== sentence) continue
        if (secondGuards.length > 0 && secondIn[number] !== sentence) continue
        if ((tries[number] ?? 0) >= maxTriesPerSentence) continue
        tries[number] = (tries[number] ?? 0) + 1
        tried.push(number)
        const match = matchAround(rule.pattern, ids, at, from, to, budget)
        if (match === undefined) continue
        tries[number] = maxTriesPerSentence
        hits.push(toHit(rule.frame, match, tokens, ids, scope, context))
      }
    }
    for (const number of tried) tries[number] = 0
  }
  return { hits, context }
}

const none: readonly number[] = []

function matchAround(
  pattern: Pattern,
  ids: Int32Array,
  anchor: number,
  from: number,
  to: number,
  budget: { steps: number },
): PatternMatch | undefined {
  for (let start = Math.max(from, anchor - pattern.reach); start <= anchor; start++) {
    if (!canBegin(pattern, ids[start] ?? 0)) continue
    const match = matchPattern(pattern, ids, start, to, budget)
    if (match !== undefined) return match
  }
  return undefined
}

function toHit(
  frame: Frame,
  match: PatternMatch,
  tokens: Tokens,
  ids: Int32Array,
  scope: Scope,
  context: Context,
): Hit {
  const { from, to } = match
  const standing = standingOf(frame, match, tokens, ids, scope, context)
  return { frame, category: frame.category, level: frame.level, from, to, standing }
}

function standingOf(
  frame: Frame,
  match: PatternMatch,
  tokens: Tokens,
  ids: Int32Array,
  scope: Scope,
  context: Context,
): Hit['standing'] {
  const { from, to, gapWords } = match
  if (frame.negatable !== false && isNegated(match, tokens, ids, scope)) return 'negated'
  if (!context.earnest && [to, ...gapWords].some((at) => scope.startsIdiomTail(ids, at))) return 'idiom'
  const isStory = context.fiction || context.academic
  if (frame.idiomProne === true && (context.technical || context.game || context.fiction)) return 'idiom'
  if (isStory && (tokens.quoted[from] === true || !scope.speaksOfSelf(ids, from, to))) return 'quoted'
  if (context.resolved) return 'past'
  if (context.past && !context.returning && scope.isTold(ids, from, to)) return 'past'
  return 'live'
}

/** A negator in a gap of the match, or up to three words before it in its clause, turns the match round. */
function isNegated({ from, gapWords }: PatternMatch, tokens: Tokens, ids: Int32Array, scope: Scope): boolean {
  if (gapWords.some((at) => scope.isNegator(ids, at))) return true
  for (let at = from - 1; at >= Math.max(0, from - 3); at--) {
    if ((tokens.breaks[at + 1] ?? Break.none) !== Break.none || scope.isContrast(ids, at)) return false
    if (scope.isNegator(ids, at) || (at >= from - 2 && scope.isNo(ids, at) && !scope.isSubject(ids, from)))
      return true
  }
  return false
}
