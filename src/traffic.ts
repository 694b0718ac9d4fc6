import { Hono } from 'hono'
import { GatewayError } from './errors.ts'
import { answerError } from './middleware/answers.ts'
import { type CallParts, callEngine } from './middleware/call-engine.ts'
import { haltGate } from './middleware/halt-gate.ts'
import { type IdentityHeaders, identify } from './middleware/identify.ts'
import { interceptReply } from './middleware/intercept-reply.ts'
import type { TrafficEnv } from './middleware/live-exchange.ts'
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

/**
 * The AI-traffic app: the whole path of an exchange, in order. Every method and path is an AI path, except the open
 * list and the two health pages.
 */
export function createTraffic(parts: TrafficParts): Hono<TrafficEnv> {
  const traffic = new Hono<TrafficEnv>()
  // A halted gateway is ready: people need its safe replies, so no load balancer may take it out.
  traffic.get('/healthz', (c) => c.json({ status: 'ok' }))
  traffic.get('/readyz', (c) => c.json({ ready: true }))
  const steps = {
    measure: measure(parts),
    identify: identify(parts.identify),
    readExchange: readExchange(parts),
    screenMessage: screenMessage(parts),
    haltGate: haltGate(parts),
    interceptReply: interceptReply(parts),
    callEngine: callEngine(parts),
  }
  traffic.all('*', async (c) => {
    const exchange = steps.measure(c)
    refuseUpgrade(exchange)
    steps.identify(exchange)
    await steps.readExchange(exchange, c.req.raw)
    steps.screenMessage(exchange)
    return (await steps.haltGate(exchange)) ?? steps.interceptReply(exchange) ?? steps.callEngine(exchange, c)
  })
  traffic.onError((error, c) => {
    const exchange = c.get('exchange')
    const fault = error instanceof GatewayError && error.code === 'internal' ? error.cause : error
    if (!(fault instanceof GatewayError)) logFault(parts.logger, exchange.requestId, fault)
    return answerError(parts, exchange, error)
  })
  return traffic
}
