import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { digestOf } from '../../src/breakers/halt-set.ts'
import { silentLogger } from '../../src/logger.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { DIGEST_SCRIPT, ORDERS_BY_BYTES } from '../../src/stores/redis-digest.ts'
import { openRedisHalts, type RedisHaltsOptions } from '../../src/stores/redis-halts.ts'
import { closeServers, type RedisServer, startRedis, until } from '../servers/redis.ts'
import { testHaltStore } from '../stores/halt-store-contract.ts'
import { collect, genesis, halt, newPrefix, recorder, subscribers } from '../stores/redis-halts-helpers.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(closeServers)

testHaltStore(
  'A single Redis',
  async () => {
    const prefix = newPrefix()
    return {
      open: async () => openRedisHalts({ url: redis.url, nodes: 1, prefix, logger: silentLogger }),
      dispose: async () => {},
    }
  },
  { pushes: true },
)

describe('The halt store on a single Redis', () => {
  let prefix: string
  const opened: HaltStore[] = []
  const open = (options: Partial<RedisHaltsOptions> = {}): HaltStore => {
    const store = openRedisHalts({ url: redis.url, nodes: 1, prefix, logger: silentLogger, ...options })
    opened.push(store)
    return store
  }

  beforeEach(() => {
    prefix = newPrefix()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()))
  })

  it('says what is missing when replicas that are configured are not there', async () => {
    const store = open({ nodes: 3, waitMs: 50 })
    expect(await store.append([halt('halt-0001')])).toEqual({
      durable: false,
      missing: 'on 1 of 3 Redis nodes, needed on 2',
    })
    expect(await store.confirm('gateway-a')).toMatchObject({ durable: false })
    expect((await store.read()).entries).toHaveLength(1)
  })

  it('is unknown again after FLUSHALL', async () => {
    const store = open()
    await store.initialise(genesis)
    await store.append([halt('halt-0001')])
    expect((await store.confirm('gateway-a')).digest).toBe(digestOf(['halt-0001']))
    await redis.command('FLUSHALL')
    expect((await store.confirm('gateway-a')).digest).toBeUndefined()
    expect(await store.read()).toEqual({ genesis: undefined, entries: [] })
  })

  it('still gives the digest when Redis has forgotten its scripts', async () => {
    const store = open()
    await store.initialise(genesis)
    await store.confirm('gateway-a')
    await redis.command('SCRIPT', 'FLUSH')
    expect(await store.confirm('gateway-a')).toEqual({ durable: true, digest: digestOf([]) })
  })

  it('gives the same digest where the locale of the server orders letters otherwise', async () => {
    const ids = [
      'bbbbbbbb',
      'Bbbbbbbb',
      'aaaaaaaa',
      '_aaaaaaa',
      '-aaaaaaa',
      '0zzzzzzz',
      'aaaaaaaa0',
      'äaaaaaaa',
    ]
    const store = open()
    await store.initialise(genesis)
    await store.append(ids.map(halt))
    const keys = [`{${prefix}}:genesis`, `{${prefix}}:halts`]
    for (const bytewise of ['true', 'false']) {
      const script = DIGEST_SCRIPT.replace(ORDERS_BY_BYTES, bytewise)
      expect(await redis.command('EVAL', script, 2, ...keys)).toBe(digestOf(ids))
    }
    expect(DIGEST_SCRIPT).toContain(ORDERS_BY_BYTES)
  })

  it('keeps a lease key with an expiry for each gateway, and no other key expires', async () => {
    const store = open()
    await store.initialise(genesis)
    await store.append([halt('halt-0001')])
    await store.confirm('gateway-a')
    expect(Number(await redis.command('PTTL', `{${prefix}}:lease:gateway-a`))).toBeGreaterThan(50_000)
    expect(await redis.command('PTTL', `{${prefix}}:genesis`)).toBe(-1)
    expect(await redis.command('PTTL', `{${prefix}}:halts`)).toBe(-1)
  })

  it('pushes to the other gateways and not back to itself', async () => {
    const [writer, listener] = [open(), open()]
    const [echoed, heard] = [collect(writer), collect(listener)]
    await subscribers(redis, prefix, 2)
    await writer.append([halt('halt-0001')])
    await vi.waitFor(() => expect(heard.map(({ id }) => id)).toEqual(['halt-0001']))
    expect(echoed).toEqual([])
  })

  it('hears nothing of a gateway that uses another database of the same Redis', async () => {
    const [staging, production] = [open({ url: `redis://127.0.0.1:${redis.port}/1` }), open()]
    const heard = collect(production)
    await subscribers(redis, prefix, 1)
    await staging.append([halt('staging-1')])
    await open().append([halt('halt-0001')])
    await vi.waitFor(() => expect(heard.map(({ id }) => id)).toContain('halt-0001'))
    expect(heard.map(({ id }) => id)).not.toContain('staging-1')
  })

  it('ignores a pushed message that cannot be read, and logs nothing of its text', async () => {
    const log = recorder()
    const [writer, listener] = [open(), open({ logger: log.logger })]
    const heard = collect(listener)
    await subscribers(redis, prefix, 2)
    const channel = `{${prefix}}:pushed:0`
    await redis.command('PUBLISH', channel, 'secret{')
    await redis.command('PUBLISH', channel, JSON.stringify({ from: 'x', entries: [{ id: 'secret-1' }] }))
    await writer.append([halt('halt-0001')])
    await vi.waitFor(() => expect(heard.map(({ id }) => id)).toEqual(['halt-0001']))
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(2)
    expect(JSON.stringify(log.lines)).not.toContain('secret')
  })

  it('refuses to read a set with an entry that it cannot understand, naming the id alone', async () => {
    const store = open()
    await store.append([halt('halt-0001')])
    for (const content of [
      '{"id":"broken-01","kind":"engaged","secret":1}',
      'secret',
      JSON.stringify(halt('other-id')),
    ]) {
      await redis.command('HSET', `{${prefix}}:halts`, 'broken-01', content)
      const error = await store.read().then(() => undefined, String)
      expect(error).toContain('broken-01')
      expect(error).not.toContain('secret')
    }
    await redis.command('SET', `{${prefix}}:genesis`, 'nonsense')
    await redis.command('DEL', `{${prefix}}:halts`)
    await expect(store.read()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('rejects a write that Redis did in part only', async () => {
    const store = open()
    await redis.command('SET', `{${prefix}}:halts`, 'not a hash')
    await expect(store.append([halt('halt-0001')])).rejects.toThrow(/WRONGTYPE/)
    await expect(store.confirm('gateway-a')).resolves.toMatchObject({ durable: true })
  })

  it('needs no more rights than docs/keys-and-tables.md lists', async () => {
    const page = await readFile(new URL('../../docs/keys-and-tables.md', import.meta.url), 'utf8')
    const [, rights = ''] = /^ACL SETUSER haltgate on >SECRET (.*)$/m.exec(page) ?? []
    const own = rights.replaceAll('{haltgate}', `{${prefix}}`).split(' ')
    await redis.command('ACL', 'SETUSER', prefix, 'on', '>s3cret', ...own)
    const url = `redis://${prefix}:s3cret@127.0.0.1:${redis.port}/1`
    const [store, listener] = [open({ url }), open({ url })]
    const heard = collect(listener)
    await subscribers(redis, prefix, 2, 1)
    await store.initialise(genesis)
    expect(await store.append([halt('halt-0001'), halt('halt-0002')])).toEqual({ durable: true })
    await redis.command('SCRIPT', 'FLUSH')
    for (let time = 0; time < 2; time++) expect((await store.confirm('gateway-a')).durable).toBe(true)
    await store.compact(['halt-0002'])
    expect(await store.read()).toEqual({ genesis, entries: [halt('halt-0001')] })
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    // A second beat of the listener.
    await until('a ping by that user', async () => {
      const clients = String(await redis.command('CLIENT', 'LIST'))
      return new RegExp(`name=haltgate:push .*cmd=ping user=${prefix} `).test(clients)
    })
  })

  it('says why a login is refused, without the password', async () => {
    const log = recorder()
    const store = open({ url: `redis://somebody:hunter2@127.0.0.1:${redis.port}/0`, logger: log.logger })
    const error = await store.read().then(() => undefined, String)
    expect(error).toMatch(/WRONGPASS/)
    expect(error + JSON.stringify(log.lines)).not.toContain('hunter2')
  })

  it('rejects when the database of its address does not exist, rather than use another one', async () => {
    const store = open({ url: `redis://127.0.0.1:${redis.port}/999` })
    await expect(store.initialise(genesis)).rejects.toThrow(/DB index is out of range/)
    expect(await redis.command('EXISTS', `{${prefix}}:genesis`)).toBe(0)
  })
})
