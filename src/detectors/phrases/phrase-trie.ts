/** Words by number; 0 is every word that no pattern knows. */
export interface Vocabulary {
  readonly size: number
  idOf(word: string): number
  add(word: string): number
  words(): Iterable<string>
  /** The phrases over these words. */
  readonly tries: Tries
}

export function createVocabulary(): Vocabulary {
  const ids = new Map<string, number>()
  const vocabulary: Vocabulary = {
    get size() {
      return ids.size
    },
    idOf: (word) => ids.get(word) ?? 0,
    add(word) {
      const known = ids.get(word)
      if (known !== undefined) return known
      ids.set(word, ids.size + 1)
      return ids.size
    },
    words: () => ids.keys(),
    tries: new Tries((word) => vocabulary.add(word)),
  }
  return vocabulary
}

/** Phrases as a tree of word numbers: the number of its root, which is also a node. */
export type PhraseTrie = number

/**
 * All phrases of a vocabulary in one row of numbers, so that following one touches little memory. A node is
 * `2 * words + (1 where a phrase ends)`, then the numbers of the words that lead on in order, then the nodes they lead to.
 */
export class Tries {
  #cells = new Int32Array(1024)
  #length = 0
  readonly #add: (word: string) => number
  constructor(add: (word: string) => number) {
    this.#add = add
  }

  /** The trie of alternatives divided by `|`; adds their words to the vocabulary. */
  of(alternatives: string): PhraseTrie {
    return this.ofNumbers(phrasesOf(alternatives, this.#add))
  }

  /** The same of phrases as the numbers of their words. */
  ofNumbers(phrases: readonly (readonly number[])[]): PhraseTrie {
    const sorted = phrases.length < 2 ? phrases : [...phrases].sort(inOrder)
    return this.#write(sorted, 0, sorted.length, 0)
  }

  /** The phrases that lead on from a node, as the numbers of their words. */
  phrasesFrom(node: number): number[][] {
    const phrases: number[][] = []
    this.#gather(node, [], phrases)
    return phrases
  }

  #gather(node: number, begun: number[], phrases: number[][]): void {
    if (this.isEnd(node)) phrases.push(begun)
    for (const id of this.wordsOf(node)) this.#gather(this.step(node, id), [...begun, id], phrases)
  }

  /** The node that a word leads to, or -1. */
  step(node: number, id: number): number {
    const cells = this.#cells
    const words = (cells[node] ?? 0) >>> 1
    let low = node + 1
    let high = low + words
    while (low < high) {
      const middle = (low + high) >>> 1
      const found = cells[middle] ?? 0
      if (found === id) return cells[middle + words] ?? -1
      if (found < id) low = middle + 1
      else high = middle
    }
    return -1
  }

  isEnd(node: number): boolean {
    return ((this.#cells[node] ?? 0) & 1) === 1
  }

  /** The words that lead on from a node. */
  wordsOf(node: number): Int32Array {
    return this.#cells.slice(node + 1, node + 1 + ((this.#cells[node] ?? 0) >>> 1))
  }

  /** Whether any phrase begins at `from`. */
  starts(trie: PhraseTrie, ids: Int32Array, from: number, limit: number): boolean {
    let node: number = trie
    for (let at = from; at < limit; at++) {
      node = this.step(node, ids[at] ?? 0)
      if (node === -1) return false
      if (this.isEnd(node)) return true
    }
    return false
  }

  /** Whether a phrase stands from `from` exactly up to `to`. */
  fills(trie: PhraseTrie, ids: Int32Array, from: number, to: number): boolean {
    let node: number = trie
    for (let at = from; at < to && node !== -1; at++) node = this.step(node, ids[at] ?? 0)
    return node !== -1 && this.isEnd(node)
  }

  /** The node of the phrases `from` up to `to`, which have their first `depth` words in common; the shortest is first. */
  #write(phrases: readonly (readonly number[])[], from: number, to: number, depth: number): PhraseTrie {
    let begin = from
    while (begin < to && phrases[begin]?.length === depth) begin++
    const isEnd = begin > from
    let words = 0
    for (let at = begin; at < to; at = this.#endOf(phrases, at, to, depth)) words++
    const node = this.#length
    this.#length += 1 + 2 * words
    if (this.#length > this.#cells.length) {
      const larger = new Int32Array(Math.max(this.#length, 2 * this.#cells.length))
      larger.set(this.#cells)
      this.#cells = larger
    }
    this.#cells[node] = 2 * words + (isEnd ? 1 : 0)
    for (let place = node + 1; begin < to; place++) {
      const end = this.#endOf(phrases, begin, to, depth)
      // Before the row is looked at: writing a child may have moved it.
      const child = this.#write(phrases, begin, end, depth + 1)
      this.#cells[place] = phrases[begin]?.[depth] ?? 0
      this.#cells[place + words] = child
      begin = end
    }
    return node
  }

  /** Where the phrases end that have the same word at `depth` as the one at `from`. */
  #endOf(phrases: readonly (readonly number[])[], from: number, to: number, depth: number): number {
    const id = phrases[from]?.[depth]
    let end = from + 1
    while (end < to && phrases[end]?.[depth] === id) end++
    return end
  }
}

/** By their words' numbers, a phrase before those that begin with it. */
function inOrder(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < one.length; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

/** The words of each of the alternatives divided by `|`, as numbers; an empty one has none. */
export function phrasesOf(alternatives: string, idOf: (word: string) => number): number[][] {
  let phrase: number[] = []
  const phrases = [phrase]
  // All at once: there are ten thousand phrases, and each costs a start of the gateway some time.
  for (const word of alternatives.replaceAll('|', ' | ').split(' ')) {
    if (word === '|') {
      phrase = []
      phrases.push(phrase)
    } else if (word !== '') phrase.push(idOf(word))
  }
  return phrases
}
