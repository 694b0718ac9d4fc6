import { describe, expect, it, vi } from 'vitest'
import type { HaltEntry } from '../../src/breakers/halt-entry.ts'
import type { HaltHealth } from '../../src/breakers/halt-gate.ts'
import { digestOf } from '../../src/breakers/halt-set.ts'
import { createSafetyHalt } from '../../src/breakers/safety-halt.ts'
import { silentLogger } from '../../src/logger.ts'
import { createOwnHalts } from '../../src/workers/own-halts.ts'
import { SimulatedStore } from '../breakers/simulated-halts.ts'

const entry = (id: string): HaltEntry => ({
  id,
  kind: 'engaged',
  atMs: 1,
  by: 'a',
  reason: 'drill',
  scope: 'all',
  cause: 'drill',
})

/** A primary's halts, with its clock in the test's hand. */
function primary(health: Partial<HaltHealth> = {}) {
  let nowMs = 1_000
  const listeners = new Set<() => void>()
  const state = {
    entries: [entry('halt-0001')],
    health: { suspended: false, leaseAgeMs: 0, unacknowledged: 0, storeErrors: 0, ...health } as HaltHealth,
    genesis: { id: 'genesis-1', atMs: 1 } as { id: string; atMs: number } | undefined,
  }
  const store = createOwnHalts({
    halt: {
      entries: () => state.entries,
      genesis: () => state.genesis,
      health: () => state.health,
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    clock: { monotonicMs: () => nowMs, wallMs: () => nowMs },
  })
  return {
    store,
    state,
    pass(ms: number) {
      nowMs += ms
    },
    change() {
      for (const listener of listeners) listener()
    },
  }
}

describe("A primary's halts, as its workers ask for them", () => {
  it('are confirmed at once by a gateway that is alone on its disk', async () => {
    expect(await primary().store.confirm('w')).toEqual({ durable: true, digest: digestOf(['halt-0001']) })
  })

  it('are confirmed only after the primary has confirmed its own, later than it was asked', async () => {
    vi.useFakeTimers()
    try {
      const { store, state, pass } = primary({ leaseAgeMs: 200 })
      const answered = vi.fn()
      const asking = store.confirm('w').then(answered)
      // What the primary had sent before it was asked proves nothing about now.
      pass(100)
      state.health = { ...state.health, leaseAgeMs: 101 }
      await vi.advanceTimersByTimeAsync(100)
      expect(answered).not.toHaveBeenCalled()
      state.health = { ...state.health, leaseAgeMs: 40 }
      await vi.advanceTimersByTimeAsync(100)
      await asking
      expect(answered).toHaveBeenCalledWith(expect.objectContaining({ durable: true }))
    } finally {
      vi.useRealTimers()
    }
  })

  it('are not confirmed by a primary that cannot confirm them itself', async () => {
    vi.useFakeTimers()
    try {
      const { store, pass } = primary({ suspended: { since: 1, why: 'lease' }, leaseAgeMs: 60_000 })
      const asking = store.confirm('w')
      pass(2_000)
      await vi.advanceTimersByTimeAsync(100)
      expect(await asking).toMatchObject({ durable: false })
    } finally {
      vi.useRealTimers()
    }
  })

  it('are unknown where the primary does not know its store', async () => {
    vi.useFakeTimers()
    try {
      const { store, state, pass } = primary({ suspended: { since: 1, why: 'unknown-store' } })
      state.genesis = undefined
      const asking = store.confirm('w')
      pass(2_000)
      await vi.advanceTimersByTimeAsync(100)
      expect(await asking).toMatchObject({ durable: false, digest: undefined })
      await expect(store.initialise({ id: 'genesis-2', atMs: 2 })).rejects.toThrow('unknown')
    } finally {
      vi.useRealTimers()
    }
  })

  it('are pushed once each, and nothing is pushed for a change that adds none', () => {
    const { store, state, change } = primary()
    const pushed = vi.fn()
    store.subscribe(pushed)
    change()
    expect(pushed).not.toHaveBeenCalled()
    state.entries = [...state.entries, entry('halt-0002')]
    change()
    change()
    expect(pushed.mock.calls).toEqual([[[entry('halt-0002')]]])
  })

  it('take no halt from a worker', async () => {
    await expect(primary().store.append([entry('halt-0009')])).rejects.toThrow('no halts but')
  })
})

describe('A halt that other processes must have in force too', () => {
  it('is acknowledged only when they have', async () => {
    let confirm = () => {}
    const halt = await createSafetyHalt({
      gatewayId: 'g',
      mirror: new SimulatedStore(),
      shared: undefined,
      leaseMs: 10_000,
      clock: { monotonicMs: () => 0, wallMs: () => 0 },
      logger: silentLogger,
      newId: () => `halt-${crypto.randomUUID()}`,
      inForceElsewhere: () => new Promise<void>((resolve) => (confirm = resolve)),
    })
    const acknowledged = vi.fn()
    const engaging = halt
      .engage({ scope: 'all', cause: 'drill', reason: 'a test', by: 'a' })
      .then(acknowledged)
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    expect(
      halt.check({ engine: 'primary', tenant: undefined, session: undefined, joinsLast: false }),
    ).toMatchObject({
      kind: 'halted',
    })
    expect(acknowledged).not.toHaveBeenCalled()
    confirm()
    await engaging
    expect(acknowledged).toHaveBeenCalledOnce()
    await halt.close()
  })
})
