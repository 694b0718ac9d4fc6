import type { MiddlewareHandler } from 'hono'
import type { Identity } from '../exchange.ts'
import type { TrafficEnv } from './live-exchange.ts'

/** Which request header carries what, lower case (config `identify`). */
export type IdentityHeaders = Record<keyof Identity, string>

const longestValue = 200
/** What a halt's scope can name. */
const nameable = /^[\x21-\x7e]{1,193}$/

/**
 * Reads who is at the other end from the headers that the configuration names. Overlong values count as absent, and so
 * does a tenant that no halt could name: to it every tenant's halt applies.
 */
export function identify(headers: IdentityHeaders): MiddlewareHandler<TrafficEnv> {
  const fields: (keyof Identity)[] = ['tenant', 'session', 'user', 'region', 'language', 'ageBand']
  return async function identify(c, next) {
    const { who } = c.get('exchange')
    const given = c.req.raw.headers
    for (const field of fields) {
      const value = given.get(headers[field])
      if (value !== null && value !== '' && value.length <= longestValue && isUsable(field, value))
        who[field] = field === 'region' ? value.toUpperCase() : value
    }
    await next()
  }
}

function isUsable(field: keyof Identity, value: string): boolean {
  return field !== 'tenant' || nameable.test(value)
}
