/** Words by number; 0 is every word that no pattern knows. */
export interface Vocabulary {
  readonly size: number
  idOf(word: string): number
  add(word: string): number
  words(): Iterable<string>
  /** Tries that several patterns share, by their alternatives. */
  readonly tries: Map<string, PhraseTrie>
}

export function createVocabulary(): Vocabulary {
  const ids = new Map<string, number>()
  return {
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
    tries: new Map(),
  }
}

/** Phrases as a tree of word numbers. */
export interface PhraseTrie {
  next: Map<number, PhraseTrie>
  isEnd: boolean
  /** The longest phrase below, in words. */
  longest: number
}

/** The trie of alternatives divided by `|`; one for all patterns that name the same ones, so that it stays at hand. */
export function sharedTrie(choices: string, vocabulary: Vocabulary): PhraseTrie {
  const known = vocabulary.tries.get(choices)
  if (known !== undefined) return known
  const trie = buildPhraseTrie(choices.split('|'), vocabulary)
  vocabulary.tries.set(choices, trie)
  return trie
}

export function buildPhraseTrie(phrases: Iterable<string>, vocabulary: Vocabulary): PhraseTrie {
  const root: PhraseTrie = { next: new Map(), isEnd: false, longest: 0 }
  for (const phrase of phrases) {
    const words = phrase.split(' ').filter((word) => word !== '')
    root.longest = Math.max(root.longest, words.length)
    let node = root
    for (const word of words) {
      const id = vocabulary.add(word)
      let next = node.next.get(id)
      if (next === undefined) {
        next = { next: new Map(), isEnd: false, longest: 0 }
        node.next.set(id, next)
      }
      node = next
    }
    node.isEnd = true
  }
  return root
}

/** Where the phrases that begin at `from` end, longest first; empty when none does. */
export function phraseEnds(
  trie: PhraseTrie,
  ids: Int32Array,
  from: number,
  limit: number,
): readonly number[] {
  const first = ids[from] ?? 0
  // No phrase holds a word that no pattern knows, and most words are such.
  if (first === 0 || from >= limit) return noEnds
  let node = trie.next.get(first)
  if (node === undefined) return noEnds
  let ends: number[] | undefined
  for (let at = from + 1; ; at++) {
    if (node.isEnd) {
      if (ends === undefined) ends = [at]
      else ends.unshift(at)
    }
    if (at >= limit || node.next.size === 0) break
    node = node.next.get(ids[at] ?? 0)
    if (node === undefined) break
  }
  return ends ?? noEnds
}

/** Whether any phrase begins at `from`. */
export function startsPhrase(trie: PhraseTrie, ids: Int32Array, from: number, limit = ids.length): boolean {
  const first = from < limit ? (ids[from] ?? 0) : 0
  let node = first === 0 ? undefined : trie.next.get(first)
  for (let at = from + 1; node !== undefined; at++) {
    if (node.isEnd) return true
    node = at < limit ? node.next.get(ids[at] ?? 0) : undefined
  }
  return false
}

const noEnds: readonly number[] = []
