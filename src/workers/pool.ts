import { later } from '../breakers/timers.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/schema.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { HaltStore } from '../stores/halt-store.ts'
import { type KeptHalts, keepHaltsFor } from '../stores/ipc-halts-keeper.ts'
import type { WorkerCircuits } from './circuits.ts'
import type { CrisisSessions } from './crisis-sessions.ts'
import type { EnginesView, PrimaryChannel, ToPrimary } from './messages.ts'
import { added, countsOf, type MetricSnapshot } from './metric-sums.ts'

/** A process that serves traffic, as the operating system knows it. */
export interface WorkerProcess extends PrimaryChannel {
  readonly pid: number
  /** Ends it at once, also when it stands still. */
  kill(): void
  /** Called once, with how it ended. */
  onExit(listener: (how: string) => void): void
}

/** What operators see of the workers. */
export interface WorkersView {
  count: number
  /** Those that serve now. */
  listening: number
  restarts: number
}

export interface WorkerPool {
  /** Starts all of them. Resolves with the traffic URL once all serve; rejects with what keeps one from serving. */
  start(): Promise<string>
  /** Gives the workers a changed configuration. */
  reload(): void
  /** Tells the workers where replies come from now. */
  follow(engines: EnginesView): void
  /**
   * Resolves once what is in force in the primary is in force in every worker. One that does not say so within a second is
   * killed: it is replaced, and serves nobody meanwhile.
   */
  inForce(): Promise<void>
  /** The series of all workers, those that have ended included. One that takes too long is shown as it was before. */
  collect(): Promise<MetricSnapshot[]>
  view(): WorkersView
  /** Open exchanges may end for `graceMs`; then every worker ends. */
  stop(graceMs: number): Promise<void>
}

export interface PoolParts {
  count: number
  version: string
  /** Starts a process; `number` is its own, never used twice. */
  fork(number: number): WorkerProcess
  /** The configuration in force now. Its traffic port is not 0: one that begins later must listen where the others do. */
  config(): Config
  gatewayId: string
  leaseMs: number
  halts: HaltStore
  circuits: WorkerCircuits
  crises: CrisisSessions
  /** All else that workers tell. */
  onTold(message: ToPrimary, worker: number): void
  onRestart(): void
  clock: Clock
  logger: Logger
}

/** Within this time a worker must have a halt in force. */
const haltWithinMs = 1_000
/** `/metrics` waits no longer for a worker. */
const collectWithinMs = 500
/** A worker that takes longer to its first exchange is taken for hung. */
const startWithinMs = 30_000
/** One that ends sooner after its start is not replaced at once. */
const briefMs = 1_000
const firstPauseMs = 250
const mostPauseMs = 10_000
/** A worker asks for a confirmation every second; one that is silent for so many seconds stands still. */
const mostSilentLooks = 15
const lookEveryMs = 1_000
/** What a worker may take on top of the grace. */
const endWithinMs = 2_000

interface Live {
  number: number
  process: WorkerProcess
  halts: KeptHalts
  startedMs: number
  listening: boolean
  /** How often it was looked for since it last said something; a primary that stood still itself has not looked. */
  silentLooks: number
  last: MetricSnapshot
  /** Questions for its series that are open, by their id. */
  asked: Map<number, (snapshot: MetricSnapshot) => void>
}

/** Keeps so many workers serving, each with the halts, the configuration and the engines of the primary. */
export function createWorkerPool(parts: PoolParts): WorkerPool {
  const { clock, logger, halts } = parts
  const live = new Map<number, Live>()
  let ended: MetricSnapshot = []
  let joining = Promise.resolve()
  let engines: EnginesView = { held: [], route: { state: 'primary', serving: 'primary' } }
  let lastNumber = 0
  let lastAsked = 0
  let restarts = 0
  let briefEnds = 0
  let stopping = false
  let first: { resolve(url: string): void; reject(error: Error): void } | undefined
  let allEnded = () => {}
  let looking: ReturnType<typeof setInterval> | undefined
  const replacing = new Set<() => void>()

  function begin() {
    const number = ++lastNumber
    const process = parts.fork(number)
    const worker: Live = {
      number,
      process,
      halts: keepHaltsFor(process, halts),
      startedMs: clock.monotonicMs(),
      listening: false,
      silentLooks: 0,
      last: [],
      asked: new Map(),
    }
    live.set(number, worker)
    const isLate = later(startWithinMs, () => {
      logger.error({ worker: number, pid: process.pid }, 'a worker does not come to serve: it is replaced')
      process.kill()
    })
    process.onMessage((message) => {
      worker.silentLooks = 0
      if (message.kind === 'listening') isLate()
      take(worker, message)
    })
    process.onExit((how) => {
      isLate()
      onExit(worker, how)
    })
  }

  /** People who talk through a worker that stands still wait in vain. */
  function lookForSilent() {
    for (const { number, process } of [...live.values()].filter(
      (worker) => worker.listening && ++worker.silentLooks > mostSilentLooks,
    )) {
      logger.error({ worker: number, pid: process.pid }, 'a worker stands still: it is killed and replaced')
      process.kill()
    }
  }

  function take(worker: Live, message: ToPrimary) {
    const { number, process } = worker
    switch (message.kind) {
      case 'hello':
        if (message.version !== parts.version) {
          refuse(
            worker,
            `the program on the disk is version ${message.version}, this gateway runs ${parts.version}: restart it`,
          )
          return
        }
        process.send({
          kind: 'begin',
          config: parts.config(),
          gatewayId: parts.gatewayId,
          leaseMs: parts.leaseMs,
          engines,
          crises: parts.crises.all(),
        })
        return
      case 'listening':
        worker.listening = true
        // Whatever has changed since it began.
        process.send({ kind: 'config', config: parts.config() })
        process.send({ kind: 'engines', engines })
        if ([...live.values()].filter(({ listening }) => listening).length === parts.count)
          first?.resolve(message.url)
        return
      case 'failed':
        refuse(worker, message.why)
        return
      case 'circuit':
        parts.circuits.report(number, message.engine, message.state)
        return
      case 'crisis-session':
        parts.crises.note(message)
        for (const other of live.values()) if (other !== worker) other.process.send(message)
        return
      case 'collected':
        worker.last = message.metrics
        worker.asked.get(message.id)?.(message.metrics)
        worker.asked.delete(message.id)
        return
      default:
        parts.onTold(message, number)
    }
  }

  function refuse(worker: Live, why: string) {
    first?.reject(new Error(why))
    logger.error({ worker: worker.number, why }, 'a worker cannot serve')
    worker.process.kill()
  }

  function onExit(worker: Live, how: string) {
    const { number, process, last } = worker
    live.delete(number)
    worker.halts.close()
    for (const answer of worker.asked.values()) answer(last)
    joining = joining
      .then(async () => {
        ended = await added(ended, countsOf(last))
      })
      .catch((error) => logger.error(errorFields(error), 'the counts of an ended worker are lost'))
    if (stopping) {
      if (live.size === 0) allEnded()
      return
    }
    parts.circuits.forget(number)
    logger.error({ worker: number, pid: process.pid, how }, 'a worker ended by itself: it is replaced')
    restarts++
    parts.onRestart()
    briefEnds = clock.monotonicMs() - worker.startedMs < briefMs ? briefEnds + 1 : 0
    if (briefEnds === 0) return begin()
    const pauseMs = Math.min(mostPauseMs, firstPauseMs * 2 ** (briefEnds - 1))
    const callOff = later(pauseMs, () => {
      replacing.delete(callOff)
      begin()
    })
    replacing.add(callOff)
  }

  async function hasInForce({ number, process, halts }: Live): Promise<void> {
    const callOff = later(haltWithinMs, () => {
      logger.error({ worker: number, pid: process.pid }, 'a worker does not confirm a halt: it is killed')
      process.kill()
    })
    // Settled by its word, or by its end.
    await halts.settled()
    callOff()
  }

  function ask(worker: Live): Promise<MetricSnapshot> {
    const id = ++lastAsked
    return new Promise((resolve) => {
      const callOff = later(collectWithinMs, () => {
        worker.asked.delete(id)
        logger.warn({ worker: worker.number }, 'a worker did not tell its metrics in time: shown as before')
        resolve(worker.last)
      })
      worker.asked.set(id, (snapshot) => {
        callOff()
        resolve(snapshot)
      })
      worker.process.send({ kind: 'collect', id })
    })
  }

  const toAll = (message: Parameters<WorkerProcess['send']>[0]) => {
    for (const { process } of live.values()) process.send(message)
  }

  return {
    start() {
      return new Promise((resolve, reject) => {
        first = { resolve, reject }
        looking = setInterval(lookForSilent, lookEveryMs)
        for (let one = 0; one < parts.count; one++) begin()
      })
    },
    reload: () => toAll({ kind: 'config', config: parts.config() }),
    follow(next) {
      engines = next
      toAll({ kind: 'engines', engines })
    },
    async inForce() {
      await Promise.all([...live.values()].map(hasInForce))
    },
    async collect() {
      const serving = [...live.values()].filter(({ listening }) => listening)
      const snapshots = await Promise.all(serving.map(ask))
      await joining
      return [ended, ...snapshots]
    },
    view: () => ({
      count: parts.count,
      listening: [...live.values()].filter(({ listening }) => listening).length,
      restarts,
    }),
    async stop(graceMs) {
      stopping = true
      clearInterval(looking)
      for (const callOff of replacing) callOff()
      if (live.size === 0) return
      const all = new Promise<void>((resolve) => {
        allEnded = resolve
      })
      for (const { process, listening } of live.values()) {
        if (listening) process.send({ kind: 'stop', graceMs })
        // It serves nobody yet, and may not be able to listen yet either.
        else process.kill()
      }
      const callOff = later(graceMs + endWithinMs, () => {
        for (const { process } of live.values()) process.kill()
      })
      await all
      callOff()
    },
  }
}
