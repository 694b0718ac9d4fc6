import type { Pattern } from './pattern.ts'
import type { PhraseTrie, Vocabulary } from './phrase-trie.ts'

/** A pattern, and what it means that it matches. */
export interface MarkRule<Mark> {
  mark: Mark
  pattern: Pattern
}

/** Whether a pattern is nothing but one phrase of several. */
export function isPhrase({ parts: [first, second] }: Pattern): boolean {
  return second === undefined && first?.kind === 'phrase' && !first.isOptional
}

/**
 * Finds what the phrases in a text mean, all at once: they are one tree, which is followed from each word. Where a mark stands
 * first is all that is told of it, so that nothing is lost against trying each pattern, and the words are gone through once.
 */
export class PhraseMarks<Mark> {
  readonly #vocabulary: Vocabulary
  /** By the number of a word: the node that it leads to from the root, or 0. A root is never led to. */
  readonly #begins: Int32Array
  readonly #marks = new Map<PhraseTrie, Mark[]>()

  /** `vocabulary` holds every word of the rules' patterns; throws for a pattern that is more than a phrase. */
  constructor(rules: readonly MarkRule<Mark>[], vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    const { tries } = vocabulary
    const phrases = rules.flatMap(({ mark, pattern }) => {
      const [part] = pattern.parts
      if (part?.kind !== 'phrase' || !isPhrase(pattern)) throw new Error('A mark is found by phrases alone')
      return tries.phrasesFrom(part.trie).map((words) => ({ mark, words }))
    })
    // Something before it, so that no node that is led to has the number 0.
    tries.ofNumbers([])
    const root = tries.ofNumbers(phrases.map(({ words }) => words))
    this.#begins = new Int32Array(vocabulary.size + 1)
    for (const id of tries.wordsOf(root)) this.#begins[id] = tries.step(root, id)
    for (const { mark, words } of phrases) {
      const end = words.reduce((node, id) => tries.step(node, id), root)
      const known = this.#marks.get(end) ?? []
      if (!known.includes(mark)) known.push(mark)
      this.#marks.set(end, known)
    }
  }

  /** Sets each mark in the words `from` up to `to` to where it stands first, unless it was found before that. */
  find(ids: Int32Array, from: number, to: number, found: Map<Mark, number>): void {
    const { tries } = this.#vocabulary
    for (let start = from; start < to; start++) {
      let node = this.#begins[ids[start] ?? 0] ?? 0
      for (let at = start + 1; node > 0; at++) {
        if (tries.isEnd(node)) this.#note(node, start, found)
        node = at < to ? tries.step(node, ids[at] ?? 0) : -1
      }
    }
  }

  #note(end: PhraseTrie, start: number, found: Map<Mark, number>): void {
    for (const mark of this.#marks.get(end) ?? []) {
      const known = found.get(mark)
      if (known === undefined || start < known) found.set(mark, start)
    }
  }
}
