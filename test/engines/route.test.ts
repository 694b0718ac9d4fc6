import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BreakerState } from '../../src/breakers/breaker.ts'
import type { EngineName } from '../../src/engines/engine.ts'
import { createRoute, type FailbackOptions, type RoutePlan } from '../../src/engines/route.ts'

function fakeBreaker() {
  const listeners: ((state: BreakerState) => void)[] = []
  return {
    state: 'closed' as BreakerState,
    onChange: (listener: (state: BreakerState) => void) => void listeners.push(listener),
    become(state: BreakerState) {
      this.state = state
      for (const listener of listeners) listener(state)
    },
  }
}

function setUp(
  failback: Partial<FailbackOptions> = {},
  engines: { backup?: string; previous?: string } = { backup: 'b' },
) {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs }
  const breakers = { primary: fakeBreaker(), backup: fakeBreaker(), previous: fakeBreaker() }
  const route = createRoute({
    engines: { primary: 'p', ...engines },
    breakers,
    failback: {
      retryAfterMs: 1_000,
      healthyForMs: 5_000,
      trialEvery: 4,
      minSuccesses: 2,
      slowMs: 300,
      ...failback,
    },
    clock,
  })
  const order = () => {
    const { first, fallback } = route.plan()
    return [first, fallback]
  }
  const planned = () => {
    const { first, fallback, state } = route.plan()
    return [first, fallback, state]
  }
  return { clock, breakers, route, order, planned }
}

const good = { engine: 'primary', ok: true, totalMs: 100 } as const
const bad = { engine: 'primary', ok: false, totalMs: 100 } as const

describe('failing over', () => {
  it('serves from primary, with backup behind it', () => {
    const { planned } = setUp()
    expect(planned()).toEqual(['primary', 'backup', 'primary'])
  })

  it('turns to backup when the circuit of primary opens or is held, and leaves primary out', () => {
    for (const circuit of ['open', 'held'] as const) {
      const { route, breakers, order } = setUp()
      breakers.primary.become(circuit)
      expect(route.state).toBe('backup')
      expect(order()).toEqual(['backup', undefined])
    }
  })

  it('turns to backup on a critical breach, with primary behind it', () => {
    const { route, order } = setUp()
    expect(route.failOver('latency p95 breached')).toBe(true)
    expect(order()).toEqual(['backup', 'primary'])
    expect(route.failOver('again')).toBe(false)
  })

  it('does not turn to a backup whose circuit is open', () => {
    const { route, breakers, order } = setUp()
    breakers.backup.become('open')
    expect(route.failOver('latency')).toBe(false)
    expect(order()).toEqual(['primary', undefined])
  })

  it('serves from primary when the backup breaks while primary still takes calls', () => {
    const { route, breakers, order } = setUp()
    route.failOver('latency')
    breakers.backup.become('open')
    expect(order()).toEqual(['primary', undefined])
  })

  it('keeps asking its first choice when no circuit takes calls, and never chooses previous', () => {
    const { breakers, order } = setUp({}, { backup: 'b', previous: 'v1' })
    breakers.primary.become('open')
    breakers.backup.become('open')
    expect(order()).toEqual(['backup', undefined])
  })

  it('has nowhere to go without a backup', () => {
    const { route, breakers, planned } = setUp({}, {})
    breakers.primary.become('open')
    expect(route.failOver('latency')).toBe(false)
    expect(planned()).toEqual(['primary', undefined, 'primary'])
  })
})

describe('coming back', () => {
  it('tries primary with every fourth exchange after retryAfterMs', () => {
    const { clock, route, order } = setUp()
    route.failOver('latency')
    clock.nowMs = 999
    expect(order()).toEqual(['backup', 'primary'])
    clock.nowMs = 1_000
    const firsts = Array.from({ length: 8 }, () => order())
    expect(firsts.map(([first]) => first)).toEqual([
      ...['primary', 'backup', 'backup', 'backup'],
      ...['primary', 'backup', 'backup', 'backup'],
    ])
    expect(firsts[0]).toEqual(['primary', 'backup'])
  })

  it('does not try a primary whose circuit is still open or held', () => {
    const { clock, route, breakers } = setUp()
    breakers.primary.become('held')
    clock.nowMs = 3_600_000
    expect(route.plan().state).toBe('backup')
    breakers.primary.become('half-open')
    expect(route.plan().state).toBe('trial')
  })

  it('is back on primary after healthyForMs with enough successes', () => {
    const { clock, route, planned } = setUp()
    route.failOver('latency')
    clock.nowMs = 1_000
    expect(route.state).toBe('trial')
    route.report(good)
    clock.nowMs = 6_000
    expect(route.state).toBe('trial')
    route.report(good)
    expect(planned()).toEqual(['primary', 'backup', 'primary'])
  })

  it('goes back to backup, and waits anew, at the first failed or too slow exchange of primary', () => {
    for (const outcome of [bad, { ...good, totalMs: 301 }]) {
      const { clock, route } = setUp()
      route.failOver('latency')
      clock.nowMs = 1_000
      route.plan()
      route.report(good)
      route.report(outcome)
      expect(route.state).toBe('backup')
      clock.nowMs = 1_999
      expect(route.state).toBe('backup')
      clock.nowMs = 2_000
      expect(route.state).toBe('trial')
    }
  })

  it('is not disturbed in a trial by what the backup does', () => {
    const { clock, route } = setUp()
    route.failOver('latency')
    clock.nowMs = 1_000
    route.plan()
    route.report({ engine: 'backup', ok: false, totalMs: 9_999 })
    expect(route.state).toBe('trial')
  })
})

describe('pinning', () => {
  it('serves from the pinned engine alone, whatever happens, until unpinned', () => {
    const { clock, breakers, route, planned } = setUp({}, { backup: 'b', previous: 'v1' })
    route.pin('previous')
    breakers.primary.become('open')
    clock.nowMs = 3_600_000
    expect(route.failOver('latency')).toBe(false)
    expect(planned()).toEqual(['previous', undefined, 'pinned'])
  })

  it('comes back to primary through a trial, or at once when primary was pinned', () => {
    const { route } = setUp()
    route.pin('backup')
    route.unpin()
    expect(route.state).toBe('backup')
    route.pin('primary')
    route.unpin()
    expect(route.state).toBe('primary')
    route.unpin()
    expect(route.state).toBe('primary')
  })

  it('refuses an engine that is not configured', () => {
    const { route } = setUp()
    expect(() => route.pin('previous')).toThrow(expect.objectContaining({ code: 'not_found' }))
    expect(route.state).toBe('primary')
  })
})

it('tells listeners of each change with its reason', () => {
  const { clock, route, breakers } = setUp()
  const seen: string[] = []
  route.onChange((state, reason) => seen.push(`${state}: ${reason}`))
  route.failOver('latency p95 breached')
  clock.nowMs = 1_000
  route.plan()
  breakers.primary.become('open')
  expect(seen).toEqual([
    'backup: latency p95 breached',
    'trial: primary is tried again',
    'backup: the circuit of primary is open',
  ])
})

const event = fc.oneof(
  fc.record({ do: fc.constant('plan' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ do: fc.constant('report' as const), ok: fc.boolean(), totalMs: fc.constantFrom(10, 301) }),
  fc.record({ do: fc.constant('failOver' as const) }),
  fc.record({
    do: fc.constant('circuit' as const),
    engine: fc.constantFrom<EngineName>('primary', 'backup'),
    state: fc.constantFrom<BreakerState>('closed', 'open', 'half-open', 'held'),
  }),
  fc.record({
    do: fc.constant('pin' as const),
    engine: fc.constantFrom<EngineName>('primary', 'backup', 'previous'),
  }),
  fc.record({ do: fc.constant('unpin' as const) }),
)

it('never breaks its promises, in any order of events', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const { clock, breakers, route } = setUp({}, { backup: 'b', previous: 'v1' })
      let pinned: EngineName | undefined
      let leftPrimaryMs = 0
      let trialSinceMs = 0
      let trialFailed = false
      let before = route.state
      route.onChange((state) => {
        if (state === 'backup') leftPrimaryMs = clock.nowMs
        if (state === 'trial') {
          expect(before).toBe('backup')
          expect(clock.nowMs - leftPrimaryMs).toBeGreaterThanOrEqual(1_000)
          expect(breakers.primary.state).not.toMatch(/open$|held/.source === '' ? '' : /^(open|held)$/)
          trialSinceMs = clock.nowMs
          trialFailed = false
        }
        if (state === 'primary' && before === 'trial') {
          expect(trialFailed).toBe(false)
          expect(clock.nowMs - trialSinceMs).toBeGreaterThanOrEqual(5_000)
        }
        expect(state === 'primary' && before === 'backup').toBe(false)
        before = state
      })
      for (const now of events) {
        let plan: RoutePlan | undefined
        if (now.do === 'wait') clock.nowMs += now.ms
        else if (now.do === 'circuit')
          breakers[now.engine === 'primary' ? 'primary' : 'backup'].become(now.state)
        else if (now.do === 'failOver') route.failOver('breach')
        else if (now.do === 'report') {
          const fails = !now.ok || now.totalMs > 300
          const inTrial = before === 'trial'
          trialFailed ||= inTrial && fails
          route.report({ engine: 'primary', ok: now.ok, totalMs: now.totalMs })
          if (inTrial && fails) expect(before).toBe('backup')
        } else if (now.do === 'pin') {
          pinned = now.engine
          route.pin(now.engine)
        } else if (now.do === 'unpin') {
          pinned = undefined
          route.unpin()
        } else plan = route.plan()

        if (plan === undefined) continue
        expect(plan.fallback).not.toBe(plan.first)
        if (pinned !== undefined) {
          expect([plan.first, plan.fallback, plan.state]).toEqual([pinned, undefined, 'pinned'])
          continue
        }
        const taking = (['primary', 'backup'] as const).filter(
          (name) => !/^(open|held)$/.test(breakers[name].state),
        )
        const asked = [plan.first, plan.fallback].filter((name) => name !== undefined)
        // Every engine that takes calls is asked, and no other unless none does.
        if (taking.length > 0) expect(new Set(asked)).toEqual(new Set(taking))
        else expect(asked).toHaveLength(1)
        expect(asked).not.toContain('previous')
        if (plan.state === 'primary' && taking.includes('primary')) expect(plan.first).toBe('primary')
        if (plan.state === 'backup' && taking.includes('backup')) expect(plan.first).toBe('backup')
      }
    }),
    { numRuns: 500 },
  )
})
