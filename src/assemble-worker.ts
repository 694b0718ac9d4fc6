import { assembleEngines, type Engines, longestExchangeMs, retiredEngines } from './assemble-engines.ts'
import { createDetectors } from './assemble-listening.ts'
import { assembleTraffic } from './assemble-traffic.ts'
import { createSafetyHalt } from './breakers/safety-halt.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config/schema.ts'
import { engineNames } from './engines/engine.ts'
import { nodePlatform } from './listen.ts'
import type { Logger } from './logger.ts'
import { sampledSessions } from './middleware/note-review.ts'
import type { CrisisRecorder } from './referrals/disclosure.ts'
import { createIpcHalts } from './stores/ipc-halts.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { openTracer } from './telemetry/open-tracer.ts'
import { hearOf, toldCrises } from './workers/crisis-sessions.ts'
import { createFollowedRoute, type FollowedRoute } from './workers/followed-route.ts'
import { createMeasureSender } from './workers/measured-batch.ts'
import type { CrisisSession, EnginesView, ToWorker, WorkerChannel } from './workers/messages.ts'
import { snapshotOf } from './workers/metric-sums.ts'
import { registerProcessSeries } from './workers/process-series.ts'

type Begin = Extract<ToWorker, { kind: 'begin' }>

/** Between two confirmations by the primary. */
const leastPollMs = 100
const mostPollMs = 1_000
/** More records than this wait only when the primary has stood still for long; those on top are lost. */
const mostWaiting = 10_000

/**
 * A process that serves traffic and nothing else: halts, configuration and the choice of engine come from the primary,
 * and all it measures and records goes there. It has no disk, no control listener and no plan of its own.
 */
export async function assembleWorker(
  begin: Begin,
  { channel, version, logger }: { channel: WorkerChannel; version: string; logger: Logger },
) {
  const clock = systemClock
  let current = perWorker(begin.config)
  const metrics = createMetrics({ process: false, version })
  registerProcessSeries(metrics.registry)
  const tracer = await openTracer(current, version)
  const own = createDetectors()
  for (const heard of begin.crises) hearOf(heard, own)
  const detectors = {
    ...own,
    ...toldCrises(own, (heard) => channel.send({ kind: 'crisis-session', ...heard })),
  }
  const store = createIpcHalts(channel)
  const halt = await createSafetyHalt({
    gatewayId: begin.gatewayId,
    mirror: undefined,
    shared: store,
    leaseMs: begin.leaseMs,
    // Halts are pushed and no push is lost between processes: asking renews the lease, and need not be more often.
    pollMs: Math.min(mostPollMs, Math.max(leastPollMs, begin.leaseMs / 10)),
    clock,
    logger,
    newId: () => crypto.randomUUID(),
  })
  const measures = createMeasureSender({
    send: (batch) => channel.send({ kind: 'measured', ...batch }),
    backlog: () => channel.backlog,
    logger,
  })
  const record = lossy()
  const recorder: CrisisRecorder = {
    disclosed: (disclosure) => void record({ kind: 'disclosed', disclosure }),
    caught: (reply) => void record({ kind: 'caught', reply }),
    noticed: (textVersion) => void record({ kind: 'noticed', textVersion }),
    screened: measures.screened,
  }
  const isKnown = sampledSessions()
  const retired = retiredEngines(logger)
  let view = begin.engines
  let engines = wireEngines(current)
  follow(view)
  let traffic = wireTraffic(current)

  /** What a clinician or a referral waits for goes at once; only a primary that stands still for long loses any. */
  function lossy() {
    let lost = 0
    return (message: Parameters<WorkerChannel['send']>[0]): boolean => {
      if (channel.backlog < mostWaiting) {
        channel.send(message)
        return true
      }
      if (lost++ === 0)
        logger.error({}, 'the primary process does not take records: disclosures and reviews are being lost')
      return false
    }
  }

  function wireEngines(next: Config): Engines & { route: FollowedRoute } {
    let followed: FollowedRoute | undefined
    const made = assembleEngines(next.engines, Number.POSITIVE_INFINITY, clock, {
      route(options) {
        followed = createFollowedRoute(options, (outcome) => channel.send({ kind: 'tried', ...outcome }))
        return followed
      },
    })
    if (followed === undefined) throw new Error('engines were made without a route')
    for (const engine of engineNames) {
      const breaker = made.guarded[engine]?.breaker
      const tell = () => {
        // A hold is the primary's own.
        const state = breaker === undefined || breaker.state === 'held' ? 'closed' : breaker.state
        channel.send({ kind: 'circuit', engine, state })
      }
      breaker?.onChange(tell)
      tell()
    }
    return { ...made, route: followed }
  }

  function wireTraffic(next: Config) {
    return assembleTraffic(next, {
      detectors,
      engines: engines.guarded,
      route: engines.route,
      halt,
      signals: measures,
      metrics,
      tracer,
      logger,
      clock,
      platform: nodePlatform,
      recorder,
      reviews: {
        offer: (item) => record({ kind: 'review', item }),
        sampleOfClears: next.plan.reviews.sampleOfClears,
        engines: next.engines,
        isKnown,
        random: Math.random,
      },
    })
  }

  /** Takes over what the primary holds and where it sends people. */
  function follow(next: EnginesView) {
    view = next
    for (const name of engineNames) {
      const breaker = engines.guarded[name]?.breaker
      if (next.held.includes(name)) breaker?.hold()
      else breaker?.release()
    }
    engines.route.follow(next.route)
  }

  async function collect(id: number) {
    metrics.remoteState.reset()
    for (const { detector, state } of traffic.remote?.states() ?? [])
      metrics.remoteState.set({ detector, state }, 1)
    channel.send({ kind: 'collected', id, metrics: await snapshotOf(metrics.registry) })
  }

  return {
    fetch: (request: Request, env: object) => traffic.app.fetch(request, env),
    config: () => current,
    follow,
    collect,
    hearOf: (heard: CrisisSession) => hearOf(heard, own),
    reload(config: Config) {
      const next = perWorker(config)
      const before = current
      if (same(before, next)) return
      current = next
      if (!same(before.engines, next.engines)) {
        const old = engines
        engines = wireEngines(next)
        follow(view)
        retired.add(old, longestExchangeMs(before))
      }
      traffic = wireTraffic(next)
    },
    async close() {
      measures.close()
      await retired.close()
      await engines.close()
      await halt.close()
      await store.close()
      await tracer.close()
    },
  }
}

/** A worker's share of what is bounded for the whole gateway. */
function perWorker(config: Config): Config {
  const { workers } = config.traffic
  const share = (limit: number) => Math.ceil(limit / workers)
  const engines = { ...config.engines }
  for (const name of engineNames) {
    const engine = engines[name]
    if (engine === undefined) continue
    const { breaker, maxConnections } = engine
    engines[name] = {
      ...engine,
      maxConnections: share(maxConnections),
      breaker: { ...breaker, volumeThreshold: share(breaker.volumeThreshold) },
    }
  }
  return {
    ...config,
    engines,
    traffic: { ...config.traffic, maxConnections: share(config.traffic.maxConnections) },
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
