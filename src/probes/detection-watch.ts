import type { Clock } from '../clock.ts'
import type { EngineName } from '../engines/engine.ts'
import { errorFields, type Logger } from '../logger.ts'
import { type Alarm, lastingAlarms } from '../signals/detection-monitor.ts'
import type { PlacedOutcome, TestKeeper } from './test-keeper.ts'

/** A label that a clinician's decision has made an outcome, and its place in their order. */
export interface LabelOutcome extends PlacedOutcome {
  engine: string
  engineVersion: string
}

/** Looks once a second at what nobody sends: silence, lasting alarms, labels, and whether anybody probes at all. */
export interface DetectionWatch {
  start(): void
  close(): Promise<void>
}

const labelsPerLook = 200

export function createDetectionWatch(parts: {
  everyMs(): number
  token(): number | undefined
  keepers(): ReadonlyMap<EngineName, TestKeeper>
  /** Outcomes of labels behind this place, oldest first. */
  labelsSince(seq: number, limit: number): Promise<LabelOutcome[]>
  /** What the plan says to an alarm, for as long as it lasts. */
  respond(engine: EngineName, alarm: Alarm): Promise<void>
  silenceAfterMs(): number
  clock: Clock
  logger: Logger
}): DetectionWatch {
  const { clock, logger } = parts
  /** When the tests of an engine were last seen to move, by this gateway's own clock, and the alarm that they do not. */
  const moved = new Map<EngineName, { newestAtMs: number | undefined; atMs: number; alarm?: Alarm }>()
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let isAway = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> = Promise.resolve()
  let closed = false

  async function look(): Promise<void> {
    const token = parts.token()
    const keepers = parts.keepers()
    // After a pause of the process, or of probing, nobody has been silent: nobody was listening.
    const nowMs = clock.monotonicMs()
    if (nowMs - lookedAtMs > parts.silenceAfterMs() / 4) moved.clear()
    lookedAtMs = nowMs
    for (const engine of moved.keys()) if (!keepers.has(engine)) moved.delete(engine)
    const troubles: unknown[] = []
    const tried = (work: () => Promise<void>) => work().catch((error: unknown) => void troubles.push(error))
    for (const [engine, keeper] of keepers) {
      if (token === undefined) await tried(() => keeper.refresh())
      else {
        await tried(() => keeper.look(token))
        await tried(() => takeLabels(engine, keeper, token))
      }
      // Whatever store is away: what is known to be wrong is answered.
      const { state } = keeper
      for (const alarm of state === undefined ? [] : lastingAlarms(state))
        await tried(() => parts.respond(engine, alarm))
      await tried(() => noticeThatNobodyProbes(engine, state?.newestAtMs))
    }
    tell(troubles)
  }

  function tell(troubles: readonly unknown[]) {
    const [first] = troubles
    if (first !== undefined && !isAway)
      logger.warn(errorFields(first), 'the figures of crisis detection could not be looked at as a whole')
    isAway = first !== undefined
  }

  async function takeLabels(engine: EngineName, keeper: TestKeeper, token: number): Promise<void> {
    const labels = await parts.labelsSince(keeper.cursor(), labelsPerLook)
    const last = labels.at(-1)
    if (last === undefined) return
    const version = keeper.state?.engineVersion
    const own = labels.filter((label) => label.engine === engine && label.engineVersion === version)
    await keeper.observePlaced(own, last.seq, token)
  }

  /** Whoever holds the lease may be dead, and the store with it: then the others must know by themselves. */
  async function noticeThatNobodyProbes(engine: EngineName, newestAtMs: number | undefined): Promise<void> {
    const nowMs = clock.monotonicMs()
    const seen = moved.get(engine)
    if (seen === undefined || seen.newestAtMs !== newestAtMs) {
      moved.set(engine, { newestAtMs, atMs: nowMs })
      return
    }
    if (nowMs - seen.atMs < 2 * parts.silenceAfterMs()) return
    seen.alarm ??= {
      test: 'silence',
      level: 'critical',
      isDead: true,
      outcomes: 0,
      atMs: clock.wallMs(),
      says: `no gateway has measured the crisis detection of ${engine} for ${Math.round((nowMs - seen.atMs) / 1_000)} s`,
    }
    await parts.respond(engine, seen.alarm)
  }

  function turn() {
    looking = look()
      .catch((error: unknown) => tell([error]))
      .finally(() => {
        if (!closed) timer = setTimeout(turn, parts.everyMs())
      })
  }

  return {
    start: turn,
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
    },
  }
}
