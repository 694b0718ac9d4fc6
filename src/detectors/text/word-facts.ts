import type { WeighedWord } from './word-sums.ts'

/** All that the detector knows about a word wherever it stands, so that a word is looked up once and not by each step. */
export interface WordFacts extends WeighedWord {
  /** Its number in the grammar's vocabulary, 0 for none. */
  readonly id: number
  /** The words it stands for when it is mistyped; undefined when it stands for itself. */
  readonly correction: readonly string[] | undefined
  /** Letters only, and nothing in it to repair. */
  readonly isOrdinary: boolean
}

/** Enough for the words that people use; what comes later is worked out each time. */
const maxRemembered = 20_000
/** A longer slice would keep the whole message alive in memory (V8). */
const maxRememberedUnits = 12

/** The same function, which remembers what it gave for short words. */
export function remembered<Found>(work: (word: string) => Found): (word: string) => Found {
  const known = new Map<string, { found: Found }>()
  return (word) => {
    const entry = known.get(word)
    if (entry !== undefined) return entry.found
    const found = work(word)
    if (known.size < maxRemembered && word.length <= maxRememberedUnits) known.set(word, { found })
    return found
  }
}
