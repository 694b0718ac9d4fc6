import type { Redis } from 'ioredis'
import { type HostPort, hostPort, type RedisAddress, type RedisCredentials } from './redis-address.ts'
import { connectOnce, reasonOf } from './redis-client.ts'

/** Finds the node that takes the writes now. Rejects when nobody says. */
export type LocatePrimary = (signal: AbortSignal) => Promise<HostPort>

interface Claim {
  at: HostPort
  /** Rises with every failover: of two claims the higher is the later. */
  epoch: number
}

/**
 * How to find the primary at this address. `key` is any of the store's keys (they share one hash tag).
 *
 * Sentinels and Cluster nodes are all asked at once, and the claim with the highest configuration epoch wins: one that
 * is cut off together with an old primary goes on naming it, and must not be believed because it answered first.
 * `askTimeoutMs` bounds how long a silent one holds up the others.
 */
export function primaryLocator(address: RedisAddress, key: string, askTimeoutMs: number): LocatePrimary {
  switch (address.form) {
    case 'single':
      return async () => address.node
    case 'sentinel': {
      const { sentinels, primaryName, tls, sentinelUsername, sentinelPassword } = address
      const login: RedisCredentials = {
        tls,
        db: 0,
        ...(sentinelUsername === undefined ? {} : { username: sentinelUsername }),
        ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
      }
      return (signal) =>
        latestClaim(sentinels, login, AbortSignal.any([signal, AbortSignal.timeout(askTimeoutMs)]), (redis) =>
          askSentinel(redis, primaryName),
        )
    }
    case 'cluster':
      return (signal) =>
        latestClaim(
          address.seeds,
          address,
          AbortSignal.any([signal, AbortSignal.timeout(askTimeoutMs)]),
          (redis, asked) => askClusterNode(redis, asked, key),
        )
  }
}

async function latestClaim(
  nodes: HostPort[],
  login: RedisCredentials,
  signal: AbortSignal,
  ask: (redis: Redis, asked: HostPort) => Promise<Claim>,
): Promise<HostPort> {
  const answers = await Promise.allSettled(
    nodes.map(async (node) => {
      const redis = await connectOnce(node, login, signal, 'haltgate:locate')
      try {
        return await ask(redis, node)
      } finally {
        redis.disconnect()
      }
    }),
  )
  const claims = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [latest] = claims.sort((a, b) => b.epoch - a.epoch)
  if (latest) return latest.at
  const reasons = answers.flatMap((answer, index) => {
    const node = nodes[index]
    return answer.status === 'rejected' && node ? [`${hostPort(node)}: ${reasonOf(answer.reason)}`] : []
  })
  throw new Error(`nobody names the primary (${reasons.join('; ')})`)
}

/** `SENTINEL MASTER name` answers with a flat list of names and values. */
async function askSentinel(redis: Redis, primaryName: string): Promise<Claim> {
  const reply = await redis.call('SENTINEL', 'MASTER', primaryName)
  const fields = new Map<string, string>()
  const flat = Array.isArray(reply) ? reply.map(String) : []
  for (let index = 0; index + 1 < flat.length; index += 2)
    fields.set(flat[index] ?? '', flat[index + 1] ?? '')
  const host = fields.get('ip')
  const port = Number(fields.get('port'))
  if (!host || !port) throw new Error('the Sentinel names no primary')
  return { at: { host, port }, epoch: Number(fields.get('config-epoch') ?? 0) }
}

/**
 * `CLUSTER NODES` has a line a node: `id ip:port@bus[,hostname] flags primary ping pong epoch link slot…`, a slot being
 * `5`, `0-5460`, or one that moves, in brackets.
 * @see https://redis.io/docs/latest/commands/cluster-nodes/
 */
async function askClusterNode(redis: Redis, asked: HostPort, key: string): Promise<Claim> {
  const slot = Number(await redis.call('CLUSTER', 'KEYSLOT', key))
  const table = String(await redis.call('CLUSTER', 'NODES'))
  for (const line of table.split('\n')) {
    const [, address = '', flags = '', , , , epoch = '0', , ...slots] = line.trim().split(' ')
    if (!flags.split(',').includes('master') || !slots.some((range) => contains(range, slot))) continue
    const [, host = '', port = '0'] = /^(.*):(\d+)@/.exec(address) ?? []
    // A node that has never been told its own address leaves it empty.
    return { at: { host: host || asked.host, port: Number(port) }, epoch: Number(epoch) }
  }
  throw new Error(`no node of the Cluster owns slot ${slot}`)
}

function contains(range: string, slot: number): boolean {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? []
  return first !== undefined && Number(first) <= slot && slot <= Number(last)
}
