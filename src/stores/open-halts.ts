import type { Config } from '../config/schema.ts'
import type { Logger } from '../logger.ts'
import type { CanaryStore, HaltStore } from './halt-store.ts'

/** The store that several gateways share; `undefined` when this gateway is alone. */
export async function openSharedHalts(
  config: Config,
  logger: Logger,
): Promise<(HaltStore & CanaryStore) | undefined> {
  const { halts, haltNodes } = config.stores
  if (halts === 'sqlite') return undefined
  // Not read by a start that needs no Redis.
  const { openRedisHalts } = await import('./redis-halts.ts')
  return openRedisHalts({ url: halts, nodes: haltNodes ?? (/^rediss?:/.test(halts) ? 1 : 3), logger })
}
