import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { openRedisTestState } from '../../src/stores/redis-test-state.ts'
import type { TestStateStore } from '../../src/stores/test-state.ts'
import { closeServers, type RedisServer, startRedis, until } from '../servers/redis.ts'
import { newPrefix } from '../stores/redis-halts-helpers.ts'
import { testTestState } from '../stores/test-state-contract.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] })
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
  function open(prefix: string, url = redis.url): TestStateStore {
    const store = openRedisTestState({ url, prefix, logger: silentLogger })
    onTestFinished(() => store.close())
    return store
  }

  /** At most a few verbs fail after a restart, until the link has noticed. */
  async function acquireAgain(store: TestStateStore, holder: string): Promise<number> {
    let token: number | undefined
    await until('the lease', async () => {
      token = (await store.acquire('probes', holder, 10_000).catch(() => undefined))?.token
      return token !== undefined
    })
    return token ?? Number.NaN
  }

  it('gives out no token twice, also when everything was lost', async () => {
    const store = open(newPrefix())
    const before = await acquireAgain(store, 'a')
    await redis.command('FLUSHALL')
    expect(await acquireAgain(store, 'b')).toBeGreaterThan(before)
  })

  it('fences off a holder from before when Redis was restarted empty', async () => {
    const prefix = newPrefix()
    const [a, b] = [open(prefix), open(prefix)]
    const old = await acquireAgain(a, 'a')
    await redis.stop('SIGKILL')
    await expect(a.read('k')).rejects.toMatchObject({ code: 'unavailable' })
    await redis.start()
    const token = await acquireAgain(b, 'b')
    expect(token).toBeGreaterThan(old)
    const guard = { expected: 0, lease: 'probes' }
    expect(await a.write('k', 'late', { ...guard, token: old })).toEqual({ written: false, why: 'fenced' })
    expect(await b.write('k', 'mine', { ...guard, token })).toEqual({ written: true, revision: 1 })
  })

  it('gives out no token twice when a replica that has missed the newest one takes over', async () => {
    const prefix = newPrefix()
    const replica = await startRedis()
    onTestFinished(() => replica.close())
    await replica.command('REPLICAOF', '127.0.0.1', redis.port)
    const a = open(prefix)
    const first = await a.acquire('probes', 'a', 200)
    const tokenKey = `{${prefix}}:test-token:probes`
    await until('the replica', async () => (await replica.command('GET', tokenKey)) === `${first?.token}`)
    await replica.command('REPLICAOF', 'NO', 'ONE')
    await a.release('probes', 'a')
    const missed = await acquireAgain(open(prefix), 'b')

    const promoted = open(prefix, replica.url)
    const token = await acquireAgain(promoted, 'c')
    expect(token).toBeGreaterThan(missed)
    const guard = { expected: 0, lease: 'probes', token: missed }
    expect(await promoted.write('k', 'late', guard)).toEqual({ written: false, why: 'fenced' })
  })

  it('lets the token grow also when the server’s clock was set back', async () => {
    const prefix = newPrefix()
    const ahead = 8_000_000_000_000_000
    await redis.command('SET', `{${prefix}}:test-token:probes`, ahead)
    expect(await acquireAgain(open(prefix), 'a')).toBe(ahead + 1)
  })

  it('says which key to delete when what is stored cannot be read', async () => {
    const prefix = newPrefix()
    await redis.command('HSET', `{${prefix}}:test-state:k`, 'revision', 'seven', 'value', 'x')
    await expect(open(prefix).read('k')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`{${prefix}}:test-state:k`),
    })
  })

  it('needs no more rights than docs/keys-and-tables.md lists', async () => {
    const prefix = newPrefix()
    const page = await readFile(new URL('../../docs/keys-and-tables.md', import.meta.url), 'utf8')
    const [, rights = ''] = /^ACL SETUSER haltgate on >SECRET (.*)$/m.exec(page) ?? []
    const own = rights.replaceAll('{haltgate}', `{${prefix}}`).split(' ')
    await redis.command('ACL', 'SETUSER', prefix, 'on', '>s3cret', ...own)
    const store = open(prefix, `redis://${prefix}:s3cret@127.0.0.1:${redis.port}/1`)
    const token = (await store.acquire('probes', 'a', 10_000))?.token ?? Number.NaN
    await store.acquire('probes', 'a', 10_000)
    expect(await store.write('k', 'v', { expected: 0, lease: 'probes', token })).toMatchObject({
      written: true,
    })
    expect(await store.read('k')).toEqual({ revision: 1, value: 'v' })
    await store.release('probes', 'a')
    expect((await store.acquire('probes', 'b', 10_000))?.token).toBeGreaterThan(token)
  })
})
