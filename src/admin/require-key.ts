import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { GatewayError } from '../errors.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { AdminEnv } from './admin-env.ts'
import type { KeyRing } from './key-ring.ts'

export interface KeyCheckParts {
  keyRing: KeyRing
  metrics: Metrics
  /** Where a request came from, for the limit on wrong keys. `env` is Hono's `c.env`. */
  remoteAddress(env: unknown): string
}

/** Wrong keys that one address may try in a minute. A right key is never limited: a halt must always go through. */
const wrongKeysPerMinute = 20

/**
 * Lets only requests with a known key through, and says who acts. Keys are compared by their hashes, so the time tells
 * nothing; wrong ones are limited per address.
 */
export function requireKey({ keyRing, metrics, remoteAddress }: KeyCheckParts): MiddlewareHandler<AdminEnv> {
  const wrongKeys = new RateLimiterMemory({ points: wrongKeysPerMinute, duration: 60 })
  return async function requireKey(c, next) {
    const secret = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    const actor = secret === undefined ? undefined : await keyRing.authenticate(secret)
    if (actor === undefined) {
      const allowed = await wrongKeys.consume(remoteAddress(c.env)).then(
        () => true,
        () => false,
      )
      metrics.refusedKeys.inc({ why: allowed ? (secret === undefined ? 'no-key' : 'wrong-key') : 'too-many' })
      if (!allowed)
        throw new GatewayError('rate_limited', 'too many wrong keys from this address: wait a minute')
      throw new GatewayError('unauthorized', 'expected a key: Authorization: Bearer hg_…')
    }
    c.set('actor', actor)
    await next()
  }
}
