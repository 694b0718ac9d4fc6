import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { openRedisTestState } from '../../src/stores/redis-test-state.ts'
import { closeServers, type RedisServer, startRedis } from '../servers/redis.ts'
import { newPrefix } from '../stores/redis-halts-helpers.ts'
import { testTestState } from '../stores/test-state-contract.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(closeServers)

testTestState('A single Redis', async () => {
  const prefix = newPrefix()
  return {
    open: () => openRedisTestState({ url: redis.url, prefix, logger: silentLogger }),
    passMs: (ms) => wait(ms),
    dispose: async () => {},
  }
})

describe('The store of the tests on Redis', () => {
  it('gives out no token twice, also when everything was lost', async () => {
    const store = openRedisTestState({ url: redis.url, prefix: newPrefix(), logger: silentLogger })
    const before = await store.acquire('probes', 'a', 10_000)
    await redis.command('FLUSHALL')
    await wait(2)
    const after = await store.acquire('probes', 'b', 10_000)
    expect(after?.token).toBeGreaterThan(before?.token ?? Number.NaN)
    await store.close()
  })
})
