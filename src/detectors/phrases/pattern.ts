import { type PhraseTrie, phrasesOf, type Tries, type Vocabulary } from './phrase-trie.ts'

/** Phrase classes by name, alternatives divided by `|`. */
export type PhraseClasses = Readonly<Record<string, string>>

/** One compiled pattern: phrases and gaps in order. */
export interface Pattern {
  parts: readonly Part[]
  /** A word of each phrase of the part that is rarest in ordinary text; the pattern is tried only where one stands. */
  anchors: readonly number[]
  /** The same of the next rarest part and of the one after; empty when they are common. They have to be there too. */
  guards: readonly number[]
  secondGuards: readonly number[]
  /** How many words before the anchor the pattern can begin. */
  reach: number
}

type Part = { kind: 'gap'; max: number } | { kind: 'phrase'; trie: PhraseTrie; isOptional: boolean }

/** A match: words `from` up to `to`, and the words in its gaps. */
export interface PatternMatch {
  from: number
  to: number
  gapWords: number[]
}

/**
 * Compiles patterns of the notation described in `frames/frame.ts`; the compiler throws on a class that does not exist.
 * What is known of a class is worked out once for all patterns that name it.
 */
export function createPatternCompiler(
  classes: PhraseClasses,
  vocabulary: Vocabulary,
): (source: string) => Pattern {
  const known = new Map<string, Alternatives>()
  const common = new Set(commonWords.map((word) => vocabulary.add(word)))
  const alternativesOf = (text: string) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = readAlternatives(text, vocabulary, common)
    known.set(text, made)
    return made
  }
  return (source) => {
    const parts: Part[] = []
    const required: RequiredPart[] = []
    let before = 0
    for (const [, gap, phrases, name, word, question] of source.matchAll(partShape)) {
      if (gap !== undefined) {
        const max = gap === '~' ? 3 : Number(gap.slice(1))
        parts.push({ kind: 'gap', max })
        before += max
        continue
      }
      const { trie, cost, words, offset, longest } = alternativesOf(
        name === undefined ? (phrases ?? word ?? '') : classOf(name, classes),
      )
      const isOptional = question === '?'
      parts.push({ kind: 'phrase', trie, isOptional })
      if (!isOptional) required.push({ cost, words, reach: before + offset })
      before += longest
    }
    const [rarest, next, third] = required.sort((a, b) => a.cost - b.cost)
    return {
      parts,
      anchors: rarest?.words ?? [],
      guards: guardOf(next),
      secondGuards: guardOf(third),
      reach: rarest?.reach ?? 0,
    }
  }
}

/** What phrases divided by `|` mean for every pattern that names them. */
interface Alternatives {
  trie: PhraseTrie
  /** Of each phrase the word that is rarest, how far in it stands at most, and what looking for them costs. */
  words: readonly number[]
  offset: number
  cost: number
  /** Words of the longest phrase. */
  longest: number
}

function readAlternatives(
  text: string,
  { tries, add }: Vocabulary,
  common: ReadonlySet<number>,
): Alternatives {
  const phrases = phrasesOf(text, add)
  const words: number[] = []
  let offset = 0
  let cost = 0
  let longest = 0
  for (const phrase of phrases) {
    const place = rarestIn(phrase, common)
    const word = phrase[place] ?? 0
    offset = Math.max(offset, place)
    longest = Math.max(longest, phrase.length)
    if (words.includes(word)) continue
    words.push(word)
    cost += common.has(word) ? 50 : 1
  }
  return { trie: tries.ofNumbers(phrases), words, offset, cost, longest }
}

interface RequiredPart {
  cost: number
  words: readonly number[]
  reach: number
}

/** Where the first word of a phrase stands that is not common; 0 when all are. */
function rarestIn(phrase: readonly number[], common: ReadonlySet<number>): number {
  for (let at = 0; at < phrase.length; at++) if (!common.has(phrase[at] ?? 0)) return at
  return 0
}

/** A part that begins with very common words tells nothing by being there. */
function guardOf(part: RequiredPart | undefined): readonly number[] {
  return part === undefined || part.cost >= 150 ? [] : part.words
}

/** The words that a match can begin with; undefined when it can begin with any. */
export function beginningsOf({ parts: [first] }: Pattern, tries: Tries): Int32Array | undefined {
  return first?.kind !== 'phrase' || first.isOptional ? undefined : tries.wordsOf(first.trie)
}

/** Tries patterns at places in a text; made once for many patterns. */
export class Matcher {
  readonly #tries: Tries
  /** The words in gaps of the match that is tried: nearly all tries fail, and need no list of their own. */
  readonly #gapWords: number[] = []
  #steps = 0
  constructor(tries: Tries) {
    this.#tries = tries
  }

  /** The first match that begins at `from`, preferring long phrases and short gaps. */
  match(
    pattern: Pattern,
    ids: Int32Array,
    from: number,
    limit: number,
    budget: { steps: number },
  ): PatternMatch | undefined {
    this.#gapWords.length = 0
    this.#steps = budget.steps
    const to = this.#matchFrom(pattern.parts, 0, ids, from, limit)
    budget.steps = this.#steps
    return to === -1 ? undefined : { from, to, gapWords: this.#gapWords.slice() }
  }

  #matchFrom(parts: readonly Part[], index: number, ids: Int32Array, at: number, limit: number): number {
    const part = parts[index]
    if (part === undefined) return at
    if (this.#steps-- <= 0) return -1
    if (part.kind === 'gap') return this.#matchGap(part.max, parts, index, ids, at, limit)
    const id = at < limit ? (ids[at] ?? 0) : 0
    // No phrase holds a word that no pattern knows, and many words are such.
    const node = id === 0 ? -1 : this.#tries.step(part.trie, id)
    const end = node === -1 ? -1 : this.#matchPhrase(node, parts, index, ids, at + 1, limit)
    if (end !== -1) return end
    return part.isOptional ? this.#matchFrom(parts, index + 1, ids, at, limit) : -1
  }

  #matchGap(
    max: number,
    parts: readonly Part[],
    index: number,
    ids: Int32Array,
    at: number,
    limit: number,
  ): number {
    const next = parts[index + 1]
    const gapWords = this.#gapWords
    const mark = gapWords.length
    for (let width = 0; width <= max && at + width <= limit; width++) {
      if (width > 0) gapWords.push(at + width - 1)
      // Looking one word ahead is cheaper than trying.
      if (
        next?.kind === 'phrase' &&
        !next.isOptional &&
        this.#tries.step(next.trie, ids[at + width] ?? 0) === -1
      )
        continue
      const kept = gapWords.length
      const end = this.#matchFrom(parts, index + 1, ids, at + width, limit)
      if (end !== -1) return end
      gapWords.length = kept
    }
    gapWords.length = mark
    return -1
  }

  /** Goes on in a phrase that has begun; the longest phrase after which the rest matches wins. */
  #matchPhrase(
    node: number,
    parts: readonly Part[],
    index: number,
    ids: Int32Array,
    at: number,
    limit: number,
  ): number {
    const deeper = at < limit ? this.#tries.step(node, ids[at] ?? 0) : -1
    if (deeper !== -1) {
      const end = this.#matchPhrase(deeper, parts, index, ids, at + 1, limit)
      if (end !== -1) return end
    }
    return this.#tries.isEnd(node) ? this.#matchFrom(parts, index + 1, ids, at, limit) : -1
  }
}

const partShape = /(~\d*)|(?:\(([^()]*)\)|<([a-z]+)>|([^\s?()<>~]+))(\?)?/g

function classOf(name: string, classes: PhraseClasses): string {
  const phrases = classes[name]
  if (phrases === undefined)
    throw new Error(`A pattern names the phrase class <${name}>, which does not exist`)
  return phrases
}

/** Words so common that looking for a pattern at each of them would cost more than it finds. */
const commonWords = (
  'i im ive id ill me my the a an to it is and he she they him her them hes shes theyre not no want going was were be am are of in on at ' +
  'for with that this have has had get got just so do did dont will can if what how who when you we us all been being feel feeling think ' +
  'thinking know keep would could should might need like out up now one some any really more there its thats or but as by from day time ' +
  'had see go come make take said says told people someone something everyone life today tonight tomorrow ever never always i am ' +
  'yo me mi un una el la que de no se es estoy tengo ya ich mein meine er sie nicht zu das ist ein eine habe hab je mon ma il elle un une ' +
  'jai suis pas eu meu minha ele ela o nao estou main mai mera meri mere ek wo woh hai ko se ka ki'
).split(' ')
