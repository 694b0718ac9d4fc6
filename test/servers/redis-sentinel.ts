import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, freePorts } from './ports.ts'
import {
  closeLater,
  endProcess,
  type RedisServer,
  redisCommand,
  spawnRedis,
  startRedis,
  until,
  untilAnswers,
} from './redis.ts'
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts'

const NAME = 'mymaster'
const SIZE = 3

/** The set as one gateway sees it: through proxies of its own, which are its network. */
export interface ClientView {
  /** `sentinel://…/mymaster` through this view's proxies. */
  url: string
  nodes: TcpProxy[]
  sentinels: TcpProxy[]
  /** Cuts, stalls or heals the way to one machine: its Redis and its Sentinel. */
  machine(index: number, what: 'cut' | 'stall' | 'heal'): void
}

export interface SentinelSet {
  nodes: RedisServer[]
  /** How the servers reach each other: `links[i]` leads to node i, for replicas and Sentinels. */
  links: TcpProxy[]
  sentinelPorts: number[]
  view(): Promise<ClientView>
  /** Cuts machine `index` off from all others, with the clients of these views on its side; the rest is on the other. */
  isolate(index: number, inside: ClientView[]): void
  /** The node that most Sentinels call the primary now. */
  primary(): Promise<number>
  /** Waits until another node than `index` is the primary and accepts writes. */
  untilPrimaryIsNot(index: number): Promise<number>
  /**
   * Heals all links and views and waits until both others follow the primary again. A Sentinel takes ten seconds to demote an old
   * primary that comes back; this does it at once.
   */
  restore(): Promise<void>
}

/**
 * Three Redis nodes and three Sentinels. Every node announces the port of a proxy (`links`), so that it can be cut off
 * from the others; each client gets a `view` with proxies of its own, in which the ports that the Sentinels name are
 * rewritten to its own. Any partition can be made of the two.
 *
 * `downAfterMs` must be about 2,000: a Sentinel pings once a second and waits a second before it connects again, and with
 * less it calls each new primary down at once, and fails over from one to the next.
 */
export async function startSentinelSet({
  downAfterMs = 2_000,
  args = [] as string[],
} = {}): Promise<SentinelSet> {
  const ports = await freePorts(SIZE)
  const links = await Promise.all(ports.map(async (targetPort) => closeLater(await tcpProxy({ targetPort }))))
  const primaryLink = at(links, 0).port
  const nodes = await Promise.all(
    ports.map((port, index) =>
      startRedis({
        port,
        args: [
          ...['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', `${at(links, index).port}`],
          ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1', '--repl-timeout', '5'],
          ...(index === 0 ? [] : ['--replicaof', `127.0.0.1 ${primaryLink}`]),
          ...args,
        ],
      }),
    ),
  )
  const replicasInStep = async (index: number) => {
    const info = String(await at(nodes, index).command('INFO', 'replication'))
    return info.match(/state=online/g)?.length ?? 0
  }
  // A Sentinel asks for replicas at once and then only every 10 s, so they must be there first.
  await until('replicas', async () => (await replicasInStep(0)) === SIZE - 1)

  const sentinelPorts = await Promise.all(links.map(() => startSentinel(primaryLink, downAfterMs)))
  const ask = async (port: number): Promise<Map<string, string>> =>
    flatMap(await redisCommand(port, ['SENTINEL', 'MASTER', NAME]))
  await until('Sentinels that know each other', async () => {
    const views = await Promise.all(sentinelPorts.map(ask))
    return views.every((v) => v.get('num-slaves') === '2' && v.get('num-other-sentinels') === '2')
  })

  async function primary(): Promise<number> {
    const named = await Promise.all(sentinelPorts.map(async (port) => Number((await ask(port)).get('port'))))
    return links.findIndex(({ port }) => named.filter((other) => other === port).length > SIZE / 2)
  }

  const views: ClientView[] = []
  return {
    nodes,
    links,
    sentinelPorts,
    primary,
    async untilPrimaryIsNot(index) {
      let now = index
      await until('a failover', async () => {
        now = await primary()
        if (now < 0 || now === index) return false
        return (await roleOf(at(nodes, now))) === 'master'
      })
      return now
    },
    isolate(index, inside) {
      at(links, index).cut()
      for (const view of views) {
        for (const machine of nodes.keys()) {
          if (inside.includes(view) !== (machine === index)) view.machine(machine, 'cut')
        }
      }
    },
    async restore() {
      for (const link of links) link.heal()
      for (const view of views) for (const machine of nodes.keys()) view.machine(machine, 'heal')
      // Only once the Sentinels are done: a REPLICAOF in the middle of their work can close the nodes into a ring.
      let now = -1
      await until('Sentinels that agree', async () => {
        now = await primary()
        const opinions = await Promise.all(sentinelPorts.map(ask))
        return opinions.every((o) => o.get('port') === `${links[now]?.port}` && o.get('flags') === 'master')
      })
      for (const [index, node] of nodes.entries()) {
        if (index === now || (await roleOf(node)) !== 'master') continue
        await node.command('REPLICAOF', '127.0.0.1', at(links, now).port)
      }
      await until('two replicas in step', async () => (await replicasInStep(now)) === SIZE - 1)
    },
    async view() {
      const own = await Promise.all(
        ports.map(async (targetPort) => closeLater(await tcpProxy({ targetPort }))),
      )
      const rewrite = new Map(links.map(({ port }, index) => [`${port}`, `${at(own, index).port}`]))
      const sentinels = await Promise.all(
        sentinelPorts.map(async (targetPort) => closeLater(await tcpProxy({ targetPort, rewrite }))),
      )
      const view: ClientView = {
        url: `sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
        nodes: own,
        sentinels,
        machine(index, what) {
          at(own, index)[what]()
          at(sentinels, index)[what]()
        },
      }
      views.push(view)
      return view
    },
  }
}

async function startSentinel(primaryPort: number, downAfterMs: number): Promise<number> {
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'haltgate-sentinel-'))
  const announced = closeLater(await tcpProxy({ targetPort: port }))
  const file = join(dir, 'sentinel.conf')
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${dir}`,
      `logfile ${join(dir, 'log')}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 2`,
      `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
      `sentinel failover-timeout ${NAME} 1500`,
      `sentinel parallel-syncs ${NAME} 2`,
      'sentinel announce-ip 127.0.0.1',
      `sentinel announce-port ${announced.port}`,
      '',
    ].join('\n'),
  )
  let child: ChildProcess | undefined
  closeLater({
    async close() {
      await endProcess(child, 'SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  })
  child = await spawnRedis('redis-sentinel', [file])
  await untilAnswers(child, port, dir)
  return port
}

async function roleOf(node: RedisServer): Promise<unknown> {
  const role = await node.command('ROLE')
  return Array.isArray(role) ? role[0] : undefined
}

function flatMap(reply: unknown): Map<string, string> {
  const flat = Array.isArray(reply) ? reply.map(String) : []
  const map = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) map.set(flat[index] ?? '', flat[index + 1] ?? '')
  return map
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Error(`there is no number ${index}`)
  return item
}
