import { createHash } from 'node:crypto'
import type { ChainableCommander } from 'ioredis'

/** Lua: whether this server's `<` compares strings by their bytes, as the digest needs it. */
export const ORDERS_BY_BYTES = `'-' < '0' and 'Z' < '_' and '_' < 'a'`

/**
 * The digest of the stored set, taken where the set is, so that a confirmation moves 40 bytes however many halts there
 * have been. Only reads; 0.2 ms for 200 entries, 3 ms for 5,000.
 *
 * KEYS[1] the genesis key; KEYS[2] the hash of entries.
 * Returns the SHA-1 in hex of the entry ids, sorted by their bytes and joined with commas; nil without a genesis.
 *
 * Lua's `<` follows the server's locale (LC_COLLATE): under en_US `a` stands before `B`, and the digest would never match.
 * There the order is spelt out, which is slower.
 */
export const DIGEST_SCRIPT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local ids = redis.call('HKEYS', KEYS[2])
if ${ORDERS_BY_BYTES} then table.sort(ids) else table.sort(ids, before) end
return redis.sha1hex(table.concat(ids, ','))
`

const sha1 = () => createHash('sha1').update(DIGEST_SCRIPT).digest('hex')

/** Adds the digest to a pipeline: by hash, or with the whole script where the server does not know it yet. */
export function addDigest(pipeline: ChainableCommander, how: 'sha' | 'script', keys: [string, string]): void {
  if (how === 'sha') pipeline.evalsha(sha1(), keys.length, ...keys)
  else pipeline.eval(DIGEST_SCRIPT, keys.length, ...keys)
}

/** Redis forgets scripts when it restarts, fails over or is told to. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
