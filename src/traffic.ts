import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { GatewayError } from './errors.ts'
import { answerError } from './middleware/answers.ts'
import { type CallParts, callEngine } from './middleware/call-engine.ts'
import { haltGate } from './middleware/halt-gate.ts'
import { type IdentityHeaders, identify } from './middleware/identify.ts'
import { interceptReply } from './middleware/intercept-reply.ts'
import type { Caller, LiveExchange } from './middleware/live-exchange.ts'
import { logFault } from './middleware/log-fault.ts'
import { measure } from './middleware/measure.ts'
import { readExchange } from './middleware/read-exchange.ts'
import { refuseUpgrade } from './middleware/refuse-upgrade.ts'
import { screenMessage } from './middleware/screen-message.ts'
import type { Tracer } from './telemetry/tracing.ts'

export interface TrafficParts extends CallParts {
  identify: IdentityHeaders
  maxBodyBytes: number
  openPaths: readonly string[]
  tracer: Tracer
}

/** The AI-traffic app: everything that comes to the traffic port. `env` is what the platform adds to a request. */
export interface Traffic {
  fetch(request: Request, env?: unknown): Response | Promise<Response>
}

/**
 * The whole path of an exchange, in order. Every method and path is an AI path, except the open list and the two health
 * pages.
 */
export function createTraffic(parts: TrafficParts): Traffic {
  const health = new Hono()
  // A halted gateway is ready: people need its safe replies, so no load balancer may take it out.
  health.get('/healthz', (c) => c.json({ status: 'ok' }))
  health.get('/readyz', (c) => c.json({ ready: true }))
  const steps = {
    measure: measure(parts),
    identify: identify(parts.identify),
    readExchange: readExchange(parts),
    screenMessage: screenMessage(parts),
    haltGate: haltGate(parts),
    interceptReply: interceptReply(parts),
    callEngine: callEngine(parts),
  }
  async function answer(exchange: LiveExchange, caller: Caller): Promise<Response> {
    try {
      refuseUpgrade(exchange)
      steps.identify(exchange)
      await steps.readExchange(exchange, caller)
      steps.screenMessage(exchange)
      const instead = (await steps.haltGate(exchange)) ?? steps.interceptReply(exchange)
      return instead ?? (await steps.callEngine(exchange, caller))
    } catch (error) {
      const fault = error instanceof GatewayError && error.code === 'internal' ? error.cause : error
      if (!(fault instanceof GatewayError)) logFault(parts.logger, exchange.requestId, fault)
      return answerError(parts, exchange, error)
    }
  }
  return {
    fetch(request, env) {
      if (isHealthPage(request)) return health.fetch(request)
      const caller = { request, env }
      return answer(steps.measure(caller), caller)
    },
  }
}

function isHealthPage(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const path = getPath(request)
  return path === '/healthz' || path === '/readyz'
}
