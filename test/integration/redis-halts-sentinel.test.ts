import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/breakers/halt-set.ts'
import { silentLogger } from '../../src/logger.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { openRedisHalts } from '../../src/stores/redis-halts.ts'
import { closeServers, until } from '../servers/redis.ts'
import { type ClientView, type SentinelSet, startSentinelSet } from '../servers/redis-sentinel.ts'
import { testHaltStore } from '../stores/halt-store-contract.ts'
import { durable, genesis, halt, newPrefix } from '../stores/redis-halts-helpers.ts'

/** Once the Sentinels name another primary: the gateway's own look-up, and a replica in step with that primary. */
const FOLLOWS_WITHIN_MS = 3_000

let set: SentinelSet

beforeAll(async () => {
  set = await startSentinelSet()
})
afterAll(closeServers)

let contractView: ClientView
beforeAll(async () => {
  contractView = await set.view()
})
testHaltStore(
  'Redis behind Sentinel',
  async () => {
    await set.restore()
    const prefix = newPrefix()
    return {
      open: async () => openRedisHalts({ url: contractView.url, nodes: 3, prefix, logger: silentLogger }),
      dispose: async () => {},
    }
  },
  { pushes: true },
)

describe('The halt store behind Sentinel', () => {
  const opened: HaltStore[] = []
  let old: number
  /** One gateway ends up alone with the old primary, the other with the rest. */
  let lonely: { view: ClientView; store: HaltStore }
  let majority: { view: ClientView; store: HaltStore }

  async function gateway(prefix: string): Promise<{ view: ClientView; store: HaltStore }> {
    const view = await set.view()
    const store = openRedisHalts({ url: view.url, nodes: 3, prefix, logger: silentLogger })
    opened.push(store)
    return { view, store }
  }

  beforeEach(async () => {
    await set.restore()
    old = await set.primary()
    const prefix = newPrefix()
    lonely = await gateway(prefix)
    majority = await gateway(prefix)
    await lonely.store.initialise(genesis)
    expect(await lonely.store.append([halt('halt-0001')])).toEqual({ durable: true })
  })

  afterEach(async () => {
    await set.restore()
    await Promise.all(opened.splice(0).map((store) => store.close()))
  })

  it('counts a write as durable with one of two replicas, and not with none', async () => {
    const [first, second] = [...set.nodes.keys()].filter((index) => index !== old)
    const pause = (index: number | undefined) => set.nodes[index ?? -1]?.pause()
    const resume = (index: number | undefined) => set.nodes[index ?? -1]?.resume()
    try {
      pause(first)
      expect(await lonely.store.confirm('gateway-a')).toMatchObject({ durable: true })
      pause(second)
      expect(await lonely.store.append([halt('halt-0002')])).toEqual({
        durable: false,
        missing: 'on 1 of 3 Redis nodes, needed on 2',
      })
      expect(await majority.store.confirm('gateway-b')).toMatchObject({ durable: false })
    } finally {
      resume(first)
      resume(second)
    }
    await until('replicas to answer', () => durable(majority.store))
    expect(await majority.store.append([halt('halt-0002')])).toEqual({ durable: true })
  })

  it('never confirms beside an isolated old primary, while the other side goes on', async () => {
    await durable(lonely.store)
    set.isolate(old, [lonely.view])
    expect(await lonely.store.confirm('gateway-a')).toMatchObject({ durable: false })
    await set.untilPrimaryIsNot(old)
    await until('the other side', () => durable(majority.store), FOLLOWS_WITHIN_MS)
    expect(await majority.store.append([halt('halt-0002')])).toEqual({ durable: true })
    expect((await majority.store.read()).entries.map(({ id }) => id).toSorted()).toEqual([
      'halt-0001',
      'halt-0002',
    ])
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await durable(lonely.store)).toBe(false)
    }

    await set.restore()
    await until('the old side to see the halt', async () => {
      const confirmed = await lonely.store.confirm('gateway-a').catch(() => undefined)
      return confirmed?.durable === true && confirmed.digest === digestOf(['halt-0001', 'halt-0002'])
    })
  })

  it('leaves a primary that has lost its replicas when the Sentinels name another', async () => {
    const heard: string[] = []
    majority.store.subscribe((entries) => heard.push(...entries.map(({ id }) => id)))
    await durable(majority.store)
    // Only the servers lose sight of the old primary; both gateways still reach it.
    set.links[old]?.cut()
    await set.untilPrimaryIsNot(old)
    await until('the new primary', () => durable(majority.store), FOLLOWS_WITHIN_MS)
    await until('a push over the new primary', async () => {
      await lonely.store.append([halt('halt-0003')]).catch(() => {})
      return heard.includes('halt-0003')
    })
  })

  it('keeps what was acknowledged when the primary is killed', async () => {
    await majority.store.confirm('gateway-b')
    await set.nodes[old]?.stop('SIGKILL')
    try {
      await set.untilPrimaryIsNot(old)
      await until('the new primary', () => durable(majority.store), FOLLOWS_WITHIN_MS)
      expect(await majority.store.read()).toEqual({ genesis, entries: [halt('halt-0001')] })
      expect(await majority.store.append([halt('halt-0002')])).toEqual({ durable: true })
    } finally {
      await set.nodes[old]?.start()
    }
  })
})
