import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { RedisAddress } from '../../src/stores/redis-address.ts'
import { primaryLocator } from '../../src/stores/redis-locate.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server that speaks just enough of the protocol: the reply whose key a request contains, else `+OK`. */
async function fakeNode(replies: Record<string, string> | 'silent'): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (replies === 'silent') return
      // One answer a command, also where two came in one piece.
      for (const request of data.toString().split(/(?=^\*\d)/m)) {
        const known = Object.entries(replies).find(([words]) => request.toUpperCase().includes(words))
        socket.write(known ? known[1] : '+OK\r\n')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const list = (items: string[]) => `*${items.length}\r\n${items.map(bulk).join('')}`

const sentinel = (ip: string, port: number, epoch: number) =>
  fakeNode({ MASTER: list(['name', 'main', 'ip', ip, 'port', `${port}`, 'config-epoch', `${epoch}`]) })

const clusterNode = (table: string[]) =>
  fakeNode({ KEYSLOT: ':5000\r\n', NODES: bulk(`${table.join('\n')}\n`) })

const locate = (address: Partial<RedisAddress>) =>
  primaryLocator(
    { tls: false, db: 0, ...address } as RedisAddress,
    '{x}:genesis',
    300,
  )(new AbortController().signal)

describe('Finding the primary over Sentinel', () => {
  it('believes the Sentinel with the latest configuration, not the first to answer', async () => {
    const sentinels = [
      await sentinel('10.0.0.1', 1, 4),
      await sentinel('10.0.0.2', 2, 11),
      await sentinel('10.0.0.1', 1, 9),
    ]
    expect(await locate({ form: 'sentinel', sentinels, primaryName: 'main' })).toEqual({
      host: '10.0.0.2',
      port: 2,
    })
  })

  it('goes on without a Sentinel that is silent, gone or knows nothing', async () => {
    const sentinels = [
      await fakeNode('silent'),
      { host: '127.0.0.1', port: 1 },
      await fakeNode({ MASTER: '-ERR No such master with that name\r\n' }),
      await sentinel('10.0.0.7', 7, 1),
    ]
    const before = performance.now()
    expect(await locate({ form: 'sentinel', sentinels, primaryName: 'main' })).toEqual({
      host: '10.0.0.7',
      port: 7,
    })
    expect(performance.now() - before).toBeLessThan(1_000)
  })

  it('says what each Sentinel answered when none names a primary', async () => {
    const sentinels = [{ host: '127.0.0.1', port: 1 }, await fakeNode({ MASTER: '-ERR No such master\r\n' })]
    await expect(locate({ form: 'sentinel', sentinels, primaryName: 'main' })).rejects.toThrow(
      /nobody names the primary \(127\.0\.0\.1:1: .*ECONNREFUSED.*; 127\.0\.0\.1:\d+: ERR No such master/,
    )
  })
})

describe('Finding the owner of the keys in a Cluster', () => {
  it.each([
    [
      'a range',
      'n1 10.0.0.1:7001@17001 master - 0 0 3 connected 4000-5460',
      { host: '10.0.0.1', port: 7001 },
    ],
    [
      'one slot',
      'n1 10.0.0.1:7001@17001,db.internal master - 0 0 3 connected 5000',
      { host: '10.0.0.1', port: 7001 },
    ],
    ['IPv6', 'n1 fd00::5:7001@17001 master - 0 0 3 connected 5000', { host: 'fd00::5', port: 7001 }],
    [
      'a slot on the move',
      'n1 10.0.0.1:7001@17001 master - 0 0 3 connected 1-5000 [5000->-n2]',
      { host: '10.0.0.1', port: 7001 },
    ],
  ])('reads %s', async (_, line, expected) => {
    const seeds = [
      await clusterNode(['n2 10.0.0.2:7002@17002 myself,master - 0 0 2 connected 5461-9000', line]),
    ]
    expect(await locate({ form: 'cluster', seeds })).toEqual(expected)
  })

  it('takes the address that was asked for a node that does not know its own', async () => {
    const seed = await clusterNode(['n1 :7001@17001 myself,master - 0 0 3 connected 0-16383'])
    expect(await locate({ form: 'cluster', seeds: [seed] })).toEqual({ host: '127.0.0.1', port: 7001 })
  })

  it('believes the node with the later owner after a failover', async () => {
    const seeds = [
      await clusterNode(['n1 10.0.0.1:7001@17001 myself,master - 0 0 3 connected 0-16383']),
      await clusterNode([
        'n1 10.0.0.1:7001@17001 master,fail - 0 0 3 disconnected',
        'n4 10.0.0.4:7004@17004 master - 0 0 7 connected 0-16383',
      ]),
    ]
    expect(await locate({ form: 'cluster', seeds })).toEqual({ host: '10.0.0.4', port: 7004 })
  })

  it('says so when nobody owns the keys', async () => {
    const seeds = [await clusterNode(['n1 10.0.0.1:7001@17001 myself,master - 0 0 3 connected 0-4999'])]
    await expect(locate({ form: 'cluster', seeds })).rejects.toThrow(/no node of the Cluster owns slot 5000/)
  })
})
