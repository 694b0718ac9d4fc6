import type { ChainableCommander, Redis } from 'ioredis'
import { z } from 'zod'
import { type HaltEntry, parseHaltEntry, readCanary } from '../breakers/halt-entry.ts'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { CanaryStore, Genesis, HaltStore, WriteOutcome } from './halt-store.ts'
import { parseRedisAddress } from './redis-address.ts'
import { allReplies } from './redis-client.ts'
import { addDigest, isUnknownScript } from './redis-digest.ts'
import { RedisLink } from './redis-link.ts'
import { primaryLocator } from './redis-locate.ts'
import { encodePush, listenForPushes } from './redis-push.ts'

export interface RedisHaltsOptions {
  /** `redis://`, `rediss://`, `sentinel://` or `redis-cluster://`; see `parseRedisAddress`. */
  url: string
  /**
   * How many nodes are meant to hold each entry: the primary and its replicas (in a Cluster: of one shard), whether up
   * or not. A majority of them makes a write durable.
   */
  nodes: number
  /** Stands in front of every key, as the hash tag `{prefix}`, so that all keys live on one node of a Cluster. */
  prefix?: string
  /** How long a write waits for replicas before it counts as not durable. */
  waitMs?: number
  /** Bounds each verb as a whole, with finding the primary and connecting. */
  commandTimeoutMs?: number
  logger: Logger
}

/** How long a lease key outlives its last confirmation: for a person who asks which gateways there are. */
const LEASE_KEY_TTL_MS = 60_000
/** The canary of a gateway that is gone goes, too. */
const CANARY_TTL_MS = 3_600_000
const PUSH_BEAT_MS = 500

const StoredGenesis: z.ZodType<Genesis> = z.object({ id: z.string(), atMs: z.number() })

/**
 * The halt store on Redis 7 or Valkey: single, behind Sentinel, or a Cluster. Returns at once and connects when needed,
 * so a gateway starts without its Redis. Every verb settles within `commandTimeoutMs` and rejects with `GatewayError`
 * `unavailable`; after that nothing is known about what was written. Keys and rights: docs/keys-and-tables.md.
 *
 * Throws an `Error` for an address, prefix or node count that cannot be meant.
 */
export function openRedisHalts(options: RedisHaltsOptions): HaltStore & CanaryStore {
  const { url, nodes, prefix = 'haltgate', waitMs = 200, commandTimeoutMs = 900, logger } = options
  if (!Number.isInteger(nodes) || nodes < 1) throw new Error('nodes is the number of Redis nodes, 1 or more')
  if (!/^[^{}\s]+$/.test(prefix)) throw new Error('the key prefix has no braces and no spaces')
  if (waitMs >= commandTimeoutMs) throw new Error('waitMs must be shorter than commandTimeoutMs')

  const address = parseRedisAddress(url)
  const genesisKey = `{${prefix}}:genesis`
  const haltsKey = `{${prefix}}:halts`
  const leaseKey = (gatewayId: string) => `{${prefix}}:lease:${gatewayId}`
  const canaryKey = (gatewayId: string) => `{${prefix}}:canary:${gatewayId}`
  const appendedKey = `{${prefix}}:appended`
  // Pub/sub knows no databases; without the number, a staging gateway in database 1 would halt production in 0.
  const channel = `{${prefix}}:pushed:${address.db}`
  /** The primary and this many replicas are a majority of the nodes. */
  const replicasNeeded = Math.floor(nodes / 2)
  const self = crypto.randomUUID()

  const locate = primaryLocator(address, genesisKey, commandTimeoutMs / 3)
  const linkTo = (name: string, onConnected?: RedisLink['leaveUnlessAt']) =>
    new RedisLink({
      name,
      credentials: address,
      locate,
      timeoutMs: commandTimeoutMs,
      logger,
      ...(onConnected ? { onConnected } : {}),
    })
  // A connection that listens can do nothing else. The other one carries every verb: confirming keeps it warm, so that
  // a halt never meets a connection that died unnoticed.
  const pushLink = linkTo('push')
  const link = linkTo('verbs', (at) => pushLink.leaveUnlessAt(at))
  const pushes = listenForPushes({ link: pushLink, channel, self, beatMs: PUSH_BEAT_MS, logger })

  const closing = new AbortController()
  let looking = false
  /** Too few replicas may mean that the primary has moved on and left us with the old one. */
  async function followPrimary(): Promise<void> {
    if (looking || address.form === 'single') return
    looking = true
    try {
      const primary = await locate(closing.signal)
      link.leaveUnlessAt(primary)
      pushLink.leaveUnlessAt(primary)
    } catch {
      // Nobody knows better; stay.
    } finally {
      looking = false
    }
  }

  /**
   * Runs writes and then, on the same connection, `WAIT`; outside Lua and MULTI, where `WAIT` returns at once. Where no
   * replica is needed there is nothing to wait for.
   */
  async function writeAndWait(redis: Redis, add: (pipeline: ChainableCommander) => void) {
    const pipeline = redis.pipeline()
    add(pipeline)
    if (replicasNeeded > 0) pipeline.wait(replicasNeeded, waitMs)
    const replies = allReplies(await pipeline.exec())
    const outcome = judge(replicasNeeded > 0 ? Number(replies.pop()) : 0)
    if (!outcome.durable) void followPrimary()
    return { replies, outcome }
  }

  function judge(replicas: number): WriteOutcome {
    if (replicas >= replicasNeeded) return { durable: true }
    return {
      durable: false,
      missing: `on ${replicas + 1} of ${nodes} Redis nodes, needed on ${replicasNeeded + 1}`,
    }
  }

  return {
    initialise: async (genesis) => {
      const text = await link.use(async (redis) => {
        const { replies } = await writeAndWait(redis, (pipeline) =>
          pipeline.set(genesisKey, JSON.stringify(genesis), 'NX').get(genesisKey),
        )
        return replies[1]
      })
      return readGenesis(text)
    },

    read: async () => {
      // The entries first: emptied in between, the store then looks unknown, not set up and without halts.
      const [entries, genesis] = await link.use(async (redis) =>
        allReplies(await redis.pipeline().hgetall(haltsKey).get(genesisKey).exec()),
      )
      return {
        genesis: genesis === null ? undefined : readGenesis(genesis),
        entries: Object.entries(z.record(z.string(), z.string()).parse(entries)).map(readEntry),
      }
    },

    append: async (entries) => {
      if (entries.length === 0) return { durable: true }
      const { outcome } = await link.use((redis) =>
        writeAndWait(redis, (pipeline) => {
          for (const entry of entries) pipeline.hsetnx(haltsKey, entry.id, JSON.stringify(entry))
          // A write also when nothing was new: it moves the replication offset on, so that WAIT proves the whole set.
          pipeline.set(appendedKey, self)
          pipeline.publish(channel, encodePush(self, entries))
        }),
      )
      return outcome
    },

    confirm: (gatewayId) =>
      link.use(async (redis) => {
        const confirmWith = async (how: 'sha' | 'script') => {
          const { replies, outcome } = await writeAndWait(redis, (pipeline) => {
            pipeline.set(leaseKey(gatewayId), Date.now(), 'PX', LEASE_KEY_TTL_MS)
            addDigest(pipeline, how, [genesisKey, haltsKey])
          })
          const digest = replies[1]
          return { ...outcome, digest: typeof digest === 'string' ? digest : undefined }
        }
        try {
          return await confirmWith('sha')
        } catch (error) {
          if (!isUnknownScript(error)) throw error
          // The whole confirmation again: a digest fetched after the WAIT could be of another primary's set.
          return await confirmWith('script')
        }
      }),

    subscribe: (onEntries) => pushes.listen(onEntries),

    compact: async (ids) => {
      if (ids.length > 0) await link.use((redis) => redis.hdel(haltsKey, ...ids))
    },

    exchangeCanary: (gatewayId, entries) =>
      link.use(async (redis) => {
        const key = canaryKey(gatewayId)
        const { replies, outcome } = await writeAndWait(redis, (pipeline) =>
          pipeline.set(key, JSON.stringify(entries), 'PX', CANARY_TTL_MS).get(key),
        )
        return { ...outcome, entries: readCanary(String(replies[1])) }
      }),

    close: async () => {
      closing.abort()
      link.close()
      pushes.close()
    },
  }
}

function readGenesis(text: unknown): Genesis {
  const genesis = StoredGenesis.safeParse(parseJson(text))
  if (genesis.success) return genesis.data
  throw new GatewayError('unavailable', 'the genesis record in Redis cannot be read; nothing is assumed')
}

/** An entry that cannot be read may be a halt: the whole set is then unknown. The content stays out of the error. */
function readEntry([id, text]: [string, string]): HaltEntry {
  try {
    const entry = parseHaltEntry(parseJson(text))
    if (entry.id === id) return entry
  } catch {
    // Falls through to the error that names the id.
  }
  throw new GatewayError('unavailable', `halt entry ${id} in Redis cannot be read; restore or compact it`)
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
