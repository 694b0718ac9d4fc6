import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { createHeldLease } from '../../src/stores/held-lease.ts'
import type { TestStateStore } from '../../src/stores/test-state.ts'
import { memoryTestState } from '../probes/memory-test-state.ts'

const ttlMs = 9_000

describe('a lease that is held', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const nowMs = () => performance.now()
  const clock = { monotonicMs: nowMs, wallMs: nowMs }

  function gateway(holder: string, store: Pick<TestStateStore, 'acquire' | 'release'>) {
    const told: string[] = []
    const lease = createHeldLease({
      store,
      name: 'probes',
      holder,
      ttlMs,
      clock,
      logger: silentLogger,
      onGained: () => told.push('gained'),
      onLost: () => told.push('lost'),
    })
    return { lease, told }
  }

  it('is kept by renewing, and nobody else gets it meanwhile', async () => {
    const store = memoryTestState(nowMs)
    const [a, b] = [gateway('a', store), gateway('b', store)]
    await a.lease.start()
    await b.lease.start()
    const token = a.lease.holds()
    await vi.advanceTimersByTimeAsync(10 * ttlMs)
    expect(a.lease.holds()).toBe(token)
    expect(b.lease.holds()).toBeUndefined()
    expect(a.told).toEqual(['gained'])
    await Promise.all([a.lease.close(), b.lease.close()])
  })

  it('is another’s within two lease times when its holder dies without a word', async () => {
    const store = memoryTestState(nowMs)
    let isDead = false
    const lifeline: typeof store = {
      ...store,
      acquire: (...asked) => (isDead ? Promise.reject(new Error('dead')) : store.acquire(...asked)),
      release: async () => {},
    }
    const [a, b] = [gateway('a', lifeline), gateway('b', store)]
    await a.lease.start()
    await b.lease.start()
    const old = a.lease.holds() ?? 0
    isDead = true
    await vi.advanceTimersByTimeAsync(2 * ttlMs)
    expect(b.lease.holds()).toBeGreaterThan(old)
    await Promise.all([a.lease.close(), b.lease.close()])
  })

  it('ends by its own clock while the store is away, and counts from the sending', async () => {
    const store = memoryTestState(nowMs)
    const { lease, told } = gateway('a', store)
    await lease.start()
    store.away = true
    await vi.advanceTimersByTimeAsync(ttlMs - 1)
    expect(lease.holds()).toBeDefined()
    await vi.advanceTimersByTimeAsync(2)
    expect(lease.holds()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(ttlMs)
    expect(told).toEqual(['gained', 'lost'])
    store.away = false
    await vi.advanceTimersByTimeAsync(ttlMs)
    expect(lease.holds()).toBeDefined()
    await lease.close()
  })

  it('is not held by a process that slept through it', async () => {
    const store = memoryTestState(nowMs)
    const { lease } = gateway('a', store)
    await lease.start()
    vi.setSystemTime(Date.now() + 1)
    const before = lease.holds()
    // No timer runs while a process is stopped; its clock does.
    vi.spyOn(clock, 'monotonicMs').mockReturnValue(nowMs() + ttlMs)
    expect(before).toBeDefined()
    expect(lease.holds()).toBeUndefined()
    vi.restoreAllMocks()
    await lease.close()
  })
})
