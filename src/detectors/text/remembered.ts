/** Twice as many at most: enough for the words that people use. */
const maxRemembered = 10_000
/** Longer words hardly ever come again. */
const maxRememberedUnits = 24

/**
 * The same function, which remembers what it gave for words of ordinary length. When it is full it forgets what was not
 * asked for of late, so that a flood of made-up words does not leave it slow.
 */
export function remembered<Found>(work: (word: string) => Found): (word: string) => Found {
  let recent = new Map<string, { found: Found }>()
  let older = recent
  const keep = (word: string, entry: { found: Found }) => {
    if (recent.size >= maxRemembered) {
      older = recent
      recent = new Map()
    }
    recent.set(word, entry)
  }
  return (word) => {
    const known = recent.get(word)
    if (known !== undefined) return known.found
    const entry = older.get(word) ?? { found: work(word) }
    if (word.length <= maxRememberedUnits) keep(word, entry)
    return entry.found
  }
}
