import type { Engines } from './assemble-engines.ts'
import type { SafetyHalt } from './breakers/halt-gate.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import type { Listener } from './listen.ts'
import type { Logger } from './logger.ts'
import { sampledSessions } from './middleware/note-review.ts'
import { sessionOf } from './middleware/screen-message.ts'
import type { CrisisRecorder } from './referrals/disclosure.ts'
import type { ForReview } from './reviews/review-recorder.ts'
import type { ExchangeSignals } from './signals/book.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { WorkerCircuits } from './workers/circuits.ts'
import { createCrisisSessions } from './workers/crisis-sessions.ts'
import { takeMeasures } from './workers/measured-batch.ts'
import type { EnginesView, ToPrimary } from './workers/messages.ts'
import { sumOf } from './workers/metric-sums.ts'
import { createOwnHalts } from './workers/own-halts.ts'
import { createWorkerPool, type WorkerProcess, type WorkersView } from './workers/pool.ts'

export type ForkWorker = (number: number) => WorkerProcess

/** The processes that serve the traffic in place of this one. */
export interface Workers {
  /** Starts them; the listener is all of them as one. Rejects as `listen` does. */
  listen(): Promise<Listener>
  reload(): void
  follow(engines: Engines): void
  inForce(): Promise<void>
  /** `/metrics` of all processes as one. */
  metricsText(): Promise<string>
  view(): WorkersView
}

/** The primary's side of the workers: what they need goes out to them, what they measure and record comes in here. */
export function assembleWorkers(parts: {
  fork: ForkWorker
  version: string
  gatewayId: string
  config(): Config
  engines(): Engines
  halt: SafetyHalt
  circuits: WorkerCircuits
  signals: ExchangeSignals
  recorder: CrisisRecorder
  offerReview(item: ForReview): boolean
  metrics: Metrics
  clock: Clock
  logger: Logger
}): Workers {
  const { halt, recorder, metrics, clock, logger } = parts
  const { workers: count } = parts.config().traffic
  const { haltLeaseMs: leaseMs } = parts.config().policy
  const isSampled = sampledSessions()
  const pool = createWorkerPool({
    count,
    version: parts.version,
    fork: parts.fork,
    config: parts.config,
    gatewayId: parts.gatewayId,
    leaseMs,
    halts: createOwnHalts({ halt, clock }),
    circuits: parts.circuits,
    crises: createCrisisSessions(),
    onTold: take,
    onRestart: () => metrics.workerRestarts.inc(),
    clock,
    logger,
  })

  function take(message: ToPrimary) {
    switch (message.kind) {
      case 'measured':
        takeMeasures(message, { signals: parts.signals, recorder, logger })
        return
      case 'disclosed':
        recorder.disclosed(message.disclosure)
        return
      case 'caught':
        recorder.caught(message.reply)
        return
      case 'noticed':
        recorder.noticed(message.textVersion)
        return
      case 'review':
        if (!isSampledElsewhere(message.item)) parts.offerReview(message.item)
        return
      case 'tried':
        parts.engines().route.report(message)
    }
  }

  /** A session is sampled once, whichever workers it came through. */
  function isSampledElsewhere({ kind, who }: ForReview): boolean {
    const session = kind === 'sampled-clear' ? sessionOf({ who }) : undefined
    return session !== undefined && isSampled(session)
  }

  return {
    async listen() {
      const url = await pool.start().catch(async (error: unknown) => {
        await pool.stop(0)
        throw error
      })
      return {
        url,
        // A worker sets its own, with the configuration that it is given.
        setIdleTimeout() {},
        close: (graceMs) => pool.stop(graceMs),
      }
    },
    reload: pool.reload,
    follow: (engines) => pool.follow(viewOf(engines)),
    inForce: pool.inForce,
    async metricsText() {
      metrics.workers.set(pool.view().listening)
      return sumOf(metrics.registry, await pool.collect())
    },
    view: pool.view,
  }
}

const viewOf = ({ operatorState, route: { state, serving } }: Engines): EnginesView => ({
  held: operatorState().held,
  route: { state, serving },
})
