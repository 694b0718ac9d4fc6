import { GatewayError } from '../errors.ts'
import type { LiveExchange } from './live-exchange.ts'
import { headerOf } from './platform.ts'

/**
 * WebSocket and other upgrades cannot be screened, so they are refused with 501; so is `TRACE`, whose answer would show
 * the engine's credential.
 */
export function refuseUpgrade({ method, headers }: LiveExchange): void {
  if (method === 'TRACE') throw new GatewayError('upgrade_refused', 'TRACE is not served')
  // Java's HTTP client offers `h2c` on every plain request and goes on without it.
  const upgrade = headerOf(headers, 'upgrade')
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c')
    throw new GatewayError('upgrade_refused', 'protocol upgrades are not served: they cannot be screened')
}
