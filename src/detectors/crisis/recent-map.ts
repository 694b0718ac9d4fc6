/** A bounded map: when it is full, what was unused for longest goes. */
export interface RecentMap<Value> {
  readonly size: number
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  getOrMake(key: string, make: () => Value): Value
}

export function createRecentMap<Value>(limit: number): RecentMap<Value> {
  // A Map keeps the order of insertion: what is used goes to the end.
  const values = new Map<string, Value>()
  const get = (key: string) => {
    const value = values.get(key)
    if (value !== undefined) {
      values.delete(key)
      values.set(key, value)
    }
    return value
  }
  const set = (key: string, value: Value) => {
    values.delete(key)
    values.set(key, value)
    if (values.size <= limit) return
    const [oldest] = values.keys()
    if (oldest !== undefined) values.delete(oldest)
  }
  return {
    get size() {
      return values.size
    },
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
