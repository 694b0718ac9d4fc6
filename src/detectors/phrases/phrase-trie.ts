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

/** While it is built. */
interface Branch {
  next: Map<number, Branch>
  isEnd: boolean
}

/**
 * All phrases of a vocabulary in one row of numbers, so that following one touches little memory. A node is
 * `2 * words + (1 where a phrase ends)`, then the numbers of the words that lead on in order, then the nodes they lead to.
 */
export class Tries {
  #cells = new Int32Array(1024)
  #length = 0
  /** By alternatives: many patterns name the same ones. */
  readonly #known = new Map<string, PhraseTrie>()
  readonly #add: (word: string) => number
  constructor(add: (word: string) => number) {
    this.#add = add
  }

  /** The trie of alternatives divided by `|`; adds their words to the vocabulary. */
  of(alternatives: string): PhraseTrie {
    const known = this.#known.get(alternatives)
    if (known !== undefined) return known
    const root: Branch = { next: new Map(), isEnd: false }
    for (const phrase of alternatives.split('|')) {
      let branch = root
      for (const word of wordsOf(phrase)) {
        const id = this.#add(word)
        const next = branch.next.get(id) ?? { next: new Map(), isEnd: false }
        branch.next.set(id, next)
        branch = next
      }
      branch.isEnd = true
    }
    const trie = this.#write(root)
    this.#known.set(alternatives, trie)
    return trie
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

  #write({ next, isEnd }: Branch): number {
    const node = this.#length
    this.#length += 1 + 2 * next.size
    while (this.#length > this.#cells.length) {
      const larger = new Int32Array(2 * this.#cells.length)
      larger.set(this.#cells)
      this.#cells = larger
    }
    this.#cells[node] = 2 * next.size + (isEnd ? 1 : 0)
    const ids = [...next.keys()].sort((a, b) => a - b)
    ids.forEach((id, at) => {
      const branch = next.get(id)
      // Before the row is looked at: writing a child may have moved it.
      const child = branch === undefined ? -1 : this.#write(branch)
      this.#cells[node + 1 + at] = id
      this.#cells[node + 1 + ids.length + at] = child
    })
    return node
  }
}

export function wordsOf(phrase: string): string[] {
  return phrase.split(' ').filter((word) => word !== '')
}
