import type { Redis } from 'ioredis'
import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { parseRedisAddress } from './redis-address.ts'
import { RedisLink } from './redis-link.ts'
import { primaryLocator } from './redis-locate.ts'
import type { TestStateStore } from './test-state.ts'

/**
 * KEYS: lease, newest token. ARGV: holder, milliseconds. Returns the token, or nil while another holds the lease.
 *
 * A token is larger than every one before it, and not smaller than the server's time in microseconds. So none is given out
 * twice by a Redis that restarted empty, or by a replica that never heard of the newest one; that replica's clock may be
 * behind by less than the failover took. With a clock further behind tokens can go back, and are still different but for
 * the same microsecond; and a holder from before is fenced, because its lease is not the one that is there.
 */
const acquireScript = `
local held = redis.call('GET', KEYS[1])
if held then
  local token, holder = string.match(held, '^(%d+) (.*)$')
  if holder ~= ARGV[1] then return false end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return token
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local token = string.format('%.0f', math.max(last + 1, now))
redis.call('SET', KEYS[2], token)
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1], 'PX', ARGV[2])
return token
`

/** KEYS: lease. ARGV: holder. Returns 1. */
const releaseScript = `
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%d+ (.*)$') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`

/**
 * KEYS: lease, state. ARGV: token, expected revision, value. Returns the new revision, `fenced` or `conflict`. A lease that
 * has ended is not there: Redis ends it by its own clock.
 */
const writeScript = `
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+') ~= ARGV[1] then return 'fenced' end
local revision = tonumber(redis.call('HGET', KEYS[2], 'revision') or '0')
if revision ~= tonumber(ARGV[2]) then return 'conflict' end
redis.call('HSET', KEYS[2], 'revision', revision + 1, 'value', ARGV[3])
return tostring(revision + 1)
`

const State = z.object({ revision: z.coerce.number().int(), value: z.string() })

/**
 * Keeps the state in the Redis that keeps the halts, each verb one script or command, and so whole or not at all. Keys and
 * rights: docs/keys-and-tables.md. Leases end by the server's own clock.
 *
 * Nothing waits for replicas: a failover may lose the newest outcomes, and a gateway that is cut off together with the old
 * primary probes on there until it is joined again; what it wrote is then lost. Halts do not depend on that, they are kept
 * elsewhere and by a majority.
 *
 * Throws an `Error` for an address that cannot be meant.
 */
export function openRedisTestState(options: {
  url: string
  prefix?: string
  commandTimeoutMs?: number
  logger: Logger
}): TestStateStore {
  const { url, prefix = 'haltgate', commandTimeoutMs = 900, logger } = options
  const address = parseRedisAddress(url)
  const leaseKey = (name: string) => `{${prefix}}:test-lease:${name}`
  const tokenKey = (name: string) => `{${prefix}}:test-token:${name}`
  const stateKey = (key: string) => `{${prefix}}:test-state:${key}`
  const link = new RedisLink({
    name: 'tests',
    credentials: address,
    locate: primaryLocator(address, stateKey(''), commandTimeoutMs / 3),
    timeoutMs: commandTimeoutMs,
    logger,
  })
  // Whole scripts, not their hashes: 600 bytes every few seconds are cheaper than a second way to fail.
  const run = (script: string, keys: string[], args: (string | number)[]) =>
    link.use((redis: Redis) => redis.eval(script, keys.length, ...keys, ...args))

  return {
    async acquire(name, holder, ttlMs) {
      const token = await run(acquireScript, [leaseKey(name), tokenKey(name)], [holder, Math.round(ttlMs)])
      return token === null ? undefined : { token: Number(token), ttlMs }
    },

    async release(name, holder) {
      await run(releaseScript, [leaseKey(name)], [holder])
    },

    async read(key) {
      const found = await link.use((redis) => redis.hgetall(stateKey(key)))
      if (Object.keys(found).length === 0) return undefined
      const state = State.safeParse(found)
      if (state.success) return state.data
      throw new GatewayError(
        'unavailable',
        `the state of the tests in Redis cannot be read; delete ${stateKey(key)}, and it is measured anew`,
      )
    },

    async write(key, value, { expected, lease, token }) {
      const answer = String(
        await run(writeScript, [leaseKey(lease), stateKey(key)], [token, expected, value]),
      )
      if (answer === 'fenced' || answer === 'conflict') return { written: false, why: answer }
      return { written: true, revision: Number(answer) }
    },

    async close() {
      link.close()
    },
  }
}
