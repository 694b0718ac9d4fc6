import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SafetyHalt } from '../../src/breakers/halt-gate.ts'
import type { SafetyHaltOptions } from '../../src/breakers/safety-halt.ts'
import { genesis, MovableClock, SimulatedStore, someone, startGateway, stopAll } from './simulated-halts.ts'

const running: SafetyHalt[] = []

async function start(options: Partial<SafetyHaltOptions>): Promise<SafetyHalt> {
  const halt = await startGateway(options)
  running.push(halt)
  return halt
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(async () => {
  const closed = Promise.all(running.splice(0).map((halt) => halt.close()))
  await pass(10_000)
  await closed
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('one gateway on its own disk', () => {
  it('lets AI replies through from its first start on', async () => {
    const halt = await start({ mirror: new SimulatedStore() })
    expect(halt.check(someone)).toBeUndefined()
    expect(halt.health()).toEqual({ suspended: false, leaseAgeMs: 0, unacknowledged: 0, storeErrors: 0 })
  })

  it('refuses at once, before the disk has answered', async () => {
    const mirror = new SimulatedStore()
    const halt = await start({ mirror })
    const cut = vi.fn()
    halt.onChange(cut)
    mirror.mode = 'hangs'
    const engaged = halt.engage(stopAll)
    expect(halt.check(someone)).toMatchObject({ kind: 'halted', scope: 'all', cause: 'drill' })
    expect(cut).toHaveBeenCalledOnce()
    await pass(2_000)
    await engaged
  })

  it('acknowledges a halt once it is on the disk', async () => {
    const mirror = new SimulatedStore()
    const halt = await start({ mirror })
    const { halt: taken, durability } = await halt.engage(stopAll)
    expect(durability).toEqual({ acknowledged: true })
    expect(mirror.node.ids()).toEqual([taken.id])
    expect(halt.list()).toMatchObject([
      { id: taken.id, state: 'engaged', engagedBy: 'ada', acknowledged: true },
    ])
  })

  it('keeps refusing after a restart, and for as long as nobody clears', async () => {
    const mirror = new SimulatedStore()
    await (await start({ mirror })).engage(stopAll)
    const clock = new MovableClock()
    const restarted = await start({ mirror, clock })
    expect(restarted.check(someone)?.kind).toBe('halted')
    for (const yearMs of [365 * 24 * 3_600_000, -365 * 24 * 3_600_000]) {
      clock.wallOffsetMs = yearMs
      clock.monotonicOffsetMs += 2 * 3_600_000
      await pass(1_000)
      expect(restarted.check(someone)?.kind).toBe('halted')
    }
    expect((await start({ mirror, clock })).check(someone)?.kind).toBe('halted')
  })

  it.each(['down', 'hangs'] as const)(
    'enforces a halt while the disk %s, says so, and goes on trying',
    async (mode) => {
      const mirror = new SimulatedStore()
      const halt = await start({ mirror })
      mirror.mode = mode
      const engaging = halt.engage(stopAll)
      await pass(2_000)
      const { durability } = await engaging
      expect(durability).toMatchObject({ acknowledged: false, missing: expect.stringContaining('own disk') })
      expect(halt.check(someone)?.kind).toBe('halted')
      expect(halt.health()).toMatchObject({ unacknowledged: 1, suspended: false })
      expect(halt.list()).toMatchObject([{ acknowledged: false }])
      mirror.mend()
      await pass(2_500)
      expect(halt.health().unacknowledged).toBe(0)
      expect(halt.list()).toMatchObject([{ acknowledged: true }])
      expect(mirror.node.ids()).toHaveLength(1)
    },
  )

  it('is suspended while its disk cannot be read, and takes its halts from there as soon as it can', async () => {
    const mirror = new SimulatedStore()
    await (await start({ mirror })).engage(stopAll)
    mirror.mode = 'down'
    const halt = await start({ mirror })
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'unknown-store' })
    mirror.mend()
    await pass(300)
    expect(halt.check(someone)?.kind).toBe('halted')
  })

  it('is suspended while its first genesis cannot be written', async () => {
    const mirror = new SimulatedStore()
    mirror.initialise = () => Promise.reject(new Error('disk full'))
    const halt = await start({ mirror })
    await pass(1_000)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'unknown-store' })
  })

  it('refuses to start with no store at all', async () => {
    await expect(start({})).rejects.toThrow('at least one store')
  })

  it('lets a halt be cleared, and shows who did', async () => {
    const mirror = new SimulatedStore()
    const halt = await start({ mirror })
    const { halt: taken } = await halt.engage(stopAll)
    const { halt: over, durability } = await halt.clear(taken.id, 'grace', 'probes are green')
    expect(over).toMatchObject({ state: 'cleared', clearedBy: 'grace', clearedReason: 'probes are green' })
    expect(durability).toEqual({ acknowledged: true })
    expect(halt.check(someone)).toBeUndefined()
    expect((await start({ mirror })).check(someone)).toBeUndefined()
  })

  it('keeps a halt whose clearance cannot be stored', async () => {
    const mirror = new SimulatedStore()
    const halt = await start({ mirror })
    const { halt: taken } = await halt.engage(stopAll)
    mirror.mode = 'down'
    await expect(halt.clear(taken.id, 'grace', 'green')).rejects.toMatchObject({ code: 'not_durable' })
    expect(halt.check(someone)?.kind).toBe('halted')
    mirror.mend()
    await pass(1_000)
    expect(halt.check(someone)?.kind).toBe('halted')
    await halt.clear(taken.id, 'grace', 'green')
    expect(halt.check(someone)).toBeUndefined()
  })

  it('refuses to clear what is not there, is over, is being cleared, or without a reason', async () => {
    const halt = await start({ mirror: new SimulatedStore() })
    const { halt: taken } = await halt.engage(stopAll)
    await expect(halt.clear('no-such-halt', 'grace', 'green')).rejects.toMatchObject({ code: 'not_found' })
    await expect(halt.clear(taken.id, 'grace', '')).rejects.toMatchObject({ code: 'invalid_request' })
    const [first, second] = await Promise.allSettled([
      halt.clear(taken.id, 'grace', 'green'),
      halt.clear(taken.id, 'ada', 'green'),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } })
    await expect(halt.clear(taken.id, 'grace', 'again')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('does not refuse a halt for its prose, but for a scope that means nothing', async () => {
    const halt = await start({ mirror: new SimulatedStore() })
    const { halt: taken } = await halt.engage({ ...stopAll, reason: 'x'.repeat(5_000), by: '' })
    expect(taken.reason).toHaveLength(2_000)
    await expect(halt.engage({ ...stopAll, scope: 'everyting' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  it('never gives a new halt the id of an old one, which may be cleared', async () => {
    const halt = await start({ mirror: new SimulatedStore(), newId: () => 'always-the-same' })
    const { halt: first } = await halt.engage(stopAll)
    await halt.clear(first.id, 'grace', 'green')
    const { halt: second } = await halt.engage(stopAll)
    expect(second.id).not.toBe(first.id)
    expect(halt.check(someone)).toMatchObject({ haltId: second.id })
  })

  it('calls every listener, even when one throws, until it leaves', async () => {
    const halt = await start({ mirror: new SimulatedStore() })
    const seen = vi.fn()
    halt.onChange(() => {
      throw new Error('broken listener')
    })
    const leave = halt.onChange(seen)
    await halt.engage(stopAll)
    expect(seen).toHaveBeenCalledTimes(1)
    leave()
    await halt.engage(stopAll)
    expect(seen).toHaveBeenCalledTimes(1)
  })

  it('lists halts newest first', async () => {
    const halt = await start({ mirror: new SimulatedStore() })
    for (const reason of ['first', 'second', 'third']) {
      await halt.engage({ ...stopAll, reason })
      await pass(10)
    }
    expect(halt.list().map(({ reason }) => reason)).toEqual(['third', 'second', 'first'])
  })

  it('keeps a cleared halt for 30 days, then forgets it, on the disk too; an uncleared one it keeps', async () => {
    const mirror = new SimulatedStore()
    const halt = await start({ mirror })
    const { halt: old } = await halt.engage(stopAll)
    await halt.clear(old.id, 'grace', 'green')
    const { halt: lasting } = await halt.engage(stopAll)
    await halt.close()
    vi.setSystemTime(Date.now() + 30 * 24 * 3_600_000 - 1_000)
    const before = await start({ mirror })
    await pass(500)
    expect(before.list()).toHaveLength(2)
    await before.close()
    vi.setSystemTime(Date.now() + 2_000)
    const after = await start({ mirror })
    await pass(500)
    expect(after.list().map(({ id }) => id)).toEqual([lasting.id])
    expect(mirror.node.ids()).toEqual([lasting.id])
  })
})

describe('a gateway with a shared store', () => {
  async function sharedStore(): Promise<SimulatedStore> {
    const shared = new SimulatedStore()
    await shared.initialise(genesis)
    return shared
  }

  it('serves once the store has confirmed', async () => {
    const halt = await start({ shared: await sharedStore(), mirror: new SimulatedStore() })
    expect(halt.check(someone)).toBeUndefined()
  })

  it.each(['down', 'hangs'] as const)(
    'starts suspended while the store %s, and serves when it is back',
    async (mode) => {
      const shared = await sharedStore()
      shared.mode = mode
      const starting = start({ shared })
      await pass(2_000)
      const halt = await starting
      const changed = vi.fn()
      halt.onChange(changed)
      expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'lease' })
      shared.mend()
      await pass(2_500)
      expect(halt.check(someone)).toBeUndefined()
      expect(changed).toHaveBeenCalled()
    },
  )

  it('stays suspended on a store that was never set up, until it is', async () => {
    const shared = new SimulatedStore()
    const halt = await start({ shared, mirror: new SimulatedStore() })
    await pass(5_000)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'unknown-store' })
    expect(shared.node.genesis).toBeUndefined()
    await shared.initialise(genesis)
    await pass(300)
    expect(halt.check(someone)).toBeUndefined()
  })

  it('suspends itself when the lease has run out, and cuts idle streams at that moment', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared })
    const cut = vi.fn(() => expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'lease' }))
    halt.onChange(cut)
    shared.mode = 'hangs'
    await pass(999)
    expect(halt.check(someone)).toBeUndefined()
    expect(cut).not.toHaveBeenCalled()
    await pass(2)
    expect(cut).toHaveBeenCalledOnce()
    expect(halt.health().suspended).toMatchObject({ why: 'lease' })
  })

  it('does not suspend for an outage shorter than the lease', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared })
    const changed = vi.fn()
    halt.onChange(changed)
    shared.mode = 'down'
    await pass(700)
    shared.mend()
    await pass(5_000)
    expect(changed).not.toHaveBeenCalled()
    expect(halt.health().storeErrors).toBeGreaterThan(0)
  })

  it('is not kept going by confirmations without a majority', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared })
    shared.durable = false
    await pass(1_100)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'lease' })
  })

  it('is not kept going by a store that confirms a set it cannot be given', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared })
    shared.node.entries.set('entry-unread', '')
    shared.read = () => Promise.reject(new Error('cannot be read'))
    await pass(1_100)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'lease' })
  })

  it('counts the lease from sending: an answer that comes back late renews little', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared, storeTimeoutMs: 60_000 })
    shared.mode = 'frozen'
    await pass(1_500)
    shared.mend()
    await vi.advanceTimersByTimeAsync(0)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended' })
    await pass(300)
    expect(halt.check(someone)).toBeUndefined()
  })

  it.each([
    ['monotonic', { monotonicOffsetMs: 1_001, wallOffsetMs: 0 }],
    ['wall', { monotonicOffsetMs: 0, wallOffsetMs: 1_001 }],
    ['monotonic, while the wall clock was set back', { monotonicOffsetMs: 1_001, wallOffsetMs: -3_600_000 }],
  ])('sees at its first instruction that it was stopped, by %s time', async (_, offsets) => {
    const clock = new MovableClock()
    const halt = await start({ shared: await sharedStore(), clock })
    expect(halt.check(someone)).toBeUndefined()
    Object.assign(clock, offsets)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'lease' })
    await pass(300)
    expect(halt.check(someone)).toBeUndefined()
  })

  it('stays suspended when a clock jumps back without a confirmation', async () => {
    const clock = new MovableClock()
    const shared = await sharedStore()
    const halt = await start({ shared, clock })
    shared.mode = 'down'
    clock.wallOffsetMs = 5_000
    expect(halt.check(someone)?.kind).toBe('suspended')
    clock.wallOffsetMs = -5_000
    expect(halt.check(someone)?.kind).toBe('suspended')
  })

  it('never has two confirmations under way, however long one takes', async () => {
    const shared = await sharedStore()
    await start({ shared, storeTimeoutMs: 60_000 })
    const before = shared.confirmations
    shared.mode = 'frozen'
    await pass(10_000)
    expect(shared.confirmations - before).toBe(1)
    shared.mend()
  })

  it('acknowledges a halt when disk and shared store have it', async () => {
    const [shared, mirror] = [await sharedStore(), new SimulatedStore()]
    const halt = await start({ shared, mirror })
    const { durability } = await halt.engage(stopAll)
    expect(durability).toEqual({ acknowledged: true })
    expect(shared.node.ids()).toEqual(mirror.node.ids())
  })

  it.each(['down', 'hangs', 'answers-lost'] as const)(
    'enforces a halt while the shared store %s, and acknowledges it afterwards',
    async (mode) => {
      const [shared, mirror] = [await sharedStore(), new SimulatedStore()]
      const halt = await start({ shared, mirror, leaseMs: 10_000 })
      shared.mode = mode
      const engaging = halt.engage(stopAll)
      expect(halt.check(someone)?.kind).toBe('halted')
      await pass(2_000)
      const { durability } = await engaging
      expect(durability).toMatchObject({
        acknowledged: false,
        missing: expect.stringContaining('shared store'),
      })
      shared.mend()
      await pass(2_500)
      expect(halt.list()).toMatchObject([{ acknowledged: true }])
      expect(shared.node.ids()).toHaveLength(1)
    },
  )

  it('does not acknowledge a halt that is on too few nodes, until it is on enough', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared, leaseMs: 10_000 })
    shared.durable = false
    const { durability } = await halt.engage(stopAll)
    expect(durability).toEqual({ acknowledged: false, missing: 'shared store: on 1 of 3 nodes' })
    await pass(1_000)
    expect(halt.health().unacknowledged).toBe(1)
    shared.durable = true
    await pass(300)
    expect(halt.health().unacknowledged).toBe(0)
  })

  it('does not suspend when only its own disk hangs', async () => {
    const [shared, mirror] = [await sharedStore(), new SimulatedStore()]
    const halt = await start({ shared, mirror })
    mirror.mode = 'hangs'
    const engaging = halt.engage({ ...stopAll, scope: 'tenant:other' })
    await pass(10_000)
    expect(halt.check(someone)).toBeUndefined()
    expect((await engaging).durability.missing).toContain('own disk')
  })

  it('goes on with the shared store when its own disk cannot be read', async () => {
    const [shared, mirror] = [await sharedStore(), new SimulatedStore()]
    mirror.mode = 'down'
    const halt = await start({ shared, mirror })
    expect(halt.check(someone)).toBeUndefined()
    expect(halt.health().storeErrors).toBeGreaterThan(0)
  })

  it('keeps a halt whose clearance the shared store did not take', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared, leaseMs: 10_000 })
    const { halt: taken } = await halt.engage(stopAll)
    shared.mode = 'down'
    await expect(halt.clear(taken.id, 'grace', 'green')).rejects.toMatchObject({ code: 'not_durable' })
    expect(halt.list()).toMatchObject([{ state: 'engaged' }])
  })

  it('says that a clearance on too few nodes is not acknowledged', async () => {
    const shared = await sharedStore()
    const halt = await start({ shared, leaseMs: 10_000 })
    const { halt: taken } = await halt.engage(stopAll)
    shared.durable = false
    const { halt: over, durability } = await halt.clear(taken.id, 'grace', 'green')
    expect(durability).toMatchObject({ acknowledged: false })
    expect(over).toMatchObject({ state: 'cleared', acknowledged: false })
  })
})

describe('on demand, without timers', () => {
  it('asks when what it knows is old, once for all who wait, and not before', async () => {
    const shared = new SimulatedStore()
    await shared.initialise(genesis)
    const halt = await start({ shared, drive: 'on-demand', leaseMs: 10_000 })
    expect(vi.getTimerCount()).toBe(0)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'lease' })
    await Promise.all([halt.refresh(), halt.refresh(), halt.refresh()])
    expect(halt.check(someone)).toBeUndefined()
    const asked = shared.confirmations
    expect(halt.refresh()).toBeUndefined()
    await pass(251)
    await halt.refresh()
    expect(shared.confirmations).toBe(asked + 1)
  })

  it('sees a halt that another wrote', async () => {
    const shared = new SimulatedStore()
    await shared.initialise(genesis)
    const halt = await start({ shared, drive: 'on-demand' })
    await halt.refresh()
    await (await start({ shared: new SimulatedStore(shared.node) })).engage(stopAll)
    await pass(251)
    await halt.refresh()
    expect(halt.check(someone)?.kind).toBe('halted')
  })

  it('never rejects and never waits for ever; the lease decides', async () => {
    const shared = new SimulatedStore()
    await shared.initialise(genesis)
    const halt = await start({ shared, drive: 'on-demand' })
    shared.mode = 'hangs'
    const waiting = halt.refresh()
    await pass(2_000)
    await waiting
    expect(halt.check(someone)?.kind).toBe('suspended')
    shared.mend()
    await pass(300)
    await halt.refresh()
    expect(halt.check(someone)).toBeUndefined()
    shared.mode = 'down'
    await pass(300)
    await halt.refresh()
    expect(halt.check(someone)).toBeUndefined()
    await pass(1_000)
    expect(halt.check(someone)?.kind).toBe('suspended')
  })
})
