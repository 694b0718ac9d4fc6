import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayProcess } from '../servers/gateway.ts'
import { closeServers, type RedisServer, startRedis, until } from '../servers/redis.ts'
import { askOnce } from './support/clients.ts'
import { startPair } from './support/gateways.ts'
import { clear, engageDurably, halts } from './support/operators.ts'
import { type StampingEngine, startStampingEngine } from './support/stamping-engine.ts'

const interleavings = 200

interface Step {
  engageAt: number
  clearAt: number | undefined
  meddlesAt: number | undefined
}

/** What one operator does, one after the other: engages at a gateway, then perhaps clears that halt at one of the two. */
const Step: fc.Arbitrary<Step> = fc.record({
  engageAt: fc.nat(1),
  clearAt: fc.option(fc.nat(1), { nil: undefined }),
  /** Somebody else clears the newest halt that he can see, whoever made it. */
  meddlesAt: fc.option(fc.nat(1), { nil: undefined, freq: 3 }),
})
const Interleaving = fc.array(fc.array(Step, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 })

describe('Operators who engage and clear at two gateways in any order', () => {
  let engine: StampingEngine
  let redis: RedisServer
  let pair: [GatewayProcess, GatewayProcess]
  const engaged: { id: string; tenant: string }[] = []
  const cleared = new Set<string>()

  beforeAll(async () => {
    engine = await startStampingEngine()
    redis = await startRedis()
    // A lease that busy machines do not run out of: no reply may be missing here for another reason than a halt.
    pair = await startPair({ engine, stores: { halts: redis.url }, leaseMs: 10_000 })
  })
  afterAll(async () => {
    await engine.close()
    await closeServers()
  })

  it(`lose no halt and no clearance in ${interleavings} interleavings, and both gateways agree`, {
    timeout: 240_000,
  }, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    try {
      for (const [index, operators] of fc.sample(Interleaving, { numRuns: interleavings, seed }).entries()) {
        // Pushes get lost too: the digest has to find what they would have told.
        if (index % 20 === 10) await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
        await Promise.all(operators.map(work))
      }
      await until('both gateways to know all', async () => {
        const known = await Promise.all(pair.map(statesOf))
        return known.every((states) => JSON.stringify(states) === JSON.stringify(expected()))
      })
      for (const gateway of pair) expect(await statesOf(gateway)).toEqual(expected())
      for (const { id, tenant } of engaged) {
        const wanted = { replies: cleared.has(id) ? 'ai' : 'halted' }
        const answers = pair.map((gateway) => askOnce(gateway, { 'x-tenant-id': tenant }))
        expect(await Promise.all(answers)).toMatchObject([wanted, wanted])
      }
      expect(engaged.length).toBeGreaterThan(interleavings)
      expect(cleared.size).toBeGreaterThan(interleavings / 4)
    } catch (error) {
      throw new Error(`with seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  })

  async function work(steps: Step[]): Promise<void> {
    for (const { engageAt, clearAt, meddlesAt } of steps) {
      const tenant = `tenant-${crypto.randomUUID()}`
      const { id } = await engageDurably(gatewayAt(engageAt), `tenant:${tenant}`)
      engaged.push({ id, tenant })
      if (clearAt !== undefined) await tryToClear(clearAt, id)
      const other = engaged.at(-1)
      if (meddlesAt !== undefined && other !== undefined) await tryToClear(meddlesAt, other.id)
    }
  }

  /** Unknown there yet, or just being cleared by somebody else, is a refusal like any other: nothing has changed. */
  async function tryToClear(at: number, id: string): Promise<void> {
    const status = await clear(gatewayAt(at), id)
    expect([200, 404, 409]).toContain(status)
    if (status === 200) cleared.add(id)
  }

  function gatewayAt(index: number): GatewayProcess {
    return pair[index === 0 ? 0 : 1]
  }

  const expected = () =>
    Object.fromEntries(
      engaged
        .map(({ id }) => [id, cleared.has(id) ? 'cleared' : 'engaged'] as const)
        .toSorted(([x], [y]) => (x < y ? -1 : 1)),
    )

  async function statesOf(gateway: GatewayProcess): Promise<Record<string, string>> {
    const known = (await halts(gateway)).map(({ id, state }) => [id, state] as const)
    return Object.fromEntries(known.toSorted(([x], [y]) => (x < y ? -1 : 1)))
  }
})
