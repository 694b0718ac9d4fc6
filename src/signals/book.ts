import type { Clock } from '../clock.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import { type Plan, scaledMs } from '../plan/schema.ts'
import { isMeasuredSignal } from '../plan/threshold.ts'
import { checkPush, invalid, type PushedSample } from './push.ts'
import {
  type EngineReading,
  type Measure,
  measureExchanges,
  type PushedReading,
  readEngine,
} from './readings.ts'
import { type ExchangeTimes, ExchangeWindow, MeanWindow } from './window.ts'

/** How one exchange with an engine went. */
export interface ExchangeSample extends ExchangeTimes {
  engine: EngineName
}

export interface MeasureRequest {
  signal: string
  engine?: EngineName | undefined
  /** As the plan says it, before `timeScale`. */
  windowMs: number
  /** Latencies only, 0-100. */
  percentile: number
}

export interface SignalReadings {
  engines: EngineReading[]
  pushed: PushedReading[]
}

/** Keeps what was measured, in fixed memory. */
export interface SignalBook {
  /** Counts an exchange that has ended. For the request path: synchronous, does not throw; the first of an engine allocates. */
  recordExchange(sample: ExchangeSample): void
  /** Counts a reply of an engine that goes out, read or unread. For the request path, as `recordExchange`. */
  recordReply(engine: EngineName, isScanned: boolean): void
  /** Keeps a pushed value. Throws `GatewayError` `invalid_request` that says what would be right. */
  push(sample: PushedSample): void
  /** One signal over one window of the plan; no samples where nothing is known. */
  measure(request: MeasureRequest): Measure
  /** Whom there are samples of: engines that had an exchange, or whoever this pushed signal was about. */
  subjects(signal: string): (EngineName | undefined)[]
  /** Everything, per engine and window of the plan. */
  read(): SignalReadings
  /** Begins anew with an engine: what it did before it was tried and found healthy counts no more. */
  forget(engine: EngineName): void
  /** Goes on with a changed plan; windows that the new plan still has keep their samples. */
  replan(plan: Plan): void
}

/** What the request path leaves here. */
export type ExchangeSignals = Pick<SignalBook, 'recordExchange' | 'recordReply'>

/** Where no threshold says how far a pushed signal looks back. */
const defaultPushedWindowMs = 3_600_000
/** Where the plan has no threshold on what the gateway measures. */
const defaultExchangeWindowMs = 60_000

export function createSignalBook({ plan, clock }: { plan: Plan; clock: Clock }): SignalBook {
  let current = plan
  // By window as the plan says it; the windows themselves run on the scaled clock.
  const exchanges = new Map<EngineName, Map<number, ExchangeWindow>>()
  const pushed = new Map<string, { signal: string; engine: EngineName | undefined; windows: MeanWindows }>()

  const scaled = (windowMs: number) => scaledMs(windowMs, current.timeScale)

  function openEngine(engine: EngineName): Map<number, ExchangeWindow> {
    const opened = fill(
      exchangeWindowsOf(current),
      exchanges.get(engine),
      (ms) => new ExchangeWindow(scaled(ms)),
    )
    exchanges.set(engine, opened)
    return opened
  }

  function openPushed(signal: string, engine: EngineName | undefined, known = pushed): MeanWindows {
    const key = pushedKey(signal, engine)
    const windows = fill(
      pushedWindowsOf(current, signal),
      known.get(key)?.windows,
      (ms) => new MeanWindow(scaled(ms)),
    )
    pushed.set(key, { signal, engine, windows })
    return windows
  }

  return {
    recordExchange(sample) {
      const nowMs = clock.monotonicMs()
      const windows = exchanges.get(sample.engine) ?? openEngine(sample.engine)
      for (const window of windows.values()) window.record(nowMs, sample)
    },

    recordReply(engine, isScanned) {
      const signal = 'unscanned-replies'
      const nowMs = clock.monotonicMs()
      const windows = pushed.get(pushedKey(signal, engine))?.windows ?? openPushed(signal, engine)
      for (const window of windows.values()) window.record(nowMs, nowMs, isScanned ? 0 : 1, 1)
    },

    push(sample) {
      checkPush(sample, current)
      const { signal, value, samples = 1, engine, atMs } = sample
      const nowMs = clock.monotonicMs()
      const ageMs = atMs === undefined ? 0 : Math.max(0, clock.wallMs() - atMs)
      const windows = pushed.get(pushedKey(signal, engine))?.windows ?? openPushed(signal, engine)
      const kept = [...windows.values()].map((window) => window.record(nowMs - ageMs, nowMs, value, samples))
      if (!kept.includes(true)) {
        const longestMs = Math.max(...windows.keys())
        throw invalid(
          `atMs: expected at most ${scaled(longestMs)} ms ago, got ${ageMs} ms ago; nothing was kept`,
        )
      }
    },

    measure({ signal, engine, windowMs, percentile }) {
      const nowMs = clock.monotonicMs()
      if (!isMeasuredSignal(signal)) {
        const windows = pushed.get(pushedKey(signal, engine))?.windows
        return windows?.get(windowMs)?.read(nowMs) ?? nothing
      }
      const window = engine && exchanges.get(engine)?.get(windowMs)
      return window === undefined ? nothing : measureExchanges(window, signal, percentile, nowMs)
    },

    subjects(signal) {
      if (isMeasuredSignal(signal)) return engineNames.filter((engine) => exchanges.has(engine))
      return [...pushed.values()].filter((kept) => kept.signal === signal).map(({ engine }) => engine)
    },

    read() {
      const nowMs = clock.monotonicMs()
      const engines = engineNames.flatMap((engine) =>
        [...(exchanges.get(engine) ?? [])].map(([windowMs, window]) =>
          readEngine(engine, windowMs, window, nowMs),
        ),
      )
      const values = [...pushed.values()].flatMap(({ signal, engine, windows }) =>
        [...windows].map(([windowMs, window]) => ({ signal, engine, windowMs, ...window.read(nowMs) })),
      )
      return { engines, pushed: values }
    },

    forget(engine) {
      if (exchanges.delete(engine)) openEngine(engine)
    },

    replan(next) {
      // On another clock the old windows have another width: nothing of them can be kept.
      const keep = next.timeScale === current.timeScale
      current = next
      const engines = [...exchanges.keys()]
      const subjects = [...pushed.values()].filter(({ signal }) => Object.hasOwn(next.pushedSignals, signal))
      if (!keep) exchanges.clear()
      const known = new Map(keep ? pushed : [])
      pushed.clear()
      for (const engine of engines) openEngine(engine)
      for (const { signal, engine } of subjects) openPushed(signal, engine, known)
    },
  }
}

type MeanWindows = Map<number, MeanWindow>

const pushedKey = (signal: string, engine: EngineName | undefined) => `${signal}:${engine ?? 'all'}`

const nothing: Measure = { value: undefined, samples: 0 }

function fill<Window>(
  widths: number[],
  old: Map<number, Window> | undefined,
  create: (windowMs: number) => Window,
): Map<number, Window> {
  return new Map(widths.map((windowMs) => [windowMs, old?.get(windowMs) ?? create(windowMs)]))
}

function exchangeWindowsOf({ thresholds }: Plan): number[] {
  const own = Object.values(thresholds).filter(({ signal }) => isMeasuredSignal(signal))
  return widthsOf(own, defaultExchangeWindowMs)
}

function pushedWindowsOf({ thresholds }: Plan, name: string): number[] {
  const own = Object.values(thresholds).filter(({ signal }) => signal === name)
  return widthsOf(own, defaultPushedWindowMs)
}

/** Distinct and ascending. */
function widthsOf(thresholds: { windowMs: number }[], otherwiseMs: number): number[] {
  const widths = [...new Set(thresholds.map(({ windowMs }) => windowMs))]
  return widths.length === 0 ? [otherwiseMs] : widths.sort((a, b) => a - b)
}
