/** A bounded map of what was used last. */
export interface RecentMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  getOrMake(key: string, make: () => Value): Value
}

/**
 * Keeps at least the `limit` entries that were used last, and at most twice as many. Two maps: when the young one is full
 * it becomes the old one, and what is used moves over. Nothing is ever deleted: after deletions V8's `Map` makes itself
 * anew, and each old table, once it is in the old generation, keeps all that follow until a full collection.
 */
export function createRecentMap<Value>(limit: number): RecentMap<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const set = (key: string, value: Value) => {
    young.set(key, value)
    if (young.size < limit) return
    old = young
    young = new Map()
  }
  const get = (key: string) => {
    const value = young.get(key)
    if (value !== undefined) return value
    const older = old.get(key)
    if (older !== undefined) set(key, older)
    return older
  }
  return {
    get,
    set,
    getOrMake(key, make) {
      const known = get(key)
      if (known !== undefined) return known
      const made = make()
      set(key, made)
      return made
    },
  }
}
