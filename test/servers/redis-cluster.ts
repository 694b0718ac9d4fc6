import { freePorts } from './ports.ts'
import { type RedisServer, startRedis, until } from './redis.ts'

export interface RedisCluster {
  /** `redis-cluster://…` with the primaries as seeds. */
  url: string
  primaries: RedisServer[]
  /** `replicas[i]` follows `primaries[i]`; empty unless asked for. */
  replicas: RedisServer[]
  /** The server that owns a key's slot now. */
  ownerOf(key: string): Promise<RedisServer>
}

const SLOTS = 16_384

/** A Redis Cluster of three primaries, each with a replica if wanted. */
export async function startRedisCluster({
  replicas: wanted = false,
  nodeTimeoutMs = 1_000,
} = {}): Promise<RedisCluster> {
  const size = wanted ? 6 : 3
  const ports = await freePorts(size * 2)
  const servers = await Promise.all(
    ports.slice(0, size).map((port, index) =>
      startRedis({
        port,
        args: [
          ...['--cluster-enabled', 'yes', '--cluster-port', `${ports[size + index]}`],
          ...['--cluster-node-timeout', `${nodeTimeoutMs}`, '--repl-diskless-sync-delay', '0'],
        ],
      }),
    ),
  )
  const primaries = servers.slice(0, 3)
  const replicas = servers.slice(3)
  const [first] = servers
  if (!first) throw new Error('no server')

  for (const [index, primary] of primaries.entries()) {
    const [from, to] = [Math.floor((SLOTS * index) / 3), Math.floor((SLOTS * (index + 1)) / 3) - 1]
    await primary.command('CLUSTER', 'ADDSLOTSRANGE', from, to)
    await primary.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
  }
  for (const [index, { port }] of servers.entries()) {
    if (index > 0) await first.command('CLUSTER', 'MEET', '127.0.0.1', port, ports[size + index] ?? 0)
  }
  const everyone = (question: (server: RedisServer) => Promise<boolean>) => async () =>
    (await Promise.all(servers.map(question))).every(Boolean)
  await until(
    'cluster nodes that know each other',
    everyone(async (server) => {
      const nodes = String(await server.command('CLUSTER', 'NODES'))
      return nodes.trim().split('\n').length === size && !nodes.includes('handshake')
    }),
  )
  for (const [index, replica] of replicas.entries()) {
    await replica.command('CLUSTER', 'REPLICATE', String(await primaries[index]?.command('CLUSTER', 'MYID')))
  }
  await until(
    'a cluster that serves every slot',
    everyone(async (server) => String(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')),
  )
  if (wanted) {
    await until('cluster replicas in step', async () => {
      const infos = await Promise.all(primaries.map((primary) => primary.command('INFO', 'replication')))
      return infos.every((info) => String(info).includes('state=online'))
    })
  }

  return {
    url: `redis-cluster://${primaries.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    primaries,
    replicas,
    async ownerOf(key) {
      for (const server of servers) {
        const owns = await server.command('EXISTS', key).then(
          async () => String(await server.command('INFO', 'replication')).includes('role:master'),
          () => false,
        )
        if (owns) return server
      }
      throw new Error(`nobody owns the slot of ${key}`)
    },
  }
}
