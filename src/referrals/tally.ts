/** Counts by key, added up before they are written: one statement per key and not one per exchange. */
export interface Tally<Key extends Record<string, string>> {
  add(key: Key, count?: number): void
  /** In a fixed order, so that two writers lock rows in the same order. */
  entries(): (Key & { count: number })[]
  readonly size: number
}

export function createTally<Key extends Record<string, string>>(): Tally<Key> {
  const counts = new Map<string, Key & { count: number }>()
  return {
    add(key, count = 1) {
      const name = JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)))
      const known = counts.get(name)
      if (known === undefined) counts.set(name, { ...key, count })
      else known.count += count
    },
    entries: () => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry),
    get size() {
      return counts.size
    },
  }
}
