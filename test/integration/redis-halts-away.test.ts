import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { digestOf } from '../../src/breakers/halt-set.ts'
import { silentLogger } from '../../src/logger.ts'
import type { HaltStore } from '../../src/stores/halt-store.ts'
import { openRedisHalts } from '../../src/stores/redis-halts.ts'
import { closeServers, type RedisServer, startRedis, until } from '../servers/redis.ts'
import { type TcpProxy, tcpProxy } from '../servers/tcp-proxy.ts'
import { collect, durable, genesis, halt, recorder, subscribers } from '../stores/redis-halts-helpers.ts'

/** What a verb may take at most when its Redis does not answer. */
const SETTLES_WITHIN_MS = 1_500

afterAll(closeServers)

describe('The halt store while its Redis is away', () => {
  let server: RedisServer
  let proxy: TcpProxy
  let store: HaltStore
  let log: ReturnType<typeof recorder>

  beforeEach(async () => {
    server = await startRedis({ appendOnly: true })
    proxy = await tcpProxy({ targetPort: server.port })
    log = recorder()
    store = openRedisHalts({ url: `redis://127.0.0.1:${proxy.port}`, nodes: 1, logger: log.logger })
    await store.initialise(genesis)
    await store.append([halt('halt-0001')])
  })
  afterEach(async () => {
    await store.close()
    await proxy.close()
    await server.close()
  })

  const everyVerb = (): [string, () => Promise<unknown>][] => [
    ['initialise', () => store.initialise(genesis)],
    ['read', () => store.read()],
    ['append', () => store.append([halt('halt-0002')])],
    ['confirm', () => store.confirm('gateway-a')],
    ['compact', () => store.compact(['halt-0009'])],
  ]

  const ways: [string, { away: () => unknown; back: () => unknown }][] = [
    ['stands still', { away: () => server.pause(), back: () => server.resume() }],
    ['is killed', { away: () => server.stop('SIGKILL'), back: () => server.start() }],
    ['is behind a black hole', { away: () => proxy.stall(), back: () => proxy.heal() }],
    ['is cut off', { away: () => proxy.cut(), back: () => proxy.heal() }],
  ]
  it.each(ways)('rejects every verb in time while Redis %s, and goes on once it is back', async (_, way) => {
    await way.away()
    await Promise.all(
      everyVerb().map(async ([, verb]) => {
        const before = performance.now()
        await expect(verb()).rejects.toMatchObject({ code: 'unavailable' })
        expect(performance.now() - before).toBeLessThan(SETTLES_WITHIN_MS)
      }),
    )
    await way.back()
    await until('the store to answer again', () => durable(store))
    expect((await store.read()).entries.map(({ id }) => id)).toContain('halt-0001')
  })

  it('needs no failed attempt to notice that its connection has been closed meanwhile', async () => {
    await server.stop()
    await server.start()
    expect(await store.confirm('gateway-a')).toEqual({ durable: true, digest: digestOf(['halt-0001']) })
  })

  it('rejects writes to a node that has become a replica, and writes again once it is the primary', async () => {
    // Nobody listens at port 1; that it wants to follow somebody is enough.
    await server.command('REPLICAOF', '127.0.0.1', 1)
    await expect(store.append([halt('halt-0002')])).rejects.toThrow(/READONLY/)
    await expect(store.confirm('gateway-a')).rejects.toThrow(/READONLY/)
    await server.command('REPLICAOF', 'NO', 'ONE')
    expect(await store.append([halt('halt-0002')])).toEqual({ durable: true })
  })

  it('hears pushes again after Redis has been restarted', async () => {
    const heard = collect(store)
    await server.stop()
    await server.start()
    await subscribers(server, 'haltgate', 1)
    const writer = openRedisHalts({ url: server.url, nodes: 1, logger: silentLogger })
    await writer.append([halt('halt-0003')])
    await vi.waitFor(() => expect(heard.map(({ id }) => id)).toEqual(['halt-0003']))
    await writer.close()
  })

  it('hears pushes again after its connection has died without a word', async () => {
    const heard = collect(store)
    await subscribers(server, 'haltgate', 1)
    proxy.stall()
    const writer = openRedisHalts({ url: server.url, nodes: 1, logger: silentLogger })
    await until('the dead connection to be noticed', () =>
      log.lines.some(({ fields }) => fields.connection === 'push' && fields.error !== undefined),
    )
    proxy.heal()
    await until('a push', async () => {
      await writer.append([halt('halt-0004')])
      return heard.length > 0
    })
    await writer.close()
  })

  it('logs that it cannot be used once, and once that it can again', async () => {
    proxy.cut()
    for (let attempt = 0; attempt < 5; attempt++) await store.confirm('gateway-a').catch(() => {})
    proxy.heal()
    for (let attempt = 0; attempt < 5; attempt++) await store.confirm('gateway-a')
    const levels = log.lines.filter(({ fields }) => fields.connection === 'verbs').map(({ level }) => level)
    expect(levels).toEqual(['info', 'warn', 'info'])
  })

  it('is closed at once while Redis stands still, and what was under way is rejected', async () => {
    server.pause()
    const pending = expect(store.confirm('gateway-a')).rejects.toThrow()
    const before = performance.now()
    await store.close()
    await pending
    expect(performance.now() - before).toBeLessThan(500)
  })

  it('starts without a Redis and finds it later', async () => {
    await server.stop()
    const early = openRedisHalts({ url: server.url, nodes: 1, logger: silentLogger })
    await expect(early.read()).rejects.toThrow(/ECONNREFUSED/)
    await server.start()
    expect((await early.read()).genesis).toEqual(genesis)
    await early.close()
  })
})
