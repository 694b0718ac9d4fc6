import type { Clock } from '../clock.ts'
import type { EngineName } from '../engines/engine.ts'
import { type Plan, scaledMs } from '../plan/schema.ts'
import { isLatencySignal, limitOf, type Threshold } from '../plan/threshold.ts'
import type { MeasureRequest, SignalBook } from './book.ts'
import { type Breach, type BreachChange, compareBreaches } from './breach.ts'
import type { Measure } from './readings.ts'
import { isBreached, step, type ThresholdState } from './threshold.ts'

/** Judges the signals by the plan. Has no timer: whoever owns it calls `tick` every `tickMs`. */
export interface Evaluator {
  /** How often `tick` is to be called: a second, shortened by `timeScale`. */
  readonly tickMs: number
  /** Judges every threshold for every engine; returns what began and what ended, the gravest first. */
  tick(): BreachChange[]
  /** Breaches that last, the gravest first. Every level that is crossed is in it; `gravest` picks for display. */
  active(): Breach[]
  /** Begins anew with an engine that was tried and found healthy: its breaches end. */
  recovered(engine: EngineName): BreachChange[]
  /** Goes on with a changed plan; breaches of thresholds that are gone or changed end. Call `book.replan` first. */
  replan(plan: Plan): BreachChange[]
}

export interface EvaluatorOptions {
  plan: Plan
  book: SignalBook
  clock: Clock
  /** Makes the id of a breach. */
  createId?: () => string
}

const leastTickMs = 10

export function createEvaluator({
  plan,
  book,
  clock,
  createId = () => crypto.randomUUID(),
}: EvaluatorOptions): Evaluator {
  let current = plan
  const tracks = new Map<string, Track>()

  function judge(name: string, threshold: Threshold, engine: EngineName | undefined, reading: Measure) {
    const key = keyOf(name, engine)
    const track = tracks.get(key) ?? { state: { phase: 'ok' } }
    tracks.set(key, track)
    const before = track.state
    track.state = step(
      threshold,
      clocksOf(threshold, current.timeScale),
      before,
      reading,
      clock.monotonicMs(),
    )
    const nowMs = clock.wallMs()
    if (track.state.phase === 'ok') delete track.crossedAtMs
    else track.crossedAtMs ??= nowMs
    if (track.breach !== undefined && isBreached(track.state)) {
      track.breach = { ...track.breach, worstValue: worse(track.breach, reading) }
    } else if (track.breach !== undefined) {
      const breach: Breach = { ...track.breach, endedAtMs: nowMs }
      delete track.breach
      return { kind: 'ended', breach, why: 'recovered' } as const
    } else if (isBreached(track.state) && reading.value !== undefined) {
      track.breach = {
        ...describe(name, threshold, engine),
        id: createId(),
        value: reading.value,
        samples: reading.samples,
        worstValue: reading.value,
        crossedAtMs: track.crossedAtMs ?? nowMs,
        startedAtMs: nowMs,
      }
      return { kind: 'opened', breach: track.breach } as const
    }
    return undefined
  }

  return {
    get tickMs() {
      return Math.max(leastTickMs, scaledMs(1_000, current.timeScale))
    },

    tick() {
      const measure = remembering(book)
      const changes = Object.entries(current.thresholds).flatMap(([name, threshold]) =>
        book.subjects(threshold.signal).flatMap((engine) => {
          const { signal, windowMs, percentile } = threshold
          return judge(name, threshold, engine, measure({ signal, engine, windowMs, percentile })) ?? []
        }),
      )
      return changes.sort((a, b) => compareBreaches(a.breach, b.breach))
    },

    active() {
      return [...tracks.values()].flatMap(({ breach }) => breach ?? []).sort(compareBreaches)
    },

    recovered(engine) {
      const changes: BreachChange[] = []
      for (const [key, { breach }] of tracks) {
        if (!key.endsWith(`:${engine}`)) continue
        tracks.delete(key)
        if (breach === undefined) continue
        changes.push({ kind: 'ended', breach: { ...breach, endedAtMs: clock.wallMs() }, why: 'recovered' })
      }
      return changes
    },

    replan(next) {
      const changes: BreachChange[] = []
      const sameClock = next.timeScale === current.timeScale
      for (const [key, { breach }] of tracks) {
        const name = key.slice(0, key.indexOf(':'))
        if (sameClock && isSame(current.thresholds[name], next.thresholds[name])) continue
        tracks.delete(key)
        if (breach === undefined) continue
        changes.push({ kind: 'ended', breach: { ...breach, endedAtMs: clock.wallMs() }, why: 'plan-changed' })
      }
      current = next
      return changes
    },
  }
}

/** One threshold with one engine. `breach` is set exactly while `state` is breached or recovering. */
interface Track {
  state: ThresholdState
  /** Epoch milliseconds when the state left `ok`. */
  crossedAtMs?: number
  breach?: Breach
}

function keyOf(name: string, engine: EngineName | undefined): string {
  return `${name}:${engine ?? 'all'}`
}

function describe(name: string, threshold: Threshold, engine: EngineName | undefined) {
  const { signal, level, percentile, severity, safety, type, responses } = threshold
  return {
    key: keyOf(name, engine),
    incidentKey: keyOf(signal, engine),
    threshold: name,
    signal,
    level,
    ...(engine === undefined ? {} : { engine }),
    limit: limitOf(threshold),
    ...(isLatencySignal(signal) ? { percentile } : {}),
    severity,
    safety,
    type,
    responses,
  }
}

function worse({ limit, worstValue }: Breach, { value = worstValue }: Measure): number {
  return limit.kind === 'below' ? Math.min(worstValue, value) : Math.max(worstValue, value)
}

function clocksOf({ windowMs, forMs, clearForMs }: Threshold, timeScale: number) {
  return {
    windowMs: scaledMs(windowMs, timeScale),
    forMs: scaledMs(forMs, timeScale),
    clearForMs: scaledMs(clearForMs, timeScale),
  }
}

/** Several thresholds judge the same measure: within one tick each is taken once. */
function remembering(book: SignalBook): (request: MeasureRequest) => Measure {
  const known = new Map<string, Measure>()
  return (request) => {
    const key = `${keyOf(request.signal, request.engine)}:${request.windowMs}:${request.percentile}`
    const measure = known.get(key) ?? book.measure(request)
    known.set(key, measure)
    return measure
  }
}

/** Thresholds are plain data made by one schema, so their keys come in one order. */
function isSame(a: Threshold | undefined, b: Threshold | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
}
