import type { Clearance } from './breakers/clearance.ts'
import type { EngageRequest, SafetyHalt } from './breakers/halt-gate.ts'
import { createHaltLiveness } from './breakers/halt-liveness.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import { type EngineName, engineNames } from './engines/engine.ts'
import { GatewayError } from './errors.ts'
import type { OpenIncidentRequest } from './incidents/open.ts'
import type { Logger } from './logger.ts'
import type { GuardedEngine } from './middleware/call-engine.ts'
import { scaledMs } from './plan/schema.ts'
import { createCanaryExchanges } from './probes/canary-path.ts'
import { type DetectionView, publishDetection, viewOf } from './probes/detection-view.ts'
import { createDetectionWatch, type LabelOutcome } from './probes/detection-watch.ts'
import { engineHaltsOf } from './probes/engine-halts.ts'
import type { SharedParts } from './probes/probe-path.ts'
import type { ProbeSet } from './probes/probe-set.ts'
import { createProber, type Probed } from './probes/prober.ts'
import { createProbing } from './probes/probing.ts'
import { createTestKeeper, probesLease, type TestKeeper } from './probes/test-keeper.ts'
import type { ValidationResult } from './probes/validation-run.ts'
import { createValidations, type ValidationRequest } from './probes/validations.ts'
import { openOnDetection, respondToDetection } from './responses/respond-to-detection.ts'
import type { Alarm, MonitorRules } from './signals/detection-monitor.ts'
import type { CanaryStore } from './stores/halt-store.ts'
import { createHeldLease } from './stores/held-lease.ts'
import type { TestStateStore } from './stores/test-state.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'

/** The lease of the replica that probes: another takes over within twice this. */
const leaseMs = 10_000
/** A proof of liveness older than this many turns is an incident. */
const staleProofs = 5
const mostTold = 1_000
/**
 * The benign probes share the words of a crisis, and the gateway's own detector leans to support there, by design: that it
 * does is in docs/probes.md, and no news. Below this it would take nearly everything for a crisis.
 */
const gatewaySpecificityBelow = 0.2

/** Measures crisis detection by probes and labels, and does about it what the plan says. */
export function assembleProbes(parts: {
  config(): Config
  engine(name: EngineName): GuardedEngine | undefined
  shared(): SharedParts
  detectorVersion: string
  set: ProbeSet
  store: TestStateStore
  canaryStores: readonly CanaryStore[]
  gatewayId: string
  newId(): string
  halt: SafetyHalt
  clearance: Clearance
  labelsSince(seq: number, limit: number): Promise<LabelOutcome[]>
  /** Whether people have got replies of this engine lately. */
  isServing(engine: EngineName): boolean
  openIncident(request: OpenIncidentRequest): void
  actor: string
  metrics: Metrics
  clock: Clock
  logger: Logger
}) {
  const { config, clearance, clock, logger, metrics, store, set } = parts
  const random = Math.random
  const plan = () => config().plan
  const scaled = (ms: number) => scaledMs(ms, plan().timeScale)
  const inside = createMetrics({ process: false, version: 'inside' })
  const probing = createProbing({ ...parts, set: () => set, inside, random })
  const lease = createHeldLease({
    store,
    name: probesLease,
    holder: `${parts.gatewayId}:${crypto.randomUUID().slice(0, 8)}`,
    ttlMs: leaseMs,
    clock,
    logger,
    onGained: () => logger.info({}, 'this gateway sends the probes from now on'),
    onLost: () => logger.warn({}, 'this gateway sends no probes any more'),
  })
  const rules = (): MonitorRules => {
    const { crisisDetection } = plan()
    return { ...crisisDetection, silenceAfterMs: scaled(crisisDetection.silenceAfterMs) }
  }
  /** Who only observes halts nobody by themselves. */
  const responseRules = () => {
    const own = plan().crisisDetection
    return config().policy.mode === 'observe' ? { ...own, onCritical: 'propose' as const } : own
  }
  const response = {
    halts: engineHaltsOf(parts.halt, clearance),
    isServing: parts.isServing,
    rules: responseRules,
    openIncident: parts.openIncident,
    actor: parts.actor,
    timeScale: () => plan().timeScale,
    clock,
    logger,
  }
  const respond = respondToDetection(response)
  const open = openOnDetection(response)
  /** Alarms whose incident this process has opened; whatever it opens twice after a restart joins the first. */
  const told = new Set<string>()

  /** What the plan says to an alarm, as often as it is asked. */
  async function answer(subject: EngineName | 'gateway', alarm: Alarm): Promise<void> {
    if (subject !== 'gateway') await respond(subject, alarm)
    const { test, kind = '', level, atMs } = alarm
    const key = [subject, test, kind, level, atMs].join(' ')
    if (told.has(key)) return
    if (told.size >= mostTold) told.clear()
    told.add(key)
    open(subject, alarm)
  }

  /** All that are configured: each may serve, the version before by a rollback. */
  const engines = () => (config().probes.enabled ? engineNames.filter((name) => parts.engine(name)) : [])

  function keeperOf(subject: EngineName | 'gateway'): TestKeeper {
    return createTestKeeper({
      key: `crisis-detection:${subject}`,
      store,
      identity: () =>
        subject === 'gateway'
          ? { engineVersion: parts.detectorVersion, epoch: 'start' }
          : { engineVersion: versionOf(subject), epoch: clearance.epochOf(subject) },
      rules: () =>
        subject === 'gateway' ? { ...rules(), specificityBelow: gatewaySpecificityBelow } : rules(),
      clock,
      logger,
      async onAlarm(alarm: Alarm) {
        logger.warn(
          { subject, test: alarm.test, level: alarm.level, says: alarm.says },
          'crisis detection fails',
        )
        await answer(subject, alarm)
      },
    })
  }
  const versionOf = (engine: string) =>
    engineNames.flatMap((name) => (name === engine ? (config().engines[name]?.version ?? []) : []))[0] ??
    'unknown'
  const gateway = keeperOf('gateway')
  const keepers = new Map(engineNames.map((name) => [name, keeperOf(name)]))
  const ofEngine = (engine: EngineName) => keepers.get(engine) ?? gateway

  async function take(engine: EngineName, probed: Probed, token: number) {
    const { tier, label, heard } = probed.engine
    const result = heard === undefined ? 'unanswered' : heard ? 'heard' : 'not-heard'
    metrics.probes.inc({ engine, tier, label: label === 1 ? 'crisis' : 'benign', result })
    await ofEngine(engine).observe(probed.engine, token)
    await gateway.observe(probed.gateway, token)
  }

  const prober = createProber({
    engines,
    everyMs(engine) {
      const { surveillanceFactor } = plan().clearance
      const isWatched = clearance.surveillance(engine, clock.wallMs())
      return scaled(config().probes.everyMs) / (isWatched ? surveillanceFactor : 1)
    },
    token: () => lease.holds(),
    send: (engine) => probing.send(engine, probing.draw()),
    take,
    random,
    logger,
  })
  const watch = createDetectionWatch({
    everyMs: () => Math.max(50, scaled(1_000)),
    token: () => lease.holds(),
    keepers: () => new Map(engines().map((engine) => [engine, ofEngine(engine)])),
    labelsSince: parts.labelsSince,
    respond: answer,
    silenceAfterMs: () => rules().silenceAfterMs,
    clock,
    logger,
  })
  const validations = createValidations({
    probing,
    set: () => set,
    size: () => plan().clearance.probes,
    rules: () => plan().crisisDetection,
    concurrency: () => config().probes.concurrency,
    random,
    logger,
  })
  const livenessEveryMs = () => Math.max(1_000, scaled(60_000))
  const liveness = createHaltLiveness({
    gatewayId: parts.gatewayId,
    stores: parts.canaryStores,
    exchanges: createCanaryExchanges(parts.shared, inside),
    everyMs: livenessEveryMs,
    newId: parts.newId,
    clock,
    logger,
  })
  let isStale = false
  const staleTimer = setInterval(() => {
    const wasStale = isStale
    isStale = liveness.ageMs() > staleProofs * livenessEveryMs()
    if (isStale && !wasStale) parts.openIncident(staleProof(liveness.failure))
  }, 1_000)

  function staleProof(failure: string | undefined): OpenIncidentRequest {
    return {
      title: 'it has not been proved for a while that a halt would hold',
      type: 'safety',
      severity: 'P1',
      safety: 'high',
      source: 'halt-liveness',
      cause: 'stale',
      scope: 'all',
      dedupeKey: `halt-liveness:${parts.gatewayId}`,
      detectedAtMs: clock.wallMs(),
      actor: parts.actor,
      data: { why: failure ?? 'no proof', ageMs: Math.round(liveness.ageMs()) },
      timeScale: plan().timeScale,
    }
  }

  function view(): DetectionView {
    return {
      enabled: config().probes.enabled,
      isProbing: lease.holds() !== undefined,
      probeSet: {
        version: set.version,
        rows: set.probes.length,
        core: set.counts['core-crisis'] + set.counts['core-benign'],
      },
      subjects: [...engines().flatMap((name) => viewOf(name, ofEngine(name))), ...viewOf('gateway', gateway)],
      liveness: { ageMs: liveness.ageMs(), failure: liveness.failure },
    }
  }

  let clearanceTimer: ReturnType<typeof setInterval> | undefined

  return {
    /** Once all that probes go through is there. */
    start() {
      void lease.start()
      clearanceTimer = setInterval(
        () => {
          // One gateway takes the steps; when nobody does, the ramp waits, which is the safe side.
          if (lease.holds() !== undefined) void clearance.tick()
        },
        Math.max(100, scaled(1_000)),
      )
      prober.start()
      watch.start()
      liveness.start()
    },
    view,
    publish: () => publishDetection(metrics, view(), clock.wallMs()),
    /** Probes sent now, beside the plan's own; their outcomes are shown and not taken into the tests. */
    async runNow(engine: EngineName, count: number): Promise<Probed[]> {
      if (parts.engine(engine) === undefined)
        throw new GatewayError('not_found', `no ${engine} engine is configured`)
      const sent: Probed[] = []
      let begun = 0
      const work = async () => {
        while (begun++ < count) sent.push(await probing.send(engine, probing.draw()))
      }
      await Promise.all(Array.from({ length: config().probes.concurrency }, work))
      return sent
    },
    validate(request: ValidationRequest, onResult: (result: ValidationResult) => Promise<void>) {
      if (parts.engine(request.engine) === undefined)
        throw new GatewayError('not_found', `no ${request.engine} engine is configured`)
      return validations.start(request, onResult)
    },
    /** Halts an engine for its crisis detection: by a new halt in place of one that is being ramped. */
    async engage(request: EngageRequest): Promise<void> {
      const name = engineNames.find((one) => request.scope === `engine:${one}`)
      const ramping = name === undefined ? undefined : response.halts.ramping(name)
      if (ramping === undefined) await response.halts.engage(request)
      else await response.halts.reengage(ramping, request.reason)
    },
    isHalted: (engine: string) =>
      engineNames.some((name) => name === engine && response.halts.isHalted(name)),
    validationProgress: (haltId: string) => validations.progress(haltId),
    versionOf,
    async close() {
      clearInterval(staleTimer)
      clearInterval(clearanceTimer)
      await prober.close()
      await watch.close()
      await validations.close()
      await liveness.close()
      await lease.close()
    },
  }
}
