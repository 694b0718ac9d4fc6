import { GatewayError } from '../errors.ts'
import type { LiveExchange } from './live-exchange.ts'
import { headerOf } from './platform.ts'

/**
 * WebSocket and other upgrades cannot be screened, so they are refused with 501; so is `TRACE`, whose answer would show
 * the engine's credential.
 */
export function refuseUpgrade({ method, headers }: LiveExchange): void {
  if (method === 'TRACE') throw new GatewayError('upgrade_refused', 'TRACE is not served')
  if (headerOf(headers, 'upgrade') !== undefined)
    throw new GatewayError('upgrade_refused', 'protocol upgrades are not served: they cannot be screened')
}
