import type { MiddlewareHandler } from 'hono'
import type { Identity } from '../exchange.ts'
import type { TrafficEnv } from './live-exchange.ts'

/** Which request header carries what, lower case (config `identify`). */
export type IdentityHeaders = Record<keyof Identity, string>

const longestValue = 200

/** Reads who is at the other end from the headers that the configuration names. Overlong values count as absent. */
export function identify(headers: IdentityHeaders): MiddlewareHandler<TrafficEnv> {
  const fields: (keyof Identity)[] = ['tenant', 'session', 'user', 'region', 'language', 'ageBand']
  return async function identify(c, next) {
    const { who } = c.get('exchange')
    const given = c.req.raw.headers
    for (const field of fields) {
      const value = given.get(headers[field])
      if (value !== null && value !== '' && value.length <= longestValue)
        who[field] = field === 'region' ? value.toUpperCase() : value
    }
    await next()
  }
}
