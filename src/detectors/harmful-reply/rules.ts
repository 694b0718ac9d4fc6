import { canBegin, matchPattern, type Pattern, type PatternMatch } from '../crisis/pattern.ts'
import type { Vocabulary } from '../crisis/phrase-trie.ts'
import type { Tokens } from '../text/tokens.ts'

/** Patterns by the words at which they are tried, and by those without which they need not be. */
export interface RuleIndex<Rule extends { pattern: Pattern }> {
  rules: readonly Rule[]
  /** Rule numbers by word number. */
  byAnchor: readonly (readonly number[])[]
  byGuard: readonly (readonly number[])[]
  bySecondGuard: readonly (readonly number[])[]
  marks: Marks
}

/** By rule, for the words that are looked through now: whether its guards are there, and how often it was tried. */
interface Marks {
  /** Counts the calls, so that nothing has to be cleared between them. */
  call: number
  guardedIn: Int32Array
  secondIn: Int32Array
  triedIn: Int32Array
  tries: Uint8Array
}

/** `vocabulary` holds every word of the patterns by now. */
export function indexRules<Rule extends { pattern: Pattern }>(
  rules: readonly Rule[],
  vocabulary: Vocabulary,
): RuleIndex<Rule> {
  // Filled from the start: an array with holes is looked up as slowly as a map.
  const lists = () => Array.from({ length: vocabulary.size + 1 }, (): number[] => [])
  const [byAnchor, byGuard, bySecondGuard] = [lists(), lists(), lists()]
  rules.forEach(({ pattern }, number) => {
    for (const anchor of pattern.anchors) byAnchor[anchor]?.push(number)
    for (const guard of pattern.guards) byGuard[guard]?.push(number)
    for (const guard of pattern.secondGuards) bySecondGuard[guard]?.push(number)
  })
  return { rules, byAnchor, byGuard, bySecondGuard, marks: freshMarks(rules.length) }
}

function freshMarks(count: number): Marks {
  const zeros = () => new Int32Array(count)
  return { call: 0, guardedIn: zeros(), secondIn: zeros(), triedIn: zeros(), tries: new Uint8Array(count) }
}

/** How often a rule is tried in one sentence before it is given up, so that repeated words cost little. */
const maxTries = 3
const maxCalls = 0x7fff_ffff

/** Every rule's matches among the words, in order of their anchors. Not to be called from `visit` with the same index. */
export function findMatches<Rule extends { pattern: Pattern }>(
  index: RuleIndex<Rule>,
  { ids, length }: Tokens,
  budget: { steps: number },
  visit: (rule: Rule, match: PatternMatch) => void,
): void {
  const { rules, byAnchor, byGuard, bySecondGuard } = index
  if (index.marks.call === maxCalls) index.marks = freshMarks(rules.length)
  const call = ++index.marks.call
  const { guardedIn, secondIn, triedIn, tries } = index.marks
  for (let at = 0; at < length; at++) {
    const id = ids[at] ?? 0
    if (id === 0) continue
    for (const number of byGuard[id] ?? none) guardedIn[number] = call
    for (const number of bySecondGuard[id] ?? none) secondIn[number] = call
  }
  for (let at = 0; at < length; at++) {
    const id = ids[at] ?? 0
    if (id === 0) continue
    for (const number of byAnchor[id] ?? none) {
      const rule = rules[number]
      if (rule === undefined) continue
      const { pattern } = rule
      if (pattern.guards.length > 0 && guardedIn[number] !== call) continue
      if (pattern.secondGuards.length > 0 && secondIn[number] !== call) continue
      const tried = triedIn[number] === call ? (tries[number] ?? 0) : 0
      if (tried >= maxTries) continue
      triedIn[number] = call
      tries[number] = tried + 1
      const match = matchAround(pattern, ids, at, length, budget)
      if (match !== undefined) visit(rule, match)
    }
  }
}

const none: readonly number[] = []

function matchAround(
  pattern: Pattern,
  ids: Int32Array,
  anchor: number,
  limit: number,
  budget: { steps: number },
): PatternMatch | undefined {
  for (let start = Math.max(0, anchor - pattern.reach); start <= anchor; start++) {
    if (!canBegin(pattern, ids[start] ?? 0)) continue
    const match = matchPattern(pattern, ids, start, limit, budget)
    if (match !== undefined) return match
  }
  return undefined
}
