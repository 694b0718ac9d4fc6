import { basis, hashString, mix, prime } from './hash.ts'
import { Break, type Tokens } from './tokens.ts'
import type { Word } from './word-book.ts'

/**
 * The hashed features of a text, by word: n-grams of one to three words that end there and of three to five characters
 * inside it, plus what a grammar found there. Windows of the text are then sums over a range of words.
 */
export interface HashedWords {
  /** Bucket numbers of all words, one after the other. */
  buckets: Int32Array
  /** `ends[i]` is where the buckets of word `i` end. */
  ends: Int32Array
}

/** Features that stand for something found at a word, by the word's index; each counts `extraRepeats` times. */
export interface ExtraFeature {
  word: number
  name: string
}

/** What words are about, by number; words that are about nothing in particular are not there. */
export type WordClasses = ReadonlyMap<string, readonly number[]>

/** A word with what it is about. */
export interface ClassedWord extends Word {
  readonly about: readonly number[]
}

export const aboutNothing: readonly number[] = []

export function hashWords(
  { words, length: wordCount, breaks }: Tokens<ClassedWord>,
  bucketBits: number,
  extras: readonly ExtraFeature[] = [],
): HashedWords {
  const mask = (1 << bucketBits) - 1
  const neighbours = new NeighbourHasher(mask)
  const extraByWord = groupByWord(extras)
  let buckets = new Int32Array(wordCount * 20 + 64)
  const ends = new Int32Array(wordCount)
  let length = 0
  for (let at = 0; at < wordCount; at++) {
    const word = words[at]
    if (word === undefined) continue
    const found = extraByWord.get(at) ?? noNames
    const room = length + maxOwnBuckets + maxNeighbourBuckets + found.length * extraRepeats
    if (room > buckets.length) {
      const larger = new Int32Array(buckets.length * 2 + room)
      larger.set(buckets)
      buckets = larger
    }
    length = addOwnBuckets(word.text, word.hash, buckets, length, mask)
    length = neighbours.add(word.hash, word.about, breaks[at] === Break.sentence, buckets, length)
    for (const name of found) length = addExtra(name, buckets, length, mask)
    ends[at] = length
  }
  return { buckets: buckets.subarray(0, length), ends }
}

/** How many buckets one word can fill by itself, and together with the words before it. */
export const maxOwnBuckets = 64
export const maxNeighbourBuckets = 16

/** The features that a word has wherever it stands: the word, and the characters in it. */
export function addOwnBuckets(
  word: string,
  hash: number,
  buckets: Int32Array,
  from: number,
  mask: number,
): number {
  buckets[from] = mix(hash) & mask
  return addCharacters(word, buckets, from + 1, mask)
}

/** A feature that stands for something found; it counts several times, for it says more than a word. */
export function addExtra(name: string, buckets: Int32Array, from: number, mask: number): number {
  buckets.fill(extraBucket(name, mask), from, from + extraRepeats)
  return from + extraRepeats
}

export function extraBucket(name: string, mask: number): number {
  return mix(hashString(name) ^ 0x38495ab5) & mask
}

/** The features that a word has because of the words before it in its sentence. */
export class NeighbourHasher {
  readonly #mask: number
  readonly #chain = new ClassChain()
  #previous = boundary
  #beforePrevious = boundary
  constructor(mask: number) {
    this.#mask = mask
  }

  /** For another text. */
  begin(): void {
    this.#previous = boundary
    this.#beforePrevious = boundary
    this.#chain.reset()
  }

  /** Writes into `buckets` from `from` on; returns where it ended. */
  add(
    hash: number,
    about: readonly number[],
    startsSentence: boolean,
    buckets: Int32Array,
    from: number,
  ): number {
    if (startsSentence) this.begin()
    let length = from
    const pair = Math.imul(this.#previous, 0x9e3779b1) ^ hash
    buckets[length++] = mix(pair ^ 0x1b873593) & this.#mask
    if (this.#previous !== boundary) {
      const triple = Math.imul(this.#beforePrevious, 0x85ebca6b) ^ pair
      buckets[length++] = mix(triple ^ 0x52dce729) & this.#mask
    }
    for (const number of about) length = this.#chain.add(number, buckets, length, this.#mask)
    this.#beforePrevious = this.#previous
    this.#previous = hash
    return length
  }
}

const noNames: readonly string[] = []

/**
 * N-grams over what the words of a sentence are about, leaving out the words between: "I really want to just die" and
 * "I wish to die" give the same chain. Each class is also paired with the few before it, whatever stands between.
 */
class ClassChain {
  #last = noClass
  #second = noClass
  #third = noClass

  reset(): void {
    this.#last = noClass
    this.#second = noClass
    this.#third = noClass
  }

  add(about: number, buckets: Int32Array, from: number, mask: number): number {
    let length = from
    const one = Math.imul(about + 1, 0x27d4eb2f)
    buckets[length++] = mix(one ^ 0x165667b1) & mask
    if (this.#last !== noClass) {
      const two = Math.imul(one, 31) ^ Math.imul(this.#last + 1, 0x9e3779b1)
      buckets[length++] = mix(two ^ 0x2127599b) & mask
      if (this.#second !== noClass) {
        const second = this.#second + 1
        const three = Math.imul(two, 31) ^ Math.imul(second, 0x85ebca6b)
        buckets[length++] = mix(three ^ 0x5bd1e995) & mask
        buckets[length++] = mix(Math.imul(one, 37) ^ Math.imul(second, 0xc2b2ae35) ^ 0x3c6ef372) & mask
        if (this.#third !== noClass) {
          const third = this.#third + 1
          buckets[length++] = mix(Math.imul(three, 31) ^ Math.imul(third, 0x7feb352d)) & mask
          buckets[length++] = mix(Math.imul(one, 41) ^ Math.imul(third, 0x68e31da4) ^ 0x1f83d9ab) & mask
        }
      }
    }
    this.#third = this.#second
    this.#second = this.#last
    this.#last = about
    return length
  }
}

const noClass = -1
const boundary = 0x2545f491
export const extraRepeats = 4
/** Longer words are noise: only their first units make character n-grams. */
const maxWordUnits = 20

function addCharacters(word: string, buckets: Int32Array, from: number, mask: number): number {
  const units = Math.min(word.length, maxWordUnits)
  let length = from
  // The word with a mark on either side: position -1 and `units`.
  for (let start = -1; start <= units - 2; start++) {
    let hash = basis
    for (let offset = 0; offset < 5; offset++) {
      const at = start + offset
      if (at > units) break
      const unit = at < 0 || at === units ? 95 : word.charCodeAt(at)
      hash = Math.imul(hash ^ unit, prime)
      if (offset >= 2) buckets[length++] = mix(hash ^ (offset << 24)) & mask
    }
  }
  return length
}

export function groupByWord(extras: readonly ExtraFeature[]): Map<number, string[]> {
  const groups = new Map<number, string[]>()
  for (const { word, name } of extras) {
    const group = groups.get(word)
    if (group === undefined) groups.set(word, [name])
    else group.push(name)
  }
  return groups
}
