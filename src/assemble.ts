import { join } from 'node:path'
import { customAlphabet } from 'nanoid'
import { createKeyRing } from './admin/key-ring.ts'
import type { State } from './admin/state.ts'
import { assembleEngines, type Engines } from './assemble-engines.ts'
import type { SafetyHalt } from './breakers/halt-gate.ts'
import { createSafetyHalt } from './breakers/safety-halt.ts'
import { systemClock } from './clock.ts'
import { configWarnings } from './config/load.ts'
import type { Config } from './config/schema.ts'
import { createControl } from './control.ts'
import { createDialect } from './dialects/index.ts'
import { engineNames } from './engines/engine.ts'
import { deriveFromHalts } from './incidents/derive-from-halts.ts'
import { listIncidents } from './incidents/list.ts'
import { noteOpenIncident } from './incidents/note.ts'
import { type OpenIncidentRequest, openIncident } from './incidents/open.ts'
import { nodePlatform, remoteAddress } from './listen.ts'
import { errorFields, type Logger } from './logger.ts'
import { createRecordQueue } from './responses/record-queue.ts'
import { respondToBreaches } from './responses/respond-to-breaches.ts'
import { openIncidentOnOutage, suspensionWatch } from './responses/watch-gateway.ts'
import { createCrisisLines } from './safe-reply/crisis-lines.ts'
import { createSafeReplies } from './safe-reply/safe-reply.ts'
import { createSignalBook } from './signals/book.ts'
import { createEvaluator } from './signals/evaluator.ts'
import { appendAudit } from './stores/audit.ts'
import type { DataDir } from './stores/data-dir.ts'
import type { HaltStore } from './stores/halt-store.ts'
import { openRecords } from './stores/open-records.ts'
import { keepOperatorState, readOperatorState } from './stores/operator-state.ts'
import { openRedisHalts } from './stores/redis-halts.ts'
import { createSqliteHalts } from './stores/sqlite-halts.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { publishHealth } from './telemetry/publish-health.ts'
import { noTracer, type Tracer } from './telemetry/tracing.ts'
import { createTraffic } from './traffic.ts'

type Fetch = (request: Request, env: object) => Response | Promise<Response>

/** The live gateway, without its listeners. */
export interface Gateway {
  traffic: Fetch
  control: Fetch
  halt: SafetyHalt
  /** Takes a changed configuration; returns the settings that only a restart can change. Throws as engines do. */
  reload(config: Config): string[]
  warnings(): string[]
  close(): Promise<void>
}

export interface GatewayOptions {
  version: string
  dataDir: DataDir
  logger: Logger
  /** The first admin key, which works also while the records database is away. */
  adminKey: string
  /** Whether /metrics is served without a key. */
  openMetrics: boolean
}

/** Readable and short enough to type: 60 bits of chance. */
export const newHaltId = (): string => `halt-${shortId()}`
const shortId = customAlphabet('23456789abcdefghjkmnpqrstuvwxyz', 12)

const deriveEveryMs = 10_000
const retryMs = 2_000
const refreshKeysMs = 5_000
/** Sections that are read once, at the start. */
const needRestart = [
  'traffic.listen',
  'control',
  'dataDir',
  'stores',
  'policy.haltLeaseMs',
  'telemetry',
] as const

/** Wires config and clients together; the one place that does. */
export async function assemble(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { version, dataDir, logger } = options
  const clock = systemClock
  const startedAtMs = clock.wallMs()
  const metrics = createMetrics({ process: true, version })
  const tracer = await openTracer(config, version)
  const shared = openSharedHalts(config, logger)
  const mirror = createSqliteHalts(join(dataDir.path, 'halts.db'))
  const records = openRecords({
    url: config.stores.records,
    sqlitePath: join(dataDir.path, 'records.db'),
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
  const queue = createRecordQueue({ logger, retryMs, onError: (verb) => metrics.recordErrors.inc({ verb }) })
  let recordsReachable = false

  const halt = await createSafetyHalt({
    gatewayId: dataDir.gatewayId,
    mirror,
    shared,
    leaseMs: config.policy.haltLeaseMs,
    clock,
    logger,
    newId: newHaltId,
  })

  const timeScale = () => current.plan.timeScale
  const actor = `haltgate:${dataDir.gatewayId}`
  const open = (request: OpenIncidentRequest) =>
    queue.add({
      key: `open:${request.dedupeKey}:${request.detectedAtMs}`,
      verb: 'incident.open',
      run: async () => {
        await migrate()
        await openIncident(records, request, clock.wallMs())
      },
    })
  const note = (dedupeKey: string, type: string, data: Record<string, string | number>) =>
    queue.add({
      key: `note:${dedupeKey}:${crypto.randomUUID()}`,
      verb: 'incident.note',
      run: async () => {
        await migrate()
        await noteOpenIncident(records, { dedupeKey, actor, type, data }, clock.wallMs())
      },
    })
  const derive = () =>
    queue.add({
      key: 'derive-from-halts',
      verb: 'incident.derive',
      run: async () => {
        await migrate()
        await deriveFromHalts(records, halt.entries(), { timeScale: timeScale(), nowMs: clock.wallMs() })
        recordsReachable = true
      },
    })

  let current = config
  const book = createSignalBook({ plan: config.plan, clock })
  const evaluator = createEvaluator({ plan: config.plan, book, clock })
  let engines = wireEngines(config)
  engines.setOperatorState(readOperatorState(dataDir.path, logger))
  let traffic = wireTraffic(config)

  function wireEngines(next: Config): Engines {
    const slowMs = next.plan.thresholds['response-time-critical']?.above ?? Number.POSITIVE_INFINITY
    const made = assembleEngines(next.engines, slowMs, clock)
    made.route.onChange((state, reason) => logger.warn({ state, reason }, 'route changed'))
    for (const name of engineNames)
      made.guarded[name]?.breaker.onChange((state) => {
        metrics.breakerChanges.inc({ engine: name, state })
        logger.warn({ engine: name, state }, 'circuit changed')
        if (state === 'open')
          openIncidentOnOutage(made.guarded, name, {
            openIncident: open,
            actor,
            timeScale: timeScale(),
            clock,
          })
      })
    return made
  }

  function wireTraffic(next: Config) {
    const { primary } = next.engines
    const lines = createCrisisLines({ useUnchecked: next.policy.useUncheckedCrisisLines })
    const app = createTraffic({
      dialect: createDialect(primary?.dialect ?? 'openai-chat', primary?.genericJson ?? {}),
      identify: next.identify,
      singleCountry: next.identify.singleCountry,
      maxBodyBytes: next.traffic.maxBodyBytes,
      openPaths: next.traffic.openPaths,
      engines: engines.guarded,
      route: engines.route,
      halt,
      safeReplies: createSafeReplies({ lines }),
      signals: book,
      metrics,
      tracer,
      logger,
      clock,
      platform: nodePlatform,
    })
    return { app, lines }
  }

  const repliesNow = () => {
    if (halt.health().suspended !== false) return 'suspended'
    return halt.list().some(({ state }) => state === 'engaged') ? 'halted' : 'on'
  }

  function warnings(): string[] {
    const stale = traffic.lines.stale(clock.wallMs()).length
    const unacknowledged = halt.health().unacknowledged
    return [
      ...configWarnings(current),
      ...(dataDir.writable ? [] : [dataDir.why]),
      ...(stale === 0
        ? []
        : [`${stale} crisis lines have not been checked for 180 days: see docs/crisis-lines.md`]),
      ...(unacknowledged === 0 ? [] : [`${unacknowledged} halt entries are enforced but not yet durable`]),
    ]
  }

  async function state(): Promise<State> {
    const openIncidents = await listIncidents(records, { status: 'open', limit: 200 }).catch(() => undefined)
    const highest = openIncidents?.map(({ severity }) => severity).sort()[0]
    return {
      version,
      startedAtMs,
      nowMs: clock.wallMs(),
      timeScale: timeScale(),
      replies: repliesNow(),
      halts: halt.list().filter((one) => one.state === 'engaged'),
      health: halt.health(),
      engines: engineViews(),
      breaches: evaluator.active(),
      incidents: { open: openIncidents?.length ?? 0, ...(highest === undefined ? {} : { highest }) },
      records: { reachable: openIncidents !== undefined, waiting: queue.size },
      warnings: warnings(),
    }
  }

  const engineViews = () =>
    engineNames.flatMap((name) => {
      const options = current.engines[name]
      const guarded = engines.guarded[name]
      if (options === undefined || guarded === undefined) return []
      const { state: route, serving } = engines.route
      const trial = route === 'trial' && name === 'primary'
      return [
        {
          name,
          url: new URL(options.url).origin,
          version: options.version,
          breaker: guarded.breaker.state,
          state: trial
            ? ('trial' as const)
            : name !== serving
              ? ('standby' as const)
              : route === 'pinned'
                ? ('pinned' as const)
                : ('active' as const),
          signals: book.read().engines.find(({ engine, windowMs }) => engine === name && windowMs === 60_000),
        },
      ]
    })

  const control = createControl({
    keyRing,
    records,
    halt,
    metrics,
    clock,
    book,
    evaluator,
    version,
    logger,
    remoteAddress,
    openMetrics: options.openMetrics,
    state,
    engineViews,
    route: () => engines.route,
    breakers: () =>
      Object.fromEntries(Object.entries(engines.guarded).map(([name, { breaker }]) => [name, breaker])),
    publishHealth: () =>
      publishHealth({ metrics, halt, engines: engines.guarded, route: engines.route, book }),
    ready: () => ({
      ready: true,
      replies: repliesNow(),
      records: recordsReachable ? 'reachable' : 'unreachable',
      haltStore: halt.health().suspended === false ? 'confirmed' : 'unconfirmed',
    }),
    recordChange: async (who, action, target, reason) => {
      keepOperatorState(dataDir.path, engines.operatorState(), logger)
      const entry = { atMs: clock.wallMs(), actor: who.name, action, target, reason }
      queue.add({
        key: `audit:${crypto.randomUUID()}`,
        verb: 'audit.append',
        run: () => records.write((trx) => appendAudit(trx, entry)),
      })
      await queue.settled()
    },
  })

  const watchSuspension = suspensionWatch(halt, { openIncident: open, actor, timeScale: timeScale(), clock })
  const stopDeriving = halt.onChange(derive)
  const deriveTimer = setInterval(derive, deriveEveryMs)
  let respond = wireResponses()
  let tick = setInterval(evaluate, evaluator.tickMs)
  derive()

  function wireResponses() {
    return respondToBreaches({
      metrics,
      logger,
      route: engines.route,
      active: () => evaluator.active(),
      openIncident: open,
      noteIncident: note,
      actor,
      timeScale: timeScale(),
    })
  }

  function evaluate() {
    respond(evaluator.tick())
    watchSuspension()
  }

  return {
    traffic: (request, env) => traffic.app.fetch(request, env),
    control: (request, env) => control.fetch(request, env),
    halt,
    warnings,
    reload(next) {
      const old = engines
      const before = current
      if (!same(before.engines, next.engines) || !same(before.plan, next.plan)) {
        engines = wireEngines(next)
        engines.setOperatorState(old.operatorState())
        void old
          .close()
          .catch((error) => logger.warn(errorFields(error), 'the old engines did not close cleanly'))
      }
      current = next
      book.replan(next.plan)
      respond(evaluator.replan(next.plan))
      respond = wireResponses()
      traffic = wireTraffic(next)
      clearInterval(tick)
      tick = setInterval(evaluate, evaluator.tickMs)
      return needRestart.filter((path) => !same(at(before, path), at(next, path)))
    },
    async close() {
      clearInterval(tick)
      clearInterval(deriveTimer)
      stopDeriving()
      await queue.close()
      keyRing.close()
      await engines.close()
      await halt.close()
      await shared?.close()
      await mirror.close()
      await records.close()
      await tracer.close()
    },
  }
}

/** The store that several gateways share; `undefined` when this gateway is alone. */
export function openSharedHalts(config: Config, logger: Logger): HaltStore | undefined {
  const { halts, haltNodes } = config.stores
  if (halts === 'sqlite') return undefined
  return openRedisHalts({ url: halts, nodes: haltNodes ?? (/^rediss?:/.test(halts) ? 1 : 3), logger })
}

async function openTracer(config: Config, version: string): Promise<Tracer> {
  const { otlpEndpoint, serviceName } = config.telemetry
  if (otlpEndpoint === undefined) return noTracer
  const { createOtlpTracer } = await import('./telemetry/otlp.ts')
  return createOtlpTracer({ endpoint: otlpEndpoint, serviceName, version })
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
