import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HaltScope, HaltSubject } from '../../src/breakers/halt-entry.ts'
import { scopeApplies } from '../../src/breakers/halt-entry.ts'
import type { Halt, SafetyHalt } from '../../src/breakers/halt-gate.ts'
import { HaltSet } from '../../src/breakers/halt-set.ts'
import {
  genesis,
  type LinkMode,
  MovableClock,
  type PushMode,
  SimulatedNode,
  SimulatedStore,
  startGateway,
} from './simulated-halts.ts'

const leaseMs = 1_000
const subjects: HaltSubject[] = [{ engine: 'primary', tenant: 'acme' }, { engine: 'backup' }]

/** One thing that happens to gateway `at`, or to the store. */
type Happening =
  | { do: 'wait'; ms: number }
  | { do: 'engage'; at: number; scope: HaltScope }
  | { do: 'clear'; at: number; nth: number }
  | { do: 'link'; at: number; mode: LinkMode }
  | { do: 'push'; at: number; mode: PushMode }
  | { do: 'disk'; at: number; mode: LinkMode }
  | { do: 'cut-off-with-the-old-primary'; at: number }
  | { do: 'mend'; at: number }
  | { do: 'clock'; at: number; wallMs: number; monotonicMs: number }
  | { do: 'restart'; at: number }
  | { do: 'empty-the-store' }
  | { do: 'take-a-backup' }
  | { do: 'fail-over-to-the-backup' }

interface Taken {
  id: string
  scope: HaltScope
  acknowledgedAtMs?: number
  clearanceTried: boolean
}

class World {
  readonly main = new SimulatedNode()
  readonly links: SimulatedStore[] = []
  readonly disks: SimulatedStore[] = []
  readonly clocks: MovableClock[] = []
  readonly gateways: SafetyHalt[] = []
  readonly taken: Taken[] = []
  #backup: SimulatedNode
  #storeLostAtMs = Number.NEGATIVE_INFINITY

  constructor(size: number) {
    this.main.genesis = genesis
    this.#backup = this.main.copy()
    const peers = new Set<SimulatedStore>()
    for (let i = 0; i < size; i++) {
      this.links.push(new SimulatedStore(this.main, peers))
      this.disks.push(new SimulatedStore())
      this.clocks.push(new MovableClock())
    }
  }

  async start(at: number): Promise<void> {
    const [mirror, shared, clock] = [of(this.disks, at), of(this.links, at), of(this.clocks, at)]
    const starting = startGateway({ mirror, shared, clock, leaseMs, storeTimeoutMs: 400 })
    await vi.advanceTimersByTimeAsync(1_200)
    this.gateways[at % this.links.length] = await starting
  }

  async happen(event: Happening): Promise<void> {
    if (event.do === 'wait') await this.wait(event.ms)
    if (event.do === 'engage') this.engage(event.at, event.scope)
    if (event.do === 'clear') this.clear(event.at, event.nth)
    if (event.do === 'link') {
      of(this.links, event.at).mend()
      of(this.links, event.at).mode = event.mode
    }
    if (event.do === 'push') of(this.links, event.at).pushMode = event.mode
    if (event.do === 'disk') {
      of(this.disks, event.at).mend()
      of(this.disks, event.at).mode = event.mode
    }
    if (event.do === 'cut-off-with-the-old-primary') {
      of(this.links, event.at).node = this.main.copy()
      of(this.links, event.at).durable = false
    }
    if (event.do === 'mend') this.mend(event.at)
    if (event.do === 'clock') {
      of(this.clocks, event.at).wallOffsetMs += event.wallMs
      of(this.clocks, event.at).monotonicOffsetMs += event.monotonicMs
    }
    if (event.do === 'restart') {
      void of(this.gateways, event.at).close()
      await this.start(event.at)
    }
    if (event.do === 'take-a-backup') this.#backup = this.main.copy()
    if (event.do === 'empty-the-store') {
      this.main.empty()
      this.#storeLostAtMs = performance.now()
    }
    if (event.do === 'fail-over-to-the-backup') {
      this.main.genesis = this.#backup.genesis
      this.main.entries = new Map(this.#backup.entries)
      this.#storeLostAtMs = performance.now()
    }
  }

  async wait(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 50) {
      await vi.advanceTimersByTimeAsync(Math.min(50, leftMs))
      this.expectBounded()
    }
  }

  mend(at: number): void {
    const link = of(this.links, at)
    link.node = this.main
    link.durable = true
    link.mend()
    of(this.disks, at).mend()
  }

  engage(at: number, scope: HaltScope): void {
    const gateway = of(this.gateways, at)
    const known = new Set(gateway.list().map(({ id }) => id))
    const engaging = gateway.engage({ scope, cause: 'drill', reason: 'simulated', by: 'ada' })
    const halt = gateway.list().find(({ id }) => !known.has(id)) as Halt
    const taken: Taken = { id: halt.id, scope, clearanceTried: false }
    this.taken.push(taken)
    for (const subject of subjects) {
      if (scopeApplies(scope, subject)) expect(gateway.check(subject)?.kind).toBe('halted')
    }
    void engaging.then(({ durability }) => {
      if (durability.acknowledged) taken.acknowledgedAtMs = performance.now()
    })
  }

  clear(at: number, nth: number): void {
    const halts = of(this.gateways, at).list()
    const halt = halts[nth % Math.max(1, halts.length)]
    if (halt === undefined) return
    for (const taken of this.taken) if (taken.id === halt.id) taken.clearanceTried = true
    of(this.gateways, at)
      .clear(halt.id, 'grace', 'simulated')
      .catch(() => {})
  }

  /** No longer than the lease after the acknowledgement, wherever the gateway is, unless the store lost it since. */
  expectBounded(): void {
    const nowMs = performance.now()
    this.expectEnforced(
      ({ acknowledgedAtMs }) =>
        acknowledgedAtMs !== undefined &&
        acknowledgedAtMs > this.#storeLostAtMs &&
        nowMs - acknowledgedAtMs > leaseMs,
    )
  }

  expectEnforced(which: (taken: Taken) => boolean): void {
    for (const { id, scope } of this.taken.filter((taken) => !taken.clearanceTried && which(taken))) {
      for (const [at, gateway] of this.gateways.entries()) {
        for (const subject of subjects.filter((one) => scopeApplies(scope, one))) {
          expect(gateway.check(subject), `gateway ${at} under halt ${id} of ${scope}`).toBeDefined()
        }
      }
    }
  }

  /** Everything is mended and delivered: all know the same, and serve again where nothing is halted. */
  expectSettled(): void {
    this.expectEnforced(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined)
    const stored = new HaltSet([...this.main.entries.values()].map((text) => JSON.parse(text)))
    for (const gateway of this.gateways) {
      expect(gateway.health()).toMatchObject({ suspended: false, unacknowledged: 0 })
      expect(new HaltSet(gateway.entries()).digest(0)).toBe(stored.digest(0))
      for (const { id, acknowledgedAtMs, clearanceTried } of this.taken) {
        if (acknowledgedAtMs === undefined) continue
        const halt = gateway.list().find((one) => one.id === id)
        expect(halt, `halt ${id}`).toBeDefined()
        if (!clearanceTried) expect(halt?.state).toBe('engaged')
      }
    }
  }
}

function of<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length]
  if (item === undefined) throw new Error('an empty world')
  return item
}

const at = fc.nat(2)
const scope = fc.constantFrom<HaltScope>(
  'all',
  'tenant:acme',
  'tenant:other',
  'engine:primary',
  'engine:misspelt',
)
const mode = fc.constantFrom<LinkMode>('up', 'down', 'answers-lost', 'hangs', 'frozen')
const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('engage' as const), at, scope }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), at, nth: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('link' as const), at, mode }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disk' as const), at, mode }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('push' as const),
      at,
      mode: fc.constantFrom<PushMode>('once', 'twice', 'lost'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut-off-with-the-old-primary' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mend' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      at,
      wallMs: fc.integer({ min: -5_000, max: 5_000 }),
      monotonicMs: fc.nat(3_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'empty-the-store' as const,
        'take-a-backup' as const,
        'fail-over-to-the-backup' as const,
      ),
    }),
  },
)

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.clearAllTimers()
  vi.useRealTimers()
})

describe('several gateways and a store, in a network that breaks in every way', () => {
  it('lets nobody through under an acknowledged, uncleared halt', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 3 }),
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        async (size, happenings) => {
          const world = new World(size)
          for (let i = 0; i < size; i++) await world.start(i)
          for (const event of happenings) {
            await world.happen(event)
            world.expectBounded()
          }
          for (let i = 0; i < size; i++) world.mend(i)
          await world.wait(6 * leaseMs)
          world.expectSettled()
          for (const gateway of world.gateways) void gateway.close()
          await vi.advanceTimersByTimeAsync(2_000)
          vi.clearAllTimers()
        },
      ),
      { numRuns: 150 },
    )
  })

  it('loses no halt and no clearance in 200 random interleavings of several clients', {
    timeout: 60_000,
  }, async () => {
    const step = fc.record({ at, clear: fc.boolean(), nth: fc.nat(3), pauseMs: fc.nat(30) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 20 }),
        fc.infiniteStream(fc.nat(40)),
        async (steps, latencies) => {
          const world = new World(3)
          for (let i = 0; i < 3; i++) await world.start(i)
          for (const link of world.links) link.latencyMs = () => latencies.next().value ?? 0
          const engaged: Promise<string>[] = []
          const cleared: Promise<string | undefined>[] = []
          for (const { at: where, clear, nth, pauseMs } of steps) {
            const gateway = of(world.gateways, where)
            const halt = gateway.list()[nth]
            if (clear && halt) {
              cleared.push(
                gateway.clear(halt.id, 'grace', 'green').then(
                  () => halt.id,
                  () => undefined,
                ),
              )
            } else {
              const engaging = gateway.engage({ scope: 'all', cause: 'drill', reason: 'now', by: 'ada' })
              engaged.push(
                engaging.then(({ halt: taken, durability }) => {
                  expect(durability.acknowledged).toBe(true)
                  return taken.id
                }),
              )
            }
            await vi.advanceTimersByTimeAsync(pauseMs)
          }
          await vi.advanceTimersByTimeAsync(2_000)
          const ids = (await Promise.all(engaged)).sort()
          const over = new Set(await Promise.all(cleared))
          for (const gateway of world.gateways) {
            const halts = gateway.list()
            expect(halts.map(({ id }) => id).sort()).toEqual(ids)
            for (const { id, state } of halts) expect(state).toBe(over.has(id) ? 'cleared' : 'engaged')
            expect(gateway.check({ engine: 'primary' })?.kind).toBe(
              ids.every((id) => over.has(id)) ? undefined : 'halted',
            )
          }
          for (const gateway of world.gateways) void gateway.close()
          await vi.advanceTimersByTimeAsync(2_000)
          vi.clearAllTimers()
        },
      ),
      { numRuns: 200 },
    )
  })
})
