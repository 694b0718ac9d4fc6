import type { Clock } from '../clock.ts'
import type { EngineName } from '../engines/engine.ts'
import { errorFields, type Logger } from '../logger.ts'
import { type Alarm, lastingAlarms } from '../signals/detection-monitor.ts'
import type { DetectionOutcome } from '../signals/detection-outcome.ts'
import type { TestKeeper } from './test-keeper.ts'

/** A label that a clinician's decision has made an outcome, and its place in their order. */
export interface LabelOutcome {
  seq: number
  engine: string
  outcome: DetectionOutcome
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
  /** When the state of an engine was last seen to move, by this gateway's own clock. */
  const moved = new Map<EngineName, { n: number; atMs: number }>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> = Promise.resolve()
  let closed = false

  async function look(): Promise<void> {
    const token = parts.token()
    for (const [engine, keeper] of parts.keepers()) {
      if (token === undefined) await keeper.refresh()
      else {
        await keeper.look(token)
        await takeLabels(engine, keeper, token)
      }
      const { state } = keeper
      for (const alarm of state === undefined ? [] : lastingAlarms(state))
        if (alarm.level === 'critical') await parts.respond(engine, alarm)
      await noticeThatNobodyProbes(engine, state?.n ?? 0)
    }
  }

  async function takeLabels(engine: EngineName, keeper: TestKeeper, token: number): Promise<void> {
    const labels = await parts.labelsSince(keeper.cursor(), labelsPerLook)
    const last = labels.at(-1)
    if (last === undefined) return
    const own = labels.filter((label) => label.engine === engine).map(({ outcome }) => outcome)
    await keeper.observe(own, token, last.seq)
  }

  /** Whoever holds the lease may be dead, and the store with it: then the others must know by themselves. */
  async function noticeThatNobodyProbes(engine: EngineName, n: number): Promise<void> {
    const nowMs = clock.monotonicMs()
    const seen = moved.get(engine)
    if (seen === undefined || seen.n !== n) {
      moved.set(engine, { n, atMs: nowMs })
      return
    }
    if (nowMs - seen.atMs < 2 * parts.silenceAfterMs()) return
    await parts.respond(engine, {
      test: 'silence',
      level: 'critical',
      isDead: true,
      estimate: undefined,
      outcomes: 0,
      atMs: clock.wallMs(),
      says: `no gateway has measured the crisis detection of ${engine} for ${Math.round((nowMs - seen.atMs) / 1_000)} s`,
    })
  }

  function turn() {
    looking = look()
      .catch((error: unknown) => {
        logger.warn(errorFields(error), 'the figures of crisis detection could not be looked at')
      })
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
