import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import {
  type Alarm,
  checkSilence,
  freshMonitor,
  type MonitorRules,
  type MonitorState,
  observe,
  readMonitorState,
} from '../signals/detection-monitor.ts'
import type { DetectionOutcome } from '../signals/detection-outcome.ts'
import type { TestStateStore } from '../stores/test-state.ts'

/** The lease whose holder may write the tests' states. */
export const probesLease = 'probes'

/** What a test is about now: with another version or a new epoch it starts anew. */
export interface TestIdentity {
  engineVersion: string
  epoch: string
}

/** The state of one subject's tests, kept by compare-and-set for all gateways. */
export interface TestKeeper {
  /** As last read or written here; `undefined` while there is none of what the test is about now. */
  readonly state: MonitorState | undefined
  /**
   * Takes outcomes in and answers the alarms that begin with them; `token` is that of the lease. `cursor`: how far the
   * labels among them go. Nothing counts twice: what a paused holder brings late is fenced off. Rejects when an
   * alarm could not be answered by `onAlarm`; the outcomes are then not taken in, and come again.
   */
  observe(outcomes: readonly DetectionOutcome[], token: number, cursor?: number): Promise<void>
  /** Looks whether outcomes have stopped coming. */
  look(token: number): Promise<void>
  /** Reads what the holder of the lease has written. */
  refresh(): Promise<void>
  /** How far labels have been taken in. */
  cursor(): number
}

interface Kept {
  revision: number
  monitor: MonitorState
  cursor: number
}

const Stored = z.object({ monitor: z.unknown(), cursor: z.int().min(0) })

const tries = 5

export function createTestKeeper(parts: {
  key: string
  store: TestStateStore
  identity(): TestIdentity
  rules(): MonitorRules
  clock: Clock
  logger: Logger
  /** Answers an alarm that begins, before the state that knows of it is written: a crash in between repeats it. */
  onAlarm(alarm: Alarm): Promise<void>
}): TestKeeper {
  const { key, store, clock, logger } = parts
  let kept: Kept | undefined
  let queue: Promise<void> = Promise.resolve()

  /** One change after the other. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }

  async function refresh(): Promise<void> {
    const found = await store.read(key)
    if (found === undefined) kept = undefined
    else if (found.revision !== kept?.revision) kept = { revision: found.revision, ...read(found.value) }
  }

  function noteAway(error: unknown): undefined {
    logger.warn({ key, ...errorFields(error) }, 'the state of a test cannot be stored now')
  }

  function read(value: string): Pick<Kept, 'monitor' | 'cursor'> {
    try {
      const { monitor, cursor } = Stored.parse(JSON.parse(value))
      return { monitor: readMonitorState(monitor), cursor }
    } catch (error) {
      logger.error({ key, ...errorFields(error) }, 'the state of a test cannot be read: it starts anew')
      return { monitor: fresh(), cursor: 0 }
    }
  }

  function fresh(): MonitorState {
    return freshMonitor({ ...parts.identity(), nowMs: clock.wallMs() })
  }

  /** The state of what the test is about now: one of another version or epoch tells nothing. */
  function current(): MonitorState | undefined {
    const { engineVersion, epoch } = parts.identity()
    const known = kept?.monitor
    return known?.engineVersion === engineVersion && known.epoch === epoch ? known : undefined
  }

  async function change(
    token: number,
    cursor: number | undefined,
    step: (state: MonitorState) => { state: MonitorState; alarms: Alarm[] },
  ): Promise<void> {
    if (kept === undefined) await refresh().catch(noteAway)
    for (let attempt = 0; attempt < tries; attempt++) {
      const before = kept
      // Labels that another gateway has taken in meanwhile are in the state already.
      if (cursor !== undefined && before !== undefined && before.cursor >= cursor) return
      const { state, alarms } = step(current() ?? fresh())
      for (const alarm of alarms) await parts.onAlarm(alarm)
      if (state === before?.monitor && (cursor ?? before.cursor) === before.cursor) return
      const next = { monitor: state, cursor: cursor ?? before?.cursor ?? 0 }
      const expected = before?.revision ?? 0
      const written = await store
        .write(key, JSON.stringify(next), { expected, lease: probesLease, token })
        .catch(noteAway)
      if (written === undefined) {
        // Goes on in memory: what fails must be noticed also while it cannot be written down.
        kept = { ...next, revision: expected }
        return
      }
      if (written.written) {
        kept = { ...next, revision: written.revision }
        return
      }
      if (written.why === 'fenced') {
        logger.warn({ key }, 'another gateway probes now: what this one saw last is left out')
        kept = undefined
        return
      }
      await refresh()
    }
    throw new Error(`the state of ${key} changed again and again`)
  }

  return {
    get state() {
      return current()
    },
    observe: (outcomes, token, cursor) =>
      inTurn(() =>
        change(token, cursor, (state) => {
          const alarms: Alarm[] = []
          for (const outcome of outcomes) {
            const step = observe(state, outcome, parts.rules())
            state = step.state
            alarms.push(...step.alarms)
          }
          return { state, alarms }
        }),
      ),
    look: (token) =>
      inTurn(() => change(token, undefined, (state) => checkSilence(state, clock.wallMs(), parts.rules()))),
    refresh: () => inTurn(refresh),
    cursor: () => kept?.cursor ?? 0,
  }
}
