import type { MiddlewareHandler } from 'hono'
import { GatewayError } from '../errors.ts'
import type { TrafficEnv } from './live-exchange.ts'

/** WebSocket and other upgrades cannot be screened, so they are refused with 501. */
export function refuseUpgrade(): MiddlewareHandler<TrafficEnv> {
  return async function refuseUpgrade(c, next) {
    if (c.req.raw.headers.get('upgrade') !== null)
      throw new GatewayError('upgrade_refused', 'protocol upgrades are not served: they cannot be screened')
    await next()
  }
}
