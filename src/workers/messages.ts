import type { BreakerState } from '../breakers/breaker.ts'
import type { Config } from '../config/schema.ts'
import type { CrisisFinding } from '../detectors/finding.ts'
import type { EngineName } from '../engines/engine.ts'
import type { CaughtReply, Disclosure } from '../referrals/disclosure.ts'
import type { ForReview } from '../reviews/review-recorder.ts'
import type { HaltsFromKeeper, HaltsToKeeper } from '../stores/ipc-halts.ts'
import type { RouteView } from './followed-route.ts'
import type { MeasuredBatch } from './measured-batch.ts'
import type { MetricSnapshot } from './metric-sums.ts'

/** Where replies come from, as the primary has decided; what an operator holds is held in every worker. */
export interface EnginesView {
  held: EngineName[]
  route: RouteView
}

/** A session with a crisis in it, when it was heard (epoch milliseconds), and what, where that is new. */
export interface CrisisSession {
  session: string
  atMs: number
  finding?: Pick<CrisisFinding, 'level' | 'score'> | undefined
}

/** What the primary tells a worker. */
export type ToWorker =
  | HaltsFromKeeper
  /** The first one: what to serve with. */
  | {
      kind: 'begin'
      config: Config
      gatewayId: string
      leaseMs: number
      engines: EnginesView
      crises: CrisisSession[]
    }
  | { kind: 'config'; config: Config }
  | { kind: 'engines'; engines: EnginesView }
  | ({ kind: 'crisis-session' } & CrisisSession)
  | { kind: 'collect'; id: number }
  /** Open exchanges may end for so long; then the worker ends. */
  | { kind: 'stop'; graceMs: number }

/** What a worker tells the primary. Message text goes along in `review` alone, and is sealed before it is stored. */
export type ToPrimary =
  | HaltsToKeeper
  /** It listens to messages; a worker of another version than the primary is not used. */
  | { kind: 'hello'; version: string }
  | { kind: 'listening'; url: string }
  | { kind: 'failed'; why: string }
  | ({ kind: 'measured' } & MeasuredBatch)
  | { kind: 'disclosed'; disclosure: Disclosure }
  | { kind: 'caught'; reply: CaughtReply }
  | { kind: 'noticed'; textVersion: string }
  | { kind: 'review'; item: ForReview }
  | { kind: 'circuit'; engine: EngineName; state: BreakerState }
  | { kind: 'tried'; engine: EngineName; ok: boolean; totalMs: number }
  | ({ kind: 'crisis-session' } & CrisisSession)
  | { kind: 'collected'; id: number; metrics: MetricSnapshot }

/** One end of the way between a worker and the primary: whole messages, in order, none lost while both live. */
export interface Channel<In, Out> {
  /** Never throws; what is sent after the other side has ended is lost. */
  send(message: Out): void
  onMessage(listener: (message: In) => void): () => void
  /** Messages that wait in this process because the other side does not read. */
  readonly backlog: number
}

export type WorkerChannel = Channel<ToWorker, ToPrimary>
export type PrimaryChannel = Channel<ToPrimary, ToWorker>
