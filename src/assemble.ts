import { join } from 'node:path'
import { customAlphabet } from 'nanoid'
import { gatewayState } from './admin/gateway-state.ts'
import { createKeyRing } from './admin/key-ring.ts'
import { assembleDetection } from './assemble-detection.ts'
import { assembleEngines, type Engines, longestExchangeMs, retiredEngines } from './assemble-engines.ts'
import { createDetectors } from './assemble-listening.ts'
import { runPlan } from './assemble-plan.ts'
import { assembleReferrals } from './assemble-referrals.ts'
import { assembleReviews } from './assemble-reviews.ts'
import { assembleTraffic } from './assemble-traffic.ts'
import { assembleWorkers, type ForkWorker, type Workers } from './assemble-workers.ts'
import type { SafetyHalt } from './breakers/halt-gate.ts'
import { createSafetyHalt } from './breakers/safety-halt.ts'
import { systemClock } from './clock.ts'
import { configWarnings } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { createControl } from './control.ts'
import { type EngineName, engineNames } from './engines/engine.ts'
import { nodePlatform, remoteAddress } from './listen.ts'
import { errorFields, type Logger } from './logger.ts'
import { nameKeyOf } from './name-key.ts'
import type { ProbeSet } from './probes/probe-set.ts'
import { referralWarnings } from './referrals/keys.ts'
import type { Keys } from './referrals/prepare.ts'
import { createRecordKeeper } from './responses/record-keeper.ts'
import { openIncidentOnOutage, suspensionWatch } from './responses/watch-gateway.ts'
import { createSignalBook, type ExchangeSignals } from './signals/book.ts'
import type { DataDir } from './stores/data-dir.ts'
import { openSharedHalts } from './stores/open-halts.ts'
import { openRecords } from './stores/open-records.ts'
import { openTestState } from './stores/open-test-state.ts'
import { keepOperatorState, readOperatorState } from './stores/operator-state.ts'
import { createSqliteHalts } from './stores/sqlite-halts.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { openTracer } from './telemetry/open-tracer.ts'
import { publishHealth } from './telemetry/publish-health.ts'
import { createWorkerCircuits } from './workers/circuits.ts'

type Fetch = (request: Request, env: object) => Response | Promise<Response>

/** The live gateway, without its listeners. */
export interface Gateway {
  traffic: Fetch
  control: Fetch
  halt: SafetyHalt
  /** Serve the traffic in place of this process, where the configuration asks for several. */
  workers: Workers | undefined
  /** Takes a changed configuration; returns the settings that only a restart can change. Throws as engines do. */
  reload(config: Config): string[]
  /** Counts an attempt to take a changed configuration. One that was taken is a change: it is in the audit log. */
  noteReload(result: 'taken' | 'refused', cause: string): void
  warnings(): string[]
  close(): Promise<void>
}

export interface GatewayOptions {
  version: string
  dataDir: DataDir
  logger: Logger
  /** The first admin key, which works also while the records database is away. */
  adminKey: string
  /** What crisis detection is measured with. */
  probeSet: ProbeSet
  /** What crisis events are hashed and sealed with. */
  keys: Keys
  /** The pseudonyms' key is this data directory's own. */
  ownPseudonymKey: boolean
  /** The demo engine answers, because no engine is configured. */
  demo: boolean
  /** Whether /metrics is served without a key. */
  openMetrics: boolean
  /** Starts a process that serves traffic; left out, this process does by itself whatever the configuration says. */
  forkWorker?: ForkWorker
}

/** Readable and short enough to type: 60 bits of chance. */
export const newHaltId = (): string => `halt-${shortId()}`
const shortId = customAlphabet('23456789abcdefghjkmnpqrstuvwxyz', 12)

const deriveEveryMs = 10_000
const refreshKeysMs = 5_000
/** Whoever has given a reply within this time serves people. */
const servingMs = 60_000
const protocolEveryMs = 6 * 3_600_000
/** Sections that are read once, at the start. */
const needRestart = [
  'traffic.listen',
  'traffic.workers',
  'control',
  'dataDir',
  'stores',
  'policy.haltLeaseMs',
  'probes.publicSet',
  'probes.privateSet',
  'telemetry',
] as const

/** Wires config and clients together; the one place that does. */
export async function assemble(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { version, dataDir, logger } = options
  const clock = systemClock
  let current = config
  const metrics = createMetrics({ process: true, version })
  const tracer = await openTracer(config, version)
  const shared = await openSharedHalts(config, logger)
  const mirror = createSqliteHalts(join(dataDir.path, 'halts.db'))
  const records = await openRecords({
    url: config.stores.records,
    sqlitePath: join(dataDir.path, 'records.db'),
    logger,
  })
  const testState = await openTestState({
    halts: config.stores.halts,
    sqlitePath: join(dataDir.path, 'state.db'),
    logger,
  })
  const migrate = once(() => records.migrate())
  // The embedded database is there at once; a distant one may be away, and the gateway starts all the same.
  if (records.kind === 'sqlite')
    await migrate().catch((error) => logger.error(errorFields(error), 'records.db cannot be set up'))
  const keyRing = createKeyRing({
    records,
    bootstrap: { secret: options.adminKey },
    refreshMs: refreshKeysMs,
    clock,
    logger,
  })
  const actor = `haltgate:${dataDir.gatewayId}`
  const keeper = createRecordKeeper({
    records,
    migrate,
    clock,
    logger,
    actor,
    timeScale: () => current.plan.timeScale,
    onError: (verb) => metrics.recordErrors.inc({ verb }),
  })

  const detectors = createDetectors()
  const referrals = assembleReferrals({
    config: () => current,
    records,
    migrate,
    keys: options.keys,
    clock,
    logger,
    metrics,
    actor,
  })

  const halt = await createSafetyHalt({
    gatewayId: dataDir.gatewayId,
    mirror,
    shared,
    leaseMs: config.policy.haltLeaseMs,
    clock,
    logger,
    newId: newHaltId,
    inForceElsewhere: async () => workers?.inForce(),
  })

  const servedAtMs = new Map<EngineName, number>()
  const reviews = assembleReviews({
    config: () => current,
    records,
    migrate,
    cipher: options.keys.cipher,
    pseudonyms: options.keys.pseudonyms,
    isHalted: (engine) => detection.isHalted(engine),
    engage: (request) => detection.engage(request),
    actor,
    metrics,
    clock,
    logger,
  })
  const detection = assembleDetection({
    set: options.probeSet,
    config: () => current,
    engine: (name) => engines.guarded[name],
    shared: () => traffic.shared,
    detectorVersion: detectors.crisis.version,
    canaryStores: [mirror, ...(shared === undefined ? [] : [shared])],
    gatewayId: dataDir.gatewayId,
    newId: newHaltId,
    halt,
    labelsSince: reviews.labelsSince,
    isServing: (engine) =>
      clock.monotonicMs() - (servedAtMs.get(engine) ?? Number.NEGATIVE_INFINITY) < servingMs,
    openIncident: keeper.openIncident,
    findPerson: async (typed) =>
      (await keyRing.listPersons()).find(
        ({ id, name }) => id === typed || nameKeyOf(name) === nameKeyOf(typed),
      ),
    store: testState,
    actor,
    metrics,
    clock,
    logger,
  })

  const book = createSignalBook({ plan: config.plan, clock })
  const plan = runPlan({
    plan: () => current.plan,
    book,
    route: () => engines.route,
    keeper,
    metrics,
    logger,
    clock,
    actor,
    onTick: suspensionWatch(halt, {
      openIncident: keeper.openIncident,
      actor,
      timeScale: current.plan.timeScale,
      clock,
    }),
  })
  const { evaluator } = plan
  const signals: ExchangeSignals = {
    recordReply: book.recordReply,
    recordExchange(sample) {
      if (sample.outcome === 'ok') servedAtMs.set(sample.engine, clock.monotonicMs())
      book.recordExchange(sample)
    },
  }
  const circuits = createWorkerCircuits()
  const workers =
    options.forkWorker === undefined || config.traffic.workers === 1
      ? undefined
      : assembleWorkers({
          fork: options.forkWorker,
          version,
          gatewayId: dataDir.gatewayId,
          config: () => current,
          engines: () => engines,
          halt,
          circuits,
          signals,
          recorder: referrals.recorder,
          offerReview: reviews.offer,
          metrics,
          clock,
          logger,
        })
  const retired = retiredEngines(logger)
  let engines = wireEngines(config)
  engines.setOperatorState(readOperatorState(dataDir.path, logger))
  let traffic = wireTraffic(config)

  function wireEngines(next: Config): Engines {
    const slowMs = next.plan.thresholds['response-time-critical']?.above ?? Number.POSITIVE_INFINITY
    const made = assembleEngines(
      next.engines,
      slowMs,
      clock,
      workers === undefined ? {} : { breaker: ({ name }) => circuits.breaker(name) },
    )
    made.route.onChange((state, reason) => {
      logger.warn({ state, reason }, 'route changed')
      workers?.follow(made)
      if (state !== 'primary') return
      // What it did before it was tried and found healthy is over.
      book.forget('primary')
      plan.recovered('primary')
    })
    for (const name of engineNames)
      made.guarded[name]?.breaker.onChange((state) => {
        metrics.breakerChanges.inc({ engine: name, state })
        logger.warn({ engine: name, state }, 'circuit changed')
        workers?.follow(made)
        if (state === 'open')
          openIncidentOnOutage(made.guarded, name, {
            pinned: made.route.state === 'pinned' ? made.route.serving : undefined,
            openIncident: keeper.openIncident,
            actor,
            timeScale: current.plan.timeScale,
            clock,
          })
      })
    return made
  }

  function wireTraffic(next: Config) {
    return assembleTraffic(next, {
      detectors,
      engines: engines.guarded,
      route: engines.route,
      halt,
      signals,
      metrics,
      tracer,
      logger,
      clock,
      platform: nodePlatform,
      recorder: referrals.recorder,
      reviews: reviews.desk(next),
    })
  }

  function warnings(): string[] {
    const stale = traffic.lines.stale(clock.wallMs()).length
    const unacknowledged = halt.health().unacknowledged
    return [
      ...(options.demo ? ['the DEMO ENGINE answers: no engine is configured'] : []),
      ...configWarnings(current),
      ...(dataDir.writable ? [] : [dataDir.why]),
      ...referralWarnings({
        sealed: options.keys.seal !== undefined,
        webhook: current.referrals.webhook !== undefined,
        ownPseudonymKey: options.ownPseudonymKey,
        sharedRecords: records.kind === 'postgres',
      }),
      ...(stale === 0
        ? []
        : [`${stale} crisis lines have not been checked for 180 days: see docs/crisis-lines.md`]),
      ...(unacknowledged === 0 ? [] : [`${unacknowledged} halt entries are enforced but not yet durable`]),
    ]
  }

  const view = gatewayState({
    version,
    clock,
    halt,
    records,
    keeper,
    book,
    evaluator,
    config: () => current,
    engines: () => engines,
    workers: () => workers?.view(),
    warnings,
  })
  const control = createControl({
    keyRing,
    records,
    halt,
    metrics,
    clock,
    seal: options.keys.seal,
    book,
    evaluator,
    version,
    logger,
    remoteAddress,
    openMetrics: options.openMetrics,
    ...(workers === undefined ? {} : { metricsText: workers.metricsText }),
    state: view.state,
    engineViews: view.engineViews,
    route: () => engines.route,
    breakers: () =>
      Object.fromEntries(Object.entries(engines.guarded).map(([name, { breaker }]) => [name, breaker])),
    clearance: detection.clearance,
    detection: detection.view,
    runProbes: detection.runNow,
    cipher: options.keys.cipher,
    readers: reviews.readers,
    dropped: reviews.dropped,
    offerReview: reviews.offer,
    engineVersion: (engine) => detection.versionOf(engine),
    onDecided: reviews.onDecided,
    publishHealth: () => {
      detection.publish()
      publishHealth({
        metrics,
        halt,
        engines: engines.guarded,
        route: engines.route,
        book,
        overdueDisclosures: referrals.overdue(),
        outbox: referrals.depth(),
        nowMs: clock.wallMs(),
        remotes: traffic.remote?.states() ?? [],
      })
    },
    ready: () => ({
      ready: true,
      replies: view.replies(),
      records: keeper.reachable ? 'reachable' : 'unreachable',
      haltStore: halt.health().suspended === false ? 'confirmed' : 'unconfirmed',
    }),
    recordChange: async (...change) => {
      keepOperatorState(dataDir.path, engines.operatorState(), logger)
      await keeper.recordChange(...change)
    },
  })

  const derive = () => keeper.deriveFromHalts(() => halt.entries())
  const stopDeriving = halt.onChange(derive)
  const deriveTimer = setInterval(derive, deriveEveryMs)
  const noteProtocol = () =>
    referrals.noteProtocol(
      `crisis ${detectors.crisis.version}, harmful-reply ${detectors.harmfulReply.version}, policy ${JSON.stringify(current.policy.crisis)}`,
    )
  noteProtocol()
  const protocolTimer = setInterval(noteProtocol, protocolEveryMs)
  plan.begin()
  detection.start()
  derive()

  return {
    traffic: (request, env) => traffic.app.fetch(request, env),
    control: (request, env) => control.fetch(request, env),
    halt,
    workers,
    warnings,
    reload(next) {
      const old = engines
      const before = current
      if (!same(before.engines, next.engines) || !same(before.plan, next.plan)) {
        engines = wireEngines(next)
        engines.setOperatorState(old.operatorState())
        if (old.route.serving === 'backup') engines.route.failOver('the backup served before the reload')
        retired.add(old, longestExchangeMs(before))
      }
      current = next
      plan.replan()
      traffic = wireTraffic(next)
      workers?.reload()
      workers?.follow(engines)
      noteProtocol()
      return needRestart.filter((path) => !same(at(before, path), at(next, path)))
    },
    noteReload(result, cause) {
      metrics.configReloads.inc({ result })
      if (result === 'taken') void keeper.recordChange({ name: actor }, 'config.reload', 'config', cause)
    },
    async close() {
      plan.close()
      await detection.close()
      clearInterval(deriveTimer)
      clearInterval(protocolTimer)
      stopDeriving()
      await reviews.close()
      await referrals.close()
      await keeper.close()
      keyRing.close()
      await retired.close()
      await engines.close()
      await halt.close()
      await shared?.close()
      await mirror.close()
      await records.close()
      await tracer.close()
    },
  }
}

/** Does the work until it has succeeded once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done = false
  return async () => {
    if (!done) await work()
    done = true
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

function at(config: Config, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => {
    return typeof node === 'object' && node !== null
      ? Object.entries(node).find(([name]) => name === key)?.[1]
      : undefined
  }, config)
}
