import type { EngineName } from '../engines/engine.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { DetectionOutcome } from '../signals/detection-outcome.ts'

/** One probe as it counts for both subjects. */
export interface Probed {
  engine: DetectionOutcome
  gateway: DetectionOutcome
}

/** Sends probes for as long as this gateway holds the lease. */
export interface Prober {
  start(): void
  close(): Promise<void>
}

/** More are not under way to one engine at once; an engine that hangs then shows as silence. */
const maxUnderWay = 8
/** So that an engine cannot tell probes by their rhythm: from half of the mean time to one and a half. */
const jitter = 0.5

export function createProber(parts: {
  engines(): readonly EngineName[]
  /** Mean time between two probes of this engine, in milliseconds. */
  everyMs(engine: EngineName): number
  /** The token of the lease, while this gateway holds it. */
  token(): number | undefined
  send(engine: EngineName): Promise<Probed>
  take(engine: EngineName, probed: Probed, token: number): Promise<void>
  random(): number
  logger: Logger
}): Prober {
  const { random, logger } = parts
  const timers = new Map<EngineName, ReturnType<typeof setTimeout>>()
  const underWay = new Map<EngineName, Set<Promise<void>>>()
  let roll: ReturnType<typeof setInterval> | undefined

  async function probe(engine: EngineName): Promise<void> {
    try {
      const probed = await parts.send(engine)
      // Asked again: a process that was stopped in between may have lost the lease to another.
      const token = parts.token()
      if (token !== undefined) await parts.take(engine, probed, token)
    } catch (error) {
      logger.error({ engine, ...errorFields(error) }, 'a probe could not be taken in')
    }
  }

  function fire(engine: EngineName) {
    schedule(engine)
    const running = underWay.get(engine) ?? new Set()
    underWay.set(engine, running)
    if (parts.token() === undefined || running.size >= maxUnderWay) return
    const work: Promise<void> = probe(engine).finally(() => running.delete(work))
    running.add(work)
  }

  function schedule(engine: EngineName) {
    if (!parts.engines().includes(engine)) {
      timers.delete(engine)
      return
    }
    const delayMs = parts.everyMs(engine) * (1 - jitter + 2 * jitter * random())
    timers.set(
      engine,
      setTimeout(() => fire(engine), delayMs),
    )
  }

  /** Engines come and go with the configuration. */
  function callRoll() {
    for (const engine of parts.engines()) if (!timers.has(engine)) schedule(engine)
  }

  return {
    start() {
      callRoll()
      roll = setInterval(callRoll, 1_000)
    },
    async close() {
      clearInterval(roll)
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all([...underWay.values()].flatMap((running) => [...running]))
    },
  }
}
