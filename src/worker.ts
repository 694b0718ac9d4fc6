import { DurableObject, waitUntil } from 'cloudflare:workers'
import { assembleEdge, type EdgeGateway } from './edge/assemble-edge.ts'
import { errorFields } from './logger.ts'
import { durableObjectHalts, type HaltRow, type HaltRpc, HaltTables } from './stores/durable-object.ts'
import type { Genesis } from './stores/halt-store.ts'

interface Env {
  HALTS: DurableObjectNamespace<HaltObject>
  HALTGATE_CONFIG?: unknown
  HALTGATE_ADMIN_KEY_SHA256?: string
}

/** The one Durable Object that keeps the halts. */
const haltObjectName = 'halts'

/** Keeps the set of halt entries for all isolates everywhere. */
export class HaltObject extends DurableObject<Env> implements HaltRpc {
  readonly #tables: HaltTables

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new HaltTables(ctx.storage)
  }

  initialise(genesis: Genesis) {
    return this.#tables.initialise(genesis)
  }

  read() {
    return this.#tables.read()
  }

  append(rows: HaltRow[]) {
    return this.#tables.append(rows)
  }

  confirm(gatewayId: string) {
    return this.#tables.confirm(gatewayId)
  }

  compact(ids: string[]) {
    return this.#tables.compact(ids)
  }
}

/** Made by the first request: Workers allow no work at import. A configuration changes with a new version only. */
let gateway: Promise<EdgeGateway> | undefined

export default {
  async fetch(request, env) {
    gateway ??= assembleEdge({
      env: { ...env },
      halts: durableObjectHalts(() => env.HALTS.getByName(haltObjectName)),
      keepAlive: waitUntil,
    })
    let ready: EdgeGateway
    try {
      ready = await gateway
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', ...errorFields(error), msg: 'haltgate cannot start' }))
      return cannotStart()
    }
    return ready.fetch(request)
  },
} satisfies ExportedHandler<Env>

/** Closed: without a configuration nothing goes to any engine. What is wrong stands in the log. */
function cannotStart(): Response {
  const message = 'the gateway is not configured; do not retry'
  return Response.json(
    { error: { code: 'unavailable', message } },
    { status: 503, headers: { 'x-should-retry': 'false' } },
  )
}
