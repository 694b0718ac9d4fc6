import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { openRedisHalts } from '../../src/stores/redis-halts.ts'
import { closeServers, until } from '../servers/redis.ts'
import { type RedisCluster, startRedisCluster } from '../servers/redis-cluster.ts'
import { testHaltStore } from '../stores/halt-store-contract.ts'
import { collect, durable, genesis, halt, newPrefix } from '../stores/redis-halts-helpers.ts'

let cluster: RedisCluster

beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: true })
})
afterAll(closeServers)

testHaltStore(
  'A Redis Cluster',
  async () => {
    const prefix = newPrefix()
    return {
      open: async () => openRedisHalts({ url: cluster.url, nodes: 2, prefix, logger: silentLogger }),
      dispose: async () => {},
    }
  },
  { pushes: true },
)

describe('The halt store on a Redis Cluster', () => {
  async function open(prefix: string): Promise<HaltStore> {
    const store = openRedisHalts({ url: cluster.url, nodes: 2, prefix, logger: silentLogger })
    onTestFinished(() => store.close())
    return store
  }

  it('keeps all its keys on the node that owns them, wherever that is', async () => {
    const owners = new Set<number>()
    for (let attempt = 0; attempt < 12; attempt++) {
      const prefix = newPrefix()
      const store = await open(prefix)
      await store.initialise(genesis)
      expect(await store.append([halt('halt-0001')])).toEqual({ durable: true })
      expect(await store.confirm('gateway-a')).toMatchObject({ durable: true })
      const owner = await cluster.ownerOf(`{${prefix}}:genesis`)
      expect(
        await owner.command(
          'EXISTS',
          ...['genesis', 'halts', 'lease:gateway-a'].map((key) => `{${prefix}}:${key}`),
        ),
      ).toBe(3)
      owners.add(owner.port)
    }
    expect(owners.size).toBeGreaterThan(1)
  })

  it('follows the owner when it is killed, and keeps what was acknowledged', async () => {
    const prefix = newPrefix()
    const [store, listener] = [await open(prefix), await open(prefix)]
    const heard = collect(listener)
    await store.initialise(genesis)
    await store.append([halt('halt-0001')])
    const owner = await cluster.ownerOf(`{${prefix}}:genesis`)
    await owner.stop('SIGKILL')
    try {
      await until('the replica to take over', () =>
        store.read().then(
          () => true,
          () => false,
        ),
      )
      expect(await store.read()).toEqual({ genesis, entries: [halt('halt-0001')] })
      // One of two nodes is left: enough to hold the halt, too few to promise it.
      expect(await store.append([halt('halt-0002')])).toEqual({
        durable: false,
        missing: 'on 1 of 2 Redis nodes, needed on 2',
      })
      await until('a push over the new owner', async () => {
        await store.append([halt('halt-0003')])
        return heard.some(({ id }) => id === 'halt-0003')
      })
    } finally {
      await owner.start()
    }
    await until('the old owner to follow', () => durable(store))
    expect(await store.append([halt('halt-0002')])).toEqual({ durable: true })
  })
})
