import { matchPattern, type Pattern, type PatternMatch } from '../crisis/pattern.ts'

/** Patterns by the words at which they are tried. */
export interface RuleIndex<Rule extends { pattern: Pattern }> {
  rules: readonly Rule[]
  byAnchor: ReadonlyMap<number, readonly number[]>
}

export function indexRules<Rule extends { pattern: Pattern }>(rules: readonly Rule[]): RuleIndex<Rule> {
  const byAnchor = new Map<number, number[]>()
  rules.forEach(({ pattern }, index) => {
    for (const anchor of pattern.anchors) {
      const known = byAnchor.get(anchor)
      if (known === undefined) byAnchor.set(anchor, [index])
      else known.push(index)
    }
  })
  return { rules, byAnchor }
}

/** How often a rule is tried in one sentence before it is given up, so that repeated words cost little. */
const maxTries = 3

/** Every rule's matches among the words, in order of their anchors; `accept` says whether a match counts. */
export function findMatches<Rule extends { pattern: Pattern }>(
  { rules, byAnchor }: RuleIndex<Rule>,
  ids: Int32Array,
  budget: { steps: number },
  visit: (rule: Rule, match: PatternMatch) => void,
): void {
  const tries = new Map<number, number>()
  for (let at = 0; at < ids.length; at++) {
    const anchored = ids[at] === 0 ? undefined : byAnchor.get(ids[at] ?? 0)
    if (anchored === undefined) continue
    for (const index of anchored) {
      const tried = tries.get(index) ?? 0
      const rule = rules[index]
      if (rule === undefined || tried >= maxTries) continue
      tries.set(index, tried + 1)
      const match = matchAround(rule.pattern, ids, at, budget)
      if (match !== undefined) visit(rule, match)
    }
  }
}

function matchAround(
  pattern: Pattern,
  ids: Int32Array,
  anchor: number,
  budget: { steps: number },
): PatternMatch | undefined {
  for (let start = Math.max(0, anchor - pattern.reach); start <= anchor; start++) {
    const match = matchPattern(pattern, ids, start, ids.length, budget)
    if (match !== undefined) return match
  }
  return undefined
}
