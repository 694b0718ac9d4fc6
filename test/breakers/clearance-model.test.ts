import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Clearance, ClearanceActor } from '../../src/breakers/clearance.ts'
import type { SafetyHalt } from '../../src/breakers/halt-gate.ts'
import { ada, engage, fix, grace, pass, people, ran, rules, wayBackOf } from './clearances.ts'
import { genesis, SimulatedNode, SimulatedStore, startGateway } from './simulated-halts.ts'

type Call =
  | { do: 'validate'; at: number; nth: number; passed: boolean; author: string }
  | { do: 'approve'; at: number; nth: number; who: ClearanceActor }
  | { do: 'begin-ramp'; at: number; nth: number }
  | { do: 'clear'; at: number; nth: number; who: ClearanceActor }
  | { do: 'alarm'; at: number; nth: number }
  | { do: 'wait'; at: number; ms: number }
  | { do: 'store'; at: number; mode: 'up' | 'down' | 'answers-lost' }
  | { do: 'restart'; at: number }

/** What people did about one halt, in order, as far as a gateway said that it was done or may have been. */
interface Deed {
  kind: 'passed' | 'failed' | 'approved'
  atMs: number
  who?: ClearanceActor
  author?: string
}

class World {
  readonly node = new SimulatedNode()
  readonly links: SimulatedStore[] = []
  readonly disks: SimulatedStore[] = []
  readonly halts: SafetyHalt[] = []
  readonly clearances: Clearance[] = []
  readonly deeds = new Map<string, Deed[]>()
  readonly reached = new Set<number>()
  readonly #peers = new Set<SimulatedStore>()

  async start(at: number): Promise<void> {
    this.links[at] ??= new SimulatedStore(this.node, this.#peers)
    this.disks[at] ??= new SimulatedStore()
    const halt = await startGateway({
      shared: of(this.links, at),
      mirror: of(this.disks, at),
      leaseMs: 600_000,
      storeTimeoutMs: 200,
    })
    this.halts[at] = halt
    this.clearances[at] = wayBackOf(halt, { engineVersion: () => 'unknown' })
  }

  async happen(call: Call, ids: readonly string[]): Promise<void> {
    const clearance = of(this.clearances, call.at)
    const id = 'nth' in call ? of(ids, call.nth) : ''
    switch (call.do) {
      case 'validate': {
        const { passed, author } = call
        const done = clearance.recordValidation(
          id,
          ran(passed, { engineVersion: 'unknown' }),
          { ...fix, author },
          'Olaf',
        )
        return this.#note(id, { kind: passed ? 'passed' : 'failed', atMs: Date.now(), author }, done)
      }
      case 'approve': {
        const { who } = call
        const done = clearance.approve(id, who, { reason: 'good figures' })
        return this.#note(id, { kind: 'approved', atMs: Date.now(), who }, done)
      }
      case 'begin-ramp':
        return void (await settle(clearance.beginRamp(id)))
      case 'clear':
        return void (await settle(clearance.clear(id, call.who, 'looks fine')))
      case 'alarm':
        return void (await settle(clearance.reengage(id, 'an alarm')))
      case 'wait':
        return pass(call.ms, clearance)
      case 'store':
        of(this.links, call.at).mode = call.mode
        return
      case 'restart':
        void of(this.halts, call.at).close()
        await vi.advanceTimersByTimeAsync(500)
        return this.start(call.at % 2)
    }
  }

  /** A refusal changes nothing; a write whose answer was lost may have been done, so it counts as a deed. */
  async #note(id: string, deed: Deed, done: Promise<unknown>): Promise<void> {
    const failure = await settle(done)
    const mayBeDone = failure === undefined || code(failure) === 'not_durable'
    if (mayBeDone) this.deeds.set(id, [...(this.deeds.get(id) ?? []), deed])
  }

  /** Whoever is let through is so by people who did all that they had to. */
  expectGuarded(ids: readonly string[]): void {
    for (const halt of this.halts)
      for (const id of ids) {
        const known = halt.list().find((one) => one.id === id)
        if (known === undefined || known.supersededBy !== undefined || known.share === 0) continue
        this.reached.add(known.state === 'cleared' ? 2 : known.share)
        const deeds = this.deeds.get(id) ?? []
        expect(deeds.some(({ kind }) => kind === 'passed')).toBe(true)
        expect(isGuarded(deeds), JSON.stringify(deeds)).toBe(true)
        const began = halt.known(id)?.way.rampBegan?.atMs ?? Number.POSITIVE_INFINITY
        const steps = known.state === 'cleared' ? 3 : [0.1, 0.5, 1].indexOf(known.share)
        expect(Date.now() + 50 - began).toBeGreaterThanOrEqual(steps * rules.rampStepMs)
      }
  }
}

/** Among what was done there is a pass with two approvals behind it, by two people in two roles, none the author. */
function isGuarded(deeds: readonly Deed[]): boolean {
  return deeds.some(({ kind, author }, at) => {
    if (kind !== 'passed') return false
    const behind = deeds.slice(at + 1)
    const by = (role: string) =>
      behind.filter(
        ({ kind, who }) =>
          kind === 'approved' && who?.roles.includes(role) && who.kind === 'person' && who.name !== author,
      )
    return by('clinical').some((one) =>
      by('commander').some(
        (other) =>
          one.who?.personId !== other.who?.personId && Math.abs(one.atMs - other.atMs) <= rules.approvalMs,
      ),
    )
  })
}

/** The failure, if there was one; a gateway gives up on its store within 200 ms. */
async function settle(done: Promise<unknown>): Promise<unknown> {
  const failure = done.then(
    () => undefined,
    (error: unknown) => error,
  )
  await vi.advanceTimersByTimeAsync(450)
  return failure
}

function code(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

function of<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length]
  if (item === undefined) throw new Error('an empty world')
  return item
}

const at = fc.nat(1)
const nth = fc.nat(1)
const who = fc.constantFrom(...people)
const author = fc.constantFrom('Eva', 'Grace', 'Ada')
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('validate' as const), at, nth, passed: fc.boolean(), author }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('approve' as const), at, nth, who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin-ramp' as const), at, nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), at, nth, who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('alarm' as const), at, nth }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), at, ms: fc.integer({ min: 1, max: 25_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      at,
      mode: fc.constantFrom('up' as const, 'down' as const, 'answers-lost' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), at }) },
)

/** Now and then people do all as they should, so that the far end of the way is tried out too. */
const allAsItShould = fc
  .record({ at, nth, passed: fc.constant(true), waits: fc.nat(3) })
  .map(({ waits, ...one }): Call[] => [
    { do: 'store', at: one.at, mode: 'up' },
    { do: 'validate', ...one, author: 'Eva' },
    { do: 'approve', ...one, who: grace },
    { do: 'approve', ...one, who: ada },
    ...Array.from({ length: waits }, (): Call => ({ do: 'wait', at: one.at, ms: rules.rampStepMs + 2_000 })),
  ])
const calls = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: call.map((one) => [one]) }, { weight: 1, arbitrary: allAsItShould }),
    { minLength: 5, maxLength: 40 },
  )
  .map((blocks) => blocks.flat())

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.clearAllTimers()
  vi.useRealTimers()
})

it('lets nobody through whom no proof and no two people let through, whatever people try at two gateways', {
  timeout: 120_000,
}, async () => {
  const reached = new Set<number>()
  await fc.assert(
    fc.asyncProperty(calls, async (all) => {
      const world = new World()
      world.node.genesis = genesis
      await world.start(0)
      await world.start(1)
      const ids = [await engage(of(world.halts, 0)), await engage(of(world.halts, 0))]
      await vi.advanceTimersByTimeAsync(500)
      for (const one of all) {
        await world.happen(one, ids)
        world.expectGuarded(ids)
      }
      for (const share of world.reached) reached.add(share)
      for (const halt of world.halts) void halt.close()
      await vi.advanceTimersByTimeAsync(1_000)
      vi.clearAllTimers()
    }),
    { numRuns: 250 },
  )
  // Else the calls would prove nothing.
  expect([...reached].sort()).toEqual([0.1, 0.5, 1, 2])
})
