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

/** An outcome that has a place in an order: nothing of what stands before the place already taken in counts again. */
export interface PlacedOutcome {
  seq: number
  outcome: DetectionOutcome
}

/** The state of one subject's tests, kept by compare-and-set for all gateways. */
export interface TestKeeper {
  /** As last read or written here; `undefined` while there is none of what the test is about now. */
  readonly state: MonitorState | undefined
  /**
   * Takes an outcome in and answers the alarms that begin with it; `token` is that of the lease. Nothing counts twice: what
   * a paused holder brings late is fenced off. Rejects when an alarm could not be answered by `onAlarm`; the outcome is
   * then not taken in.
   */
  observe(outcome: DetectionOutcome, token: number): Promise<void>
  /** Takes in labels up to `last`, each once, whoever brings them and however often. */
  observePlaced(labels: readonly PlacedOutcome[], last: number, token: number): Promise<void>
  /** Looks whether outcomes have stopped coming. To be called every second or so by who sends them. */
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
  /** Further than what is stored: the store was away. */
  isAhead: boolean
}

interface Step {
  state: MonitorState
  alarms: Alarm[]
  cursor?: number
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
  let lastToken: number | undefined
  /** When it was last looked, and since when without a pause; silence before that is nobody's failure. */
  let lookedAtMs: number | undefined
  let lookingSinceMs = 0

  /** One change after the other. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }

  /** `anew`: a store that failed over may hold other content under the revision that is known here. */
  async function refresh(anew = false): Promise<void> {
    const found = await store.read(key)
    if (found === undefined) kept = undefined
    else if (anew || found.revision !== kept?.revision)
      kept = { revision: found.revision, isAhead: false, ...read(found.value) }
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

  /** The state of what the test is about now: one of another version or of an epoch before tells nothing. */
  function current(): MonitorState | undefined {
    const { engineVersion, epoch } = parts.identity()
    const known = kept?.monitor
    if (known?.engineVersion !== engineVersion || isLater(epoch, known.epoch)) return undefined
    return known
  }

  async function change(token: number, step: (state: MonitorState, cursor: number) => Step): Promise<void> {
    // Whoever takes over goes on from what the one before wrote last.
    if (kept === undefined || token !== lastToken) await refresh(true).catch(noteAway)
    lastToken = token
    for (let attempt = 0; attempt < tries; attempt++) {
      const before = kept
      const known = before?.cursor ?? 0
      const { state, alarms, cursor = known } = step(current() ?? fresh(), known)
      for (const alarm of alarms) await parts.onAlarm(alarm)
      if (state === before?.monitor && cursor === known) return
      const next = { monitor: state, cursor }
      const expected = before?.revision ?? 0
      const written = await store
        .write(key, JSON.stringify(next), { expected, lease: probesLease, token })
        .catch(noteAway)
      if (written === undefined) {
        // Goes on in memory: what fails must be noticed also while it cannot be written down.
        kept = { ...next, revision: expected, isAhead: true }
        return
      }
      if (written.written) {
        kept = { ...next, revision: written.revision, isAhead: false }
        return
      }
      if (written.why === 'fenced') {
        logger.warn({ key }, 'another gateway probes now: what this one saw last is left out')
        kept = undefined
        return
      }
      await followRevision(before)
    }
    throw new Error(`the state of ${key} changed again and again`)
  }

  /**
   * Somebody has written in between. Under the same lease that was this gateway, in a write whose answer was lost; what is
   * known here is then the newer.
   */
  async function followRevision(before: Kept | undefined): Promise<void> {
    await refresh()
    if (before?.isAhead === true && kept !== undefined) kept = { ...before, revision: kept.revision }
  }

  function lookAt(state: MonitorState): Step {
    const nowMs = clock.wallMs()
    const rules = parts.rules()
    if (lookedAtMs === undefined || Math.abs(nowMs - lookedAtMs) > rules.silenceAfterMs / 4)
      lookingSinceMs = nowMs
    lookedAtMs = nowMs
    return checkSilence(state, nowMs, rules, lookingSinceMs)
  }

  return {
    get state() {
      return current()
    },
    observe: (outcome, token) =>
      inTurn(() => change(token, (state) => observe(state, outcome, parts.rules()))),
    observePlaced: (labels, last, token) =>
      inTurn(() =>
        change(token, (before, cursor) => {
          let state = before
          const alarms: Alarm[] = []
          for (const { seq, outcome } of labels) {
            // From before the test's own time, or taken in already.
            if (seq <= cursor || outcome.atMs < state.startedAtMs) continue
            const step = observe(state, outcome, parts.rules())
            state = step.state
            alarms.push(...step.alarms)
          }
          return { state, alarms, cursor: Math.max(cursor, last) }
        }),
      ),
    look: (token) => inTurn(() => change(token, lookAt)),
    refresh: () => inTurn(() => refresh()),
    cursor: () => kept?.cursor ?? 0,
  }
}

/** Epochs begin with their time; one whose mark is gone (halts of long ago are removed) is not followed by an older one. */
function isLater(epoch: string, than: string): boolean {
  const [atMs, thanMs] = [epoch, than].map((one) => Number.parseInt(one, 10) || 0)
  return (atMs ?? 0) > (thanMs ?? 0)
}
