import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Logger, silentLogger } from '../../src/logger.ts'
import { createHeldLease } from '../../src/stores/held-lease.ts'
import type { TestStateStore } from '../../src/stores/test-state.ts'
import { memoryTestState } from '../probes/memory-test-state.ts'
import { recorder } from './redis-halts-helpers.ts'

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

  function gateway(
    holder: string,
    store: Pick<TestStateStore, 'acquire' | 'release'>,
    logger: Logger = silentLogger,
  ) {
    const told: string[] = []
    const lease = createHeldLease({
      store,
      name: 'probes',
      holder,
      ttlMs,
      clock,
      logger,
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

  it.each([
    ['its monotonic clock', 'monotonicMs'],
    ['the time of day, on a machine whose monotonic clock stands still in its sleep', 'wallMs'],
  ] as const)('is not held by a process that slept through it, by %s', async (_, which) => {
    const store = memoryTestState(nowMs)
    const { lease } = gateway('a', store)
    await lease.start()
    expect(lease.holds()).toBeDefined()
    // No timer runs while a process is stopped; its clock does.
    vi.spyOn(clock, which).mockReturnValue(nowMs() + ttlMs + 1)
    expect(lease.holds()).toBeUndefined()
    vi.restoreAllMocks()
    // Neither does it come back with a clock that is set back.
    expect(lease.holds()).toBeUndefined()
    await lease.close()
  })

  it('tells of its loss and gain also when both happened in the sleep', async () => {
    const store = memoryTestState(nowMs)
    const { lease, told } = gateway('a', store)
    await lease.start()
    const old = lease.holds() ?? Number.NaN
    await store.release('probes', 'a')
    await store.acquire('probes', 'b', ttlMs)
    await store.release('probes', 'b')
    await vi.advanceTimersByTimeAsync(ttlMs / 3)
    expect(lease.holds()).toBeGreaterThan(old)
    expect(told).toEqual(['gained', 'lost', 'gained'])
    await lease.close()
  })

  it('counts an answer from when it was asked for, and one that comes too late for nothing', async () => {
    const store = memoryTestState(nowMs)
    let delayMs = ttlMs + 1
    const { lease, told } = gateway('a', {
      ...store,
      acquire: async (...asked) => {
        const answer = await store.acquire(...asked)
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        return answer
      },
    })
    const started = lease.start()
    await vi.advanceTimersByTimeAsync(delayMs)
    await started
    expect(lease.holds()).toBeUndefined()
    expect(told).toEqual([])
    delayMs = 10
    await vi.advanceTimersByTimeAsync(ttlMs / 3 + delayMs)
    expect(lease.holds()).toBeDefined()
    await lease.close()
  })

  it('is given back by closing, so that another has it at its next asking', async () => {
    const store = memoryTestState(nowMs)
    const [a, b] = [gateway('a', store), gateway('b', store)]
    await a.lease.start()
    await b.lease.start()
    await a.lease.close()
    expect(a.lease.holds()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(ttlMs / 3)
    expect(b.lease.holds()).toBeDefined()
    await b.lease.close()
  })

  it('is given back also when it is granted while closing, and not asked for again', async () => {
    const store = memoryTestState(nowMs)
    const answer = Promise.withResolvers<void>()
    const asked = vi.fn()
    const { lease, told } = gateway('a', {
      ...store,
      acquire: async (...request) => {
        asked()
        await answer.promise
        return store.acquire(...request)
      },
    })
    const started = lease.start()
    const closed = lease.close()
    answer.resolve()
    await Promise.all([started, closed])
    expect(await store.acquire('probes', 'b', ttlMs)).toBeDefined()
    await vi.advanceTimersByTimeAsync(10 * ttlMs)
    expect(asked).toHaveBeenCalledOnce()
    expect(told).toEqual([])
  })

  it('warns once when the store goes away, and says once that it is back', async () => {
    const store = memoryTestState(nowMs)
    const { lines, logger } = recorder()
    const { lease } = gateway('a', store, logger)
    await lease.start()
    store.away = true
    await vi.advanceTimersByTimeAsync(3 * ttlMs)
    store.away = false
    await vi.advanceTimersByTimeAsync(ttlMs)
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: the lease cannot be asked for',
      'info: the lease can be asked for again',
    ])
    await lease.close()
  })
})
