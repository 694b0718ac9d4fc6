import type { Redis } from 'ioredis'
import { GatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'
import { type HostPort, hostPort, type RedisCredentials } from './redis-address.ts'
import { connectOnce, reasonOf } from './redis-client.ts'
import type { LocatePrimary } from './redis-locate.ts'

export interface RedisLinkOptions {
  /** What the link is for; in the logs, and as the connection's name in `CLIENT LIST`. */
  name: string
  credentials: RedisCredentials
  locate: LocatePrimary
  /** Bounds one use as a whole: finding the primary, connecting, and every reply. */
  timeoutMs: number
  logger: Logger
  /** Called when a new connection stands. */
  onConnected?: (at: HostPort) => void
}

interface Connection {
  ready: Promise<{ redis: Redis; at: HostPort }>
  at: HostPort | undefined
  end: AbortController
}

/**
 * Keeps one connection to the primary, made when it is first used. Whatever fails ends the connection, so that the
 * next use looks the primary up again; nothing is queued, repeated or sent to another node meanwhile.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions
  #connection: Connection | undefined
  #state: 'unknown' | 'up' | 'down' = 'unknown'
  #closed = false

  constructor(options: RedisLinkOptions) {
    this.#options = options
  }

  /** Does something on the connection. Rejects with `GatewayError` `unavailable` within `timeoutMs`. */
  async use<T>(action: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#closed) throw new GatewayError('unavailable', 'the halt store is closed')
    this.#connection ??= this.#connect()
    const connection = this.#connection
    try {
      const result = await within(
        this.#options.timeoutMs,
        connection.ready.then(({ redis }) => action(redis)),
      )
      this.#noteUp(connection)
      return result
    } catch (error) {
      this.#drop(connection)
      this.#noteDown(error)
      throw new GatewayError('unavailable', `the halt store in Redis cannot be used: ${reasonOf(error)}`)
    }
  }

  /** Leaves a connection to another node than this one, because the primary is here now. */
  leaveUnlessAt(primary: HostPort): void {
    const connection = this.#connection
    if (connection?.at && hostPort(connection.at) !== hostPort(primary)) this.#drop(connection)
  }

  close(): void {
    this.#closed = true
    if (this.#connection) this.#drop(this.#connection)
  }

  #connect(): Connection {
    const { name, credentials, locate, onConnected } = this.#options
    const end = new AbortController()
    const open = async () => {
      const at = await locate(end.signal)
      const redis = await connectOnce(at, credentials, end.signal, `haltgate:${name}`)
      redis.once('end', () => this.#drop(connection))
      connection.at = at
      onConnected?.(at)
      return { redis, at }
    }
    const connection: Connection = { ready: Promise.resolve().then(open), at: undefined, end }
    return connection
  }

  #drop(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined
    connection.end.abort(new Error('the connection was given up'))
  }

  #noteUp({ at }: Connection): void {
    if (this.#state === 'up') return
    this.#state = 'up'
    const fields = { connection: this.#options.name, node: at && hostPort(at) }
    this.#options.logger.info(fields, 'halt store in Redis is reached')
  }

  #noteDown(error: unknown): void {
    if (this.#state === 'down' || this.#closed) return
    this.#state = 'down'
    const fields = { connection: this.#options.name, ...errorFields(error) }
    this.#options.logger.warn(fields, 'halt store in Redis cannot be used; trying on, silently, until it can')
  }
}

/** Rejects when `work` is not done in time; `work` itself is ended by whoever dropped its connection. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
