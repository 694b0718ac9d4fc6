import { type GatewayProcess, initialiseHaltStore, startGatewayProcess } from '../../servers/gateway.ts'
import { untilReplies } from './clients.ts'
import type { StampingEngine } from './stamping-engine.ts'

/** Short, so that a test that waits for it is short; four confirmations fit into it. */
export const leaseMs = 1_000

export interface GatewayOptions {
  engine: StampingEngine
  /** `stores` of the configuration: which halt store, which records. */
  stores?: Record<string, unknown>
  leaseMs?: number
  dataDir?: string
}

/** One gateway that may already be unable to serve. */
export function startOne(options: GatewayOptions): Promise<GatewayProcess> {
  const { engine, stores = {}, dataDir } = options
  return startGatewayProcess(
    {
      stores,
      engines: { primary: { url: engine.url } },
      policy: { haltLeaseMs: options.leaseMs ?? leaseMs },
    },
    dataDir === undefined ? {} : { dataDir },
  )
}

/** Two gateways on one Redis that has been set up; both serve AI replies. */
export async function startPair(
  options: GatewayOptions & { stores: Record<string, unknown> },
): Promise<[GatewayProcess, GatewayProcess]> {
  await initialiseHaltStore({ halts: options.stores.halts, haltNodes: options.stores.haltNodes })
  const pair = await Promise.all([startOne(options), startOne(options)])
  await Promise.all(pair.map((gateway) => untilReplies(gateway, 'ai')))
  return pair
}
