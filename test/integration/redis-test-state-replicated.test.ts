import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { openRedisTestState } from '../../src/stores/redis-test-state.ts'
import { closeServers, until } from '../servers/redis.ts'
import { type RedisCluster, startRedisCluster } from '../servers/redis-cluster.ts'
import { type ClientView, type SentinelSet, startSentinelSet } from '../servers/redis-sentinel.ts'
import { newPrefix } from '../stores/redis-halts-helpers.ts'
import { testTestState } from '../stores/test-state-contract.ts'

let set: SentinelSet
let view: ClientView
let cluster: RedisCluster
beforeAll(async () => {
  ;[set, cluster] = await Promise.all([startSentinelSet(), startRedisCluster()])
  view = await set.view()
})
afterAll(closeServers)

const store = (url: string, prefix: string) => openRedisTestState({ url, prefix, logger: silentLogger })

testTestState('Redis behind Sentinel', async () => {
  await set.restore()
  const prefix = newPrefix()
  return {
    open: () => store(view.url, prefix),
    passMs: (ms) => wait(ms),
    dispose: async () => {},
  }
})

testTestState('A Redis Cluster', async () => {
  const prefix = newPrefix()
  return {
    open: () => store(cluster.url, prefix),
    passMs: (ms) => wait(ms),
    dispose: async () => {},
  }
})

describe('The store of the tests behind Sentinel', () => {
  it('fences off a gateway that was cut off together with the old primary', async () => {
    await set.restore()
    const prefix = newPrefix()
    const old = await set.primary()
    const [lonelyView, majorityView] = [await set.view(), await set.view()]
    const [lonely, majority] = [store(lonelyView.url, prefix), store(majorityView.url, prefix)]
    try {
      const before = (await lonely.acquire('probes', 'lonely', 1_000))?.token ?? Number.NaN
      const guard = { lease: 'probes', token: before }
      expect(await lonely.write('k', 'both know', { ...guard, expected: 0 })).toMatchObject({ written: true })
      expect(await majority.read('k')).toMatchObject({ value: 'both know' })
      await everyReplicaHas(`{${prefix}}:test-state:k`)

      set.isolate(old, [lonelyView])
      await set.untilPrimaryIsNot(old)
      // On its side the old primary goes on as if nothing had happened; what is written there will be lost.
      const there = (await lonely.acquire('probes', 'lonely', 60_000))?.token ?? Number.NaN
      expect(await lonely.write('k', 'to be lost', { ...guard, token: there, expected: 1 })).toMatchObject({
        written: true,
      })
      let token: number | undefined
      await until('the lease of the other', async () => {
        token = (await majority.acquire('probes', 'majority', 60_000).catch(() => undefined))?.token
        return token !== undefined
      })
      expect(token).toBeGreaterThan(there)
      const mine = { lease: 'probes', token: token ?? Number.NaN }
      expect(await majority.write('k', 'kept', { ...mine, expected: 1 })).toMatchObject({ written: true })

      await set.restore()
      let late: unknown
      await until('an answer for the one that was cut off', async () => {
        late = await lonely.write('k', 'late', { ...guard, token: there, expected: 2 }).catch(() => undefined)
        return late !== undefined
      })
      expect(late).toEqual({ written: false, why: 'fenced' })
      expect(await lonely.read('k')).toEqual({ revision: 2, value: 'kept' })
    } finally {
      await Promise.all([lonely.close(), majority.close()])
      await set.restore()
    }
  })

  async function everyReplicaHas(key: string): Promise<void> {
    await until('the replicas', async () => {
      const there = await Promise.all(set.nodes.map((node) => node.command('EXISTS', key)))
      return there.every((count) => count === 1)
    })
  }
})
