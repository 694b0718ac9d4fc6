import { describe, expect, it, vi } from 'vitest'
import { createRoute } from '../../src/engines/route.ts'
import { createWorkerCircuits } from '../../src/workers/circuits.ts'
import { createFollowedRoute } from '../../src/workers/followed-route.ts'

describe('The circuits of several workers, seen as one', () => {
  it('are open as soon as one is, half-open while one is tried, closed when all are', () => {
    const circuits = createWorkerCircuits()
    const breaker = circuits.breaker('primary')
    const seen = vi.fn()
    breaker.onChange(seen)
    circuits.report(1, 'primary', 'open')
    circuits.report(2, 'primary', 'open')
    circuits.report(1, 'primary', 'half-open')
    expect(breaker.state).toBe('open')
    circuits.report(2, 'primary', 'half-open')
    circuits.report(1, 'primary', 'closed')
    circuits.report(2, 'primary', 'closed')
    expect(seen.mock.calls).toEqual([['open'], ['half-open'], ['closed']])
    expect(circuits.breaker('backup').state).toBe('closed')
  })

  it('forget a worker that has ended', () => {
    const circuits = createWorkerCircuits()
    const breaker = circuits.breaker('primary')
    circuits.report(1, 'primary', 'open')
    circuits.forget(1)
    expect(breaker.state).toBe('closed')
  })

  it('stay held by an operator whatever the workers report', async () => {
    const circuits = createWorkerCircuits()
    const breaker = circuits.breaker('primary')
    breaker.hold()
    circuits.report(1, 'primary', 'closed')
    expect(breaker.state).toBe('held')
    await expect(breaker.run(async () => 1)).rejects.toThrow('held')
    breaker.release()
    expect(breaker.state).toBe('closed')
  })

  it('show a new breaker, after a reload, what the workers reported before', () => {
    const circuits = createWorkerCircuits()
    circuits.breaker('primary').close()
    circuits.report(1, 'primary', 'open')
    expect(circuits.breaker('primary').state).toBe('open')
  })
})

describe('The route of a worker', () => {
  const failback = { retryAfterMs: 100, healthyForMs: 100, trialEvery: 2, minSuccesses: 1 }
  const options = (breakers = {}) => ({
    engines: { primary: {}, backup: {} },
    breakers,
    failback,
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
  })

  it('goes where the primary process says', () => {
    const route = createFollowedRoute(options(), () => {})
    expect(route.plan()).toEqual({ first: 'primary', fallback: 'backup', state: 'primary' })
    route.follow({ state: 'backup', serving: 'backup' })
    expect(route.plan()).toEqual({ first: 'backup', fallback: 'primary', state: 'backup' })
    route.follow({ state: 'pinned', serving: 'backup' })
    expect(route.plan()).toEqual({ first: 'backup', fallback: undefined, state: 'pinned' })
  })

  it('leaves out an engine whose circuit is open here, before anybody has said so', () => {
    const open = { state: 'open' as const, onChange() {} }
    const route = createFollowedRoute(options({ primary: open }), () => {})
    expect(route.plan()).toEqual({ first: 'backup', fallback: undefined, state: 'primary' })
  })

  it('never serves by an engine that is not configured here', () => {
    const route = createFollowedRoute(options(), () => {})
    route.follow({ state: 'pinned', serving: 'previous' })
    expect(route.plan().first).toBe('primary')
  })

  it('tries the primary engine with its share of the exchanges, and tells how they went', () => {
    const tried = vi.fn()
    const route = createFollowedRoute(options(), tried)
    const outcome = { engine: 'primary' as const, ok: true, totalMs: 5 }
    route.report(outcome)
    route.follow({ state: 'trial', serving: 'backup' })
    expect([1, 2, 3, 4].map(() => route.plan().first)).toEqual(['primary', 'backup', 'primary', 'backup'])
    route.report(outcome)
    route.report({ ...outcome, engine: 'backup' })
    expect(tried.mock.calls).toEqual([[outcome]])
  })

  it('fails over with all others when one worker has found the engine failing', () => {
    const circuits = createWorkerCircuits()
    const [mine, other] = [1, 2].map(() => createFollowedRoute(options(), () => {}))
    const route = createRoute(
      options({ primary: circuits.breaker('primary'), backup: circuits.breaker('backup') }),
    )
    route.onChange(() => {
      for (const one of [mine, other]) one?.follow({ state: route.state, serving: route.serving })
    })
    circuits.report(1, 'primary', 'open')
    expect([mine?.plan().first, other?.plan().first]).toEqual(['backup', 'backup'])
  })
})
