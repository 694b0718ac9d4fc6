import type { TestStateStore } from '../../src/stores/test-state.ts'

/** A test-state store in memory, by the rules of the contract; time is what the test says. */
export function memoryTestState(nowMs: () => number = () => 0): TestStateStore & { away: boolean } {
  const leases = new Map<string, { holder: string; token: number; untilMs: number }>()
  const values = new Map<string, { revision: number; value: string }>()
  let newest = 0
  const there = () => {
    if (store.away) throw new Error('the store is away')
  }
  const store: TestStateStore & { away: boolean } = {
    away: false,
    async acquire(name, holder, ttlMs) {
      there()
      const held = leases.get(name)
      if (held !== undefined && held.holder !== holder && held.untilMs > nowMs()) return undefined
      const token = held?.holder === holder && held.untilMs > nowMs() ? held.token : ++newest
      leases.set(name, { holder, token, untilMs: nowMs() + ttlMs })
      return { token, ttlMs }
    },
    async release(name, holder) {
      there()
      if (leases.get(name)?.holder === holder) leases.delete(name)
    },
    async read(key) {
      there()
      return values.get(key)
    },
    async write(key, value, { expected, lease, token }) {
      there()
      if (leases.get(lease)?.token !== token) return { written: false, why: 'fenced' }
      const revision = values.get(key)?.revision ?? 0
      if (revision !== expected) return { written: false, why: 'conflict' }
      values.set(key, { revision: revision + 1, value })
      return { written: true, revision: revision + 1 }
    },
    async close() {},
  }
  return store
}
