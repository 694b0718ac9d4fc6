import { Redis } from 'ioredis'
import type { HostPort, RedisCredentials } from './redis-address.ts'

/**
 * One TCP connection to one node, ready for commands; ended by `signal` or `disconnect()`. Rejects with the reason
 * (refused, timed out, wrong password, no such database).
 *
 * It never reconnects by itself, and sends nothing twice. That is what makes `WAIT` mean something: it counts the
 * replicas that have the writes of *its own connection*. A client that reconnects and resends what was unanswered can
 * put the `WAIT` of a lost write on a fresh connection, where it is answered for nothing. Here a lost connection fails
 * whatever was under way, and the caller begins anew.
 */
export async function connectOnce(
  node: HostPort,
  { username, password, tls, db }: RedisCredentials,
  signal: AbortSignal,
  connectionName: string,
): Promise<Redis> {
  signal.throwIfAborted()
  const redis = new Redis({
    ...node,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectionName,
    lazyConnect: true,
    retryStrategy: null,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // INFO would need a right of its own; a node that is still loading answers every command with LOADING.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    // A socket that does not close politely is destroyed after this long.
    disconnectTimeout: 100,
  })
  let reason: unknown
  redis.on('error', (error) => {
    reason ??= error
  })
  const abort = () => redis.disconnect()
  signal.addEventListener('abort', abort, { once: true })
  redis.once('end', () => signal.removeEventListener('abort', abort))
  try {
    await redis.connect()
    // Not by the option `db`: when that SELECT fails, ioredis reports it and goes on in database 0.
    if (db !== 0) await redis.select(db)
    return redis
  } catch (error) {
    redis.disconnect()
    throw reason ?? (signal.aborted ? signal.reason : error)
  }
}

/** The replies of a pipeline. Throws the first error: a pipeline that failed in part has failed. */
export function allReplies(results: [Error | null, unknown][] | null): unknown[] {
  if (results === null) throw new Error('Redis gave no replies')
  return results.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
