import { GatewayError } from '../errors.ts'
import type { LiveExchange } from './live-exchange.ts'
import { headerOf } from './platform.ts'

/** WebSocket and other upgrades cannot be screened, so they are refused with 501. */
export function refuseUpgrade({ headers }: LiveExchange): void {
  if (headerOf(headers, 'upgrade') !== undefined)
    throw new GatewayError('upgrade_refused', 'protocol upgrades are not served: they cannot be screened')
}
