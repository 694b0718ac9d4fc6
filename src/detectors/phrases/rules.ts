import type { Span, Tokens } from '../text/tokens.ts'
import { beginningsOf, Matcher, type Pattern, type PatternMatch } from './pattern.ts'
import type { Vocabulary } from './phrase-trie.ts'

/** How often a rule is tried in one stretch of words, so that repeated words cost little, and whether one match is enough. */
interface Trying {
  maxTries: number
  once: boolean
}

/** Numbers by word number, all in one row: those of word `id` are `items[starts[id]]` up to `items[starts[id + 1]]`. */
interface Lists {
  starts: Int32Array
  items: Uint16Array
}

/**
 * Patterns by the words at which they are tried (anchors), and by those without which they need not be (guards). Guards
 * that many patterns share are one group. `vocabulary` holds every word of the patterns by now.
 */
export class RuleIndex<Rule extends { pattern: Pattern }> {
  readonly rules: readonly Rule[]
  readonly #anchors: Lists
  readonly #groups: Lists
  /** By rule: the groups that have to be there, 0 for none. */
  readonly #guards: Uint16Array
  readonly #secondGuards: Uint16Array
  /** By group: when it was seen last. Stretches are counted over all texts, so that nothing has to be cleared. */
  readonly #seen: Float64Array
  /** By rule: the stretch in which it was tried last, and how often there. */
  readonly #triedIn: Float64Array
  readonly #tries: Uint8Array
  readonly #trying: Trying
  /** By rule: how many words before its anchor it can begin, and one bit for each word that it can begin with. */
  readonly #reaches: Uint8Array
  readonly #beginnings: Int32Array
  readonly #matcher: Matcher
  #stretches = 0

  constructor(rules: readonly Rule[], vocabulary: Vocabulary, trying: Trying) {
    if (rules.length > 0xffff || rules.some(({ pattern }) => pattern.reach > 0xff))
      throw new Error('A pattern reaches too far, or there are too many of them')
    this.rules = rules
    this.#trying = trying
    const anchors = new ListsByWord(vocabulary.size)
    const groups = new ListsByWord(vocabulary.size)
    const numbers = new Map<string, number>()
    const groupOf = (words: readonly number[]) => {
      if (words.length === 0) return 0
      const key = Int32Array.from(words).sort().join()
      const known = numbers.get(key)
      if (known !== undefined) return known
      const number = numbers.size + 1
      numbers.set(key, number)
      for (const word of words) groups.add(word, number)
      return number
    }
    rules.forEach(({ pattern }, rule) => {
      for (const anchor of pattern.anchors) anchors.add(anchor, rule)
    })
    this.#guards = Uint16Array.from(rules, ({ pattern }) => groupOf(pattern.guards))
    this.#secondGuards = Uint16Array.from(rules, ({ pattern }) => groupOf(pattern.secondGuards))
    this.#anchors = anchors.inOneRow()
    this.#groups = groups.inOneRow()
    this.#seen = new Float64Array(numbers.size + 1).fill(Number.POSITIVE_INFINITY, 0, 1)
    this.#triedIn = new Float64Array(rules.length)
    this.#tries = new Uint8Array(rules.length)
    this.#matcher = new Matcher(vocabulary.tries)
    this.#reaches = Uint8Array.from(rules, ({ pattern }) => pattern.reach)
    this.#beginnings = new Int32Array(rules.length * bitWords)
    rules.forEach(({ pattern }, rule) => {
      const words = beginningsOf(pattern, vocabulary.tries)
      if (words === undefined) this.#beginnings.fill(-1, rule * bitWords, (rule + 1) * bitWords)
      words?.forEach((id) => {
        const place = placeOf(rule, id)
        this.#beginnings[place] = (this.#beginnings[place] ?? 0) | (1 << (id & 31))
      })
    })
  }

  /** The matches of all rules in a stretch of words, in order of their anchors. Not to be called from `visit`. */
  find(
    { ids }: Tokens,
    { from, to }: Span,
    budget: { steps: number },
    visit: (rule: Rule, match: PatternMatch) => void,
  ): void {
    const { maxTries, once } = this.#trying
    const { starts, items } = this.#anchors
    const stretch = ++this.#stretches
    this.#mark(ids, from, to, stretch)
    for (let at = from; at < to; at++) {
      const id = ids[at] ?? 0
      if (id === 0) continue
      const end = starts[id + 1] ?? 0
      for (let place = starts[id] ?? 0; place < end; place++) {
        const number = items[place] ?? 0
        if (!this.#isGuardedSince(number, stretch)) continue
        const tried = this.#triedIn[number] === stretch ? (this.#tries[number] ?? 0) : 0
        if (tried >= maxTries) continue
        const rule = this.rules[number]
        if (rule === undefined) continue
        this.#triedIn[number] = stretch
        this.#tries[number] = tried + 1
        const match = this.#matchAround(number, ids, at, from, to, budget)
        if (match === undefined) continue
        if (once) this.#tries[number] = maxTries
        visit(rule, match)
      }
    }
  }

  /** Whether any rule has its anchor and its guards in a stretch of words: a quick no for nearly all. */
  mayMatch({ ids }: Tokens, { from, to }: Span): boolean {
    const { starts, items } = this.#anchors
    const stretch = ++this.#stretches
    this.#mark(ids, from, to, stretch)
    for (let at = from; at < to; at++) {
      const id = ids[at] ?? 0
      if (id === 0) continue
      const end = starts[id + 1] ?? 0
      for (let place = starts[id] ?? 0; place < end; place++)
        if (this.#isGuardedSince(items[place] ?? 0, stretch)) return true
    }
    return false
  }

  /**
   * A quick look through a very long text in parts: which rules match in each, at most once, with `around` words on either
   * side of their anchor and up to `steps` of work a part. A guard may stand in the part before or the next one. `visit`
   * answers false when enough was found.
   */
  findInParts(
    ids: Int32Array,
    partStarts: Int32Array,
    { around, steps }: { around: number; steps: number },
    visit: (rule: Rule, number: number, part: number) => boolean,
  ): void {
    const { starts, items } = this.#anchors
    const first = this.#stretches + 2
    this.#stretches = first + partStarts.length
    const matchedIn = new Int32Array(this.rules.length).fill(-1)
    const startOf = (part: number) => partStarts[part] ?? ids.length
    this.#mark(ids, 0, startOf(1), first)
    for (let part = 0; part < partStarts.length; part++) {
      this.#mark(ids, startOf(part + 1), startOf(part + 2), first + part + 1)
      const budget = { steps }
      for (let at = startOf(part); at < startOf(part + 1) && budget.steps > 0; at++) {
        const id = ids[at] ?? 0
        const end = starts[id + 1] ?? 0
        for (let place = starts[id] ?? 0; place < end; place++) {
          const number = items[place] ?? 0
          const rule = this.rules[number]
          if (rule === undefined || matchedIn[number] === part) continue
          if (!this.#isGuardedSince(number, first + part - 1)) continue
          const tried = this.#triedIn[number] === first + part ? (this.#tries[number] ?? 0) : 0
          this.#triedIn[number] = first + part
          this.#tries[number] = Math.min(this.#trying.maxTries, tried) + 1
          if (tried >= this.#trying.maxTries) continue
          const { pattern } = rule
          // Looking for a beginning costs something, too.
          budget.steps -= pattern.reach
          const to = Math.min(ids.length, at + around)
          const from = Math.max(0, at - around)
          if (this.#matchAround(number, ids, at, from, to, budget) === undefined) continue
          matchedIn[number] = part
          if (!visit(rule, number, part)) return
        }
      }
    }
  }

  /** Marks the guards among some words as seen in a stretch. */
  #mark(ids: Int32Array, from: number, to: number, stretch: number): void {
    const { starts, items } = this.#groups
    for (let at = from; at < to; at++) {
      const id = ids[at] ?? 0
      if (id === 0) continue
      const end = starts[id + 1] ?? 0
      for (let place = starts[id] ?? 0; place < end; place++) this.#seen[items[place] ?? 0] = stretch
    }
  }

  #isGuardedSince(rule: number, stretch: number): boolean {
    return (
      (this.#seen[this.#guards[rule] ?? 0] ?? 0) >= stretch &&
      (this.#seen[this.#secondGuards[rule] ?? 0] ?? 0) >= stretch
    )
  }

  /** The first match of a rule that holds the anchor; it may begin before it. */
  #matchAround(
    number: number,
    ids: Int32Array,
    anchor: number,
    from: number,
    to: number,
    budget: { steps: number },
  ): PatternMatch | undefined {
    const first = Math.max(from, anchor - (this.#reaches[number] ?? 0))
    for (let start = first; start <= anchor; start++) {
      const id = ids[start] ?? 0
      if ((((this.#beginnings[placeOf(number, id)] ?? 0) >>> (id & 31)) & 1) === 0) continue
      const pattern = this.rules[number]?.pattern
      const match = pattern === undefined ? undefined : this.#matcher.match(pattern, ids, start, to, budget)
      if (match !== undefined) return match
    }
    return undefined
  }
}

/** The bits of a rule are for the last eight bits of a word's number: enough for a quick no, and all rules fit a cache. */
const bitWords = 8

function placeOf(rule: number, id: number): number {
  return rule * bitWords + ((id >>> 5) & (bitWords - 1))
}

/** Numbers by word number while they are gathered. */
class ListsByWord {
  readonly #words: number[] = []
  readonly #items: number[] = []
  readonly #maxWord: number
  constructor(maxWord: number) {
    this.#maxWord = maxWord
  }

  add(word: number, item: number): void {
    this.#words.push(word)
    this.#items.push(item)
  }

  /** Those of one word in the order in which they were added. */
  inOneRow(): Lists {
    const starts = new Int32Array(this.#maxWord + 2)
    for (const word of this.#words) starts[word + 1] = (starts[word + 1] ?? 0) + 1
    for (let word = 0; word <= this.#maxWord; word++)
      starts[word + 1] = (starts[word + 1] ?? 0) + (starts[word] ?? 0)
    const items = new Uint16Array(this.#items.length)
    const next = starts.slice()
    this.#items.forEach((item, index) => {
      const word = this.#words[index] ?? 0
      const place = next[word] ?? 0
      items[place] = item
      next[word] = place + 1
    })
    return { starts, items }
  }
}
