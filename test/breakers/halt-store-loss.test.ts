import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HaltEntry } from '../../src/breakers/halt-entry.ts'
import type { SafetyHalt } from '../../src/breakers/halt-gate.ts'
import { clearedHaltsKeptMs } from '../../src/breakers/halt-set.ts'
import type { SafetyHaltOptions } from '../../src/breakers/safety-halt.ts'
import { genesis, SimulatedNode, SimulatedStore, someone, startGateway, stopAll } from './simulated-halts.ts'

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const running: SafetyHalt[] = []
let redis: SimulatedNode
let peers: Set<SimulatedStore>

/** A gateway on the shared store, with a disk of its own. */
async function start(options: Partial<SafetyHaltOptions> = {}) {
  const shared = new SimulatedStore(redis, peers)
  const disk = new SimulatedStore()
  const halt = await startGateway({ shared, mirror: disk, ...options })
  running.push(halt)
  return { halt, shared, disk }
}

beforeEach(() => {
  vi.useFakeTimers()
  redis = new SimulatedNode()
  redis.genesis = genesis
  peers = new Set()
})

afterEach(async () => {
  const closed = Promise.all(running.splice(0).map((halt) => halt.close()))
  await pass(10_000)
  await closed
  vi.useRealTimers()
})

describe('two gateways on one store', () => {
  it('stops the other one at once by a push', async () => {
    const [one, two] = [await start(), await start()]
    const cut = vi.fn()
    two.halt.onChange(cut)
    await one.halt.engage(stopAll)
    expect(two.halt.check(someone)?.kind).toBe('halted')
    expect(cut).toHaveBeenCalledOnce()
  })

  it('stops the other one at the next comparison when the push is lost', async () => {
    const [one, two] = [await start(), await start()]
    two.shared.pushMode = 'lost'
    await one.halt.engage(stopAll)
    expect(two.halt.check(someone)).toBeUndefined()
    await pass(260)
    expect(two.halt.check(someone)?.kind).toBe('halted')
    expect(two.disk.node.ids()).toEqual(redis.ids())
  })

  it('takes no harm from a push that is no entry', async () => {
    const { halt, shared } = await start()
    let push: (entries: HaltEntry[]) => void = () => {}
    shared.subscribe = (onEntries) => {
      push = onEntries
      return () => {}
    }
    const listening = await start({ shared })
    push([{ id: 'x', kind: 'engaged', atMs: -1 }])
    await halt.engage(stopAll)
    await pass(300)
    expect(listening.halt.check(someone)?.kind).toBe('halted')
  })

  it('keeps the halt and one clearance in force when both clear at once', async () => {
    const [one, two] = [await start(), await start()]
    const { halt } = await one.halt.engage(stopAll)
    const outcomes = await Promise.allSettled([
      one.halt.clear(halt.id, 'grace', 'green'),
      two.halt.clear(halt.id, 'ada', 'green'),
    ])
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
    await pass(300)
    expect(one.halt.list()).toEqual(two.halt.list())
    expect(one.halt.list()).toMatchObject([{ state: 'cleared', acknowledged: true }])
  })
})

describe('a shared store that loses everything', () => {
  it('gets everything back from a gateway that runs, the halts before the genesis', async () => {
    const { halt } = await start()
    await halt.engage(stopAll)
    const before = redis.copy()
    const seen: number[] = []
    redis.empty()
    Object.defineProperty(redis, 'genesis', {
      get: () => (seen.length > 0 ? genesis : undefined),
      set: () => seen.push(redis.entries.size),
    })
    await pass(300)
    expect(redis.ids()).toEqual(before.ids())
    expect(seen).toEqual([1])
    expect(halt.check(someone)?.kind).toBe('halted')
  })

  it('does not interrupt a gateway that runs and has no halt', async () => {
    const { halt } = await start()
    const changed = vi.fn()
    halt.onChange(changed)
    redis.empty()
    await pass(3_000)
    expect(redis.genesis).toEqual(genesis)
    expect(changed).not.toHaveBeenCalled()
  })

  it('gets the halt back from the disk of a gateway that was restarted as well', async () => {
    const { halt, disk } = await start()
    await halt.engage(stopAll)
    await halt.close()
    redis.empty()
    const again = await start({ mirror: disk })
    expect(again.halt.check(someone)?.kind).toBe('halted')
    await pass(2_000)
    expect(redis.ids()).toEqual(disk.node.ids())
    expect(redis.genesis).toEqual(genesis)
    expect(again.halt.health()).toMatchObject({ suspended: false, unacknowledged: 0 })
  })

  it('is not set up from a disk before those who may know more had a lease to come first', async () => {
    const idle = await start()
    await pass(300)
    await idle.halt.close()
    redis.empty()
    const again = await start({ mirror: idle.disk })
    await pass(700)
    expect(again.halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'unknown-store' })
    expect(redis.genesis).toBeUndefined()
    await pass(600)
    expect(redis.genesis).toEqual(genesis)
    expect(again.halt.check(someone)).toBeUndefined()
  })

  it('stays unknown to a gateway with a fresh disk', async () => {
    redis.empty()
    const { halt, disk } = await start()
    await halt.engage({ ...stopAll, scope: 'tenant:other' })
    await pass(60_000)
    expect(halt.check(someone)).toMatchObject({ kind: 'suspended', why: 'unknown-store' })
    expect(disk.node.genesis).toBeUndefined()
  })

  it('gets back what a stale copy of it has forgotten', async () => {
    const { halt } = await start()
    await pass(300)
    const stale = redis.copy()
    await halt.engage(stopAll)
    redis.entries = stale.entries
    const other = await start()
    await pass(300)
    expect(redis.ids()).toHaveLength(1)
    expect(other.halt.check(someone)?.kind).toBe('halted')
  })

  it('is joined with what is known here when somebody set it up anew', async () => {
    const { halt } = await start()
    await halt.engage(stopAll)
    redis.empty()
    redis.genesis = { id: 'genesis-2', atMs: 2 }
    await pass(300)
    expect(redis.ids()).toHaveLength(1)
    expect(redis.genesis.id).toBe('genesis-2')
    expect(halt.health().suspended).toBe(false)
  })
})

describe('halts that are long over', () => {
  const longOver: HaltEntry[] = [
    {
      id: 'old-halt-1',
      kind: 'engaged',
      atMs: 1,
      by: 'ada',
      reason: 'then',
      scope: 'all',
      cause: 'drill',
    },
    { id: 'old-clear-1', kind: 'cleared', atMs: 2, by: 'grace', reason: 'green', haltId: 'old-halt-1' },
  ]

  it('are neither taken up again nor written back, and cost one reading where a store still has them', async () => {
    const { halt, shared, disk } = await start({ drive: 'on-demand', maxAgeMs: 0 })
    await halt.refresh()
    await pass(1)
    await halt.refresh()
    for (const entry of longOver) redis.entries.set(entry.id, JSON.stringify(entry))
    const read = vi.spyOn(shared, 'read')
    for (let i = 0; i < 5; i++) {
      await pass(10)
      await halt.refresh()
    }
    expect(halt.entries()).toEqual([])
    expect(disk.node.ids()).toEqual([])
    expect(halt.check(someone)).toBeUndefined()
    expect(read).toHaveBeenCalledOnce()
  })

  it('leave every store within an hour, and gateways that did and did not forget them agree', async () => {
    const { halt, shared, disk } = await start()
    const { halt: taken } = await halt.engage(stopAll)
    await halt.clear(taken.id, 'grace', 'green')
    vi.setSystemTime(Date.now() + clearedHaltsKeptMs + 1)
    const fresh = await start()
    const reads = vi.spyOn(shared, 'read')
    await pass(3_000)
    expect(halt.health()).toMatchObject({ suspended: false })
    expect(fresh.halt.health()).toMatchObject({ suspended: false })
    expect(reads.mock.calls.length).toBeLessThan(3)
    // One hour, without the 14,400 polls of it.
    const elapsed = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3_700_000)
    await pass(2_000)
    elapsed.mockRestore()
    expect(halt.list()).toEqual([])
    expect(disk.node.ids()).toEqual([])
    expect(redis.ids()).toEqual([])
  })
})
