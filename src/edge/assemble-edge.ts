import { createDetectors, createRemotes } from '../assemble-listening.ts'
import type { Breaker } from '../breakers/breaker.ts'
import { createClockBreaker } from '../breakers/clock-breaker.ts'
import { type HaltGate, isInForce, type SafetyHalt } from '../breakers/halt-gate.ts'
import { createSafetyHalt } from '../breakers/safety-halt.ts'
import { systemClock } from '../clock.ts'
import { createDialect } from '../dialects/index.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import { createFetchEngine } from '../engines/fetch.ts'
import { createRoute } from '../engines/route.ts'
import type { Logger } from '../logger.ts'
import type { GuardedEngine } from '../middleware/call-engine.ts'
import { webPlatform } from '../middleware/platform.ts'
import type { CrisisRecorder } from '../referrals/disclosure.ts'
import { createCrisisLines } from '../safe-reply/crisis-lines.ts'
import { createSafeReplies } from '../safe-reply/safe-reply.ts'
import { createSignalBook } from '../signals/book.ts'
import type { HaltStore } from '../stores/halt-store.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { noTracer } from '../telemetry/tracing.ts'
import { createTraffic } from '../traffic.ts'
import { createConsoleLogger } from './console-logger.ts'
import { readEdgeConfig } from './edge-config.ts'
import { controlPath, createEdgeControl } from './edge-control.ts'
import { requestGate } from './request-gate.ts'

export interface EdgeOptions {
  /** The Worker's variables and secrets: `HALTGATE_CONFIG`, `HALTGATE_ADMIN_KEY_SHA256`, and what the config refers to. */
  env: Record<string, unknown>
  /** The store that all isolates share. */
  halts: HaltStore
  /** The platform's `waitUntil`, for the request that is being served. */
  keepAlive(work: Promise<unknown>): void
}

/** The gateway as one isolate of a Worker runs it. Holds nothing that belongs to a request. */
export interface EdgeGateway {
  fetch(request: Request): Promise<Response>
  halt: SafetyHalt
}

/** How old the known halt state may be before a request asks for it again. */
const maxAgeMs = 250

/**
 * The request path of `traffic.ts` on Web standards alone, with the health pages and a little control beside it.
 * Rejects with `Error` for a configuration that cannot be used. Makes no timers and asks nothing: requests do.
 */
export async function assembleEdge({ env, halts, keepAlive }: EdgeOptions): Promise<EdgeGateway> {
  const config = readEdgeConfig(env.HALTGATE_CONFIG, env)
  const clock = systemClock
  const logger = createConsoleLogger(config.telemetry.logLevel)
  const halt = await createSafetyHalt({
    // One for all isolates, which come and go and are many: the name is for people, the write is the proof.
    gatewayId: 'edge',
    mirror: undefined,
    shared: halts,
    drive: 'on-demand',
    maxAgeMs,
    leaseMs: config.policy.haltLeaseMs,
    clock,
    logger,
    newId: newHaltId,
  })

  const engines: Partial<Record<EngineName, GuardedEngine>> = {}
  const breakers: Partial<Record<EngineName, Breaker>> = {}
  for (const name of engineNames) {
    const options = config.engines[name]
    if (options === undefined) continue
    const breaker = createClockBreaker({ name, ...options.breaker }, clock)
    breaker.onChange((state) => logger.warn({ engine: name, state }, 'circuit changed'))
    const { maxReplyBytes, maxStreamBytes, maxEventBytes } = options
    const limits = { maxReplyBytes, maxStreamBytes, maxEventBytes }
    breakers[name] = breaker
    const ownCredential = options.credential !== undefined
    engines[name] = { engine: createFetchEngine({ ...options, name }, clock), breaker, limits, ownCredential }
  }
  const { primary, backup, previous } = engines
  const slowMs = config.plan.thresholds['response-time-critical']?.above
  const route = createRoute({
    engines: { primary, ...(backup && { backup }), ...(previous && { previous }) },
    breakers,
    failback: { ...config.engines.failback, ...(slowMs !== undefined && { slowMs }) },
    clock,
  })

  const gate = requestGate(halt, keepAlive)
  const traffic = createTraffic({
    dialect: createDialect(config.engines.primary.dialect, config.engines.primary.genericJson ?? {}),
    identify: config.identify,
    singleCountry: config.identify.singleCountry,
    maxBodyBytes: config.traffic.maxBodyBytes,
    openPaths: config.traffic.openPaths,
    engines,
    route,
    halt: gate,
    safeReplies: createSafeReplies({
      lines: createCrisisLines({ useUnchecked: config.policy.useUncheckedCrisisLines }),
    }),
    signals: createSignalBook({ plan: config.plan, clock }),
    metrics: createMetrics({ process: false, version: 'edge' }),
    tracer: noTracer,
    logger,
    clock,
    platform: webPlatform,
    ...createDetectors(),
    policy: config.policy,
    remote: createRemotes(config, { clock, logger }),
    recorder: logRecorder(logger),
    reviews: undefined,
  })
  const control = createEdgeControl({
    halt,
    adminKeySha256:
      typeof env.HALTGATE_ADMIN_KEY_SHA256 === 'string' ? env.HALTGATE_ADMIN_KEY_SHA256 : undefined,
    initialise: () => halts.initialise({ id: newHaltId(), atMs: clock.wallMs() }),
    logger,
  })

  return {
    halt,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/healthz') return Response.json({ status: 'ok' })
      if (pathname === '/readyz') return readiness(halt, gate)
      if (pathname === controlPath || pathname.startsWith(`${controlPath}/`)) {
        const answer = Promise.resolve(control.fetch(request))
        // A halt is carried through even when whoever asked for it does not wait.
        keepAlive(answer)
        return answer
      }
      return traffic.fetch(request)
    },
  }
}

/** There are no records at the edge: what happened goes to the log, without a word of anybody and without a name. */
function logRecorder(logger: Logger): CrisisRecorder {
  return {
    disclosed({ category, level, source, engine, mode }) {
      logger.warn({ category, crisisLevel: level, source, engine, mode }, 'a person told of a crisis')
    },
    caught({ kind, action, engine, mode }) {
      logger.warn({ kind, action, engine, mode }, 'a harmful reply')
    },
    noticed() {},
    screened() {},
  }
}

/** A halted or suspended gateway is ready: people need its safe replies. */
async function readiness(halt: SafetyHalt, gate: HaltGate): Promise<Response> {
  await gate.refresh()
  const suspended = halt.health().suspended !== false
  const halted = halt.list().some(isInForce)
  return Response.json({
    ready: true,
    replies: suspended ? 'suspended' : halted ? 'halted' : 'on',
    haltStore: suspended ? 'unconfirmed' : 'confirmed',
  })
}

/** 80 bits of chance. */
function newHaltId(): string {
  return `halt-${crypto.randomUUID().replaceAll('-', '').slice(-20)}`
}
