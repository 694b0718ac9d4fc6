import type { EngineName } from '../engines/engine.ts'
import { isLatencySignal, type LatencySignal, type MeasuredSignal } from '../plan/threshold.ts'
import { type ExchangeOutcome, type ExchangeWindow, errorCounts } from './window.ts'

/** A signal's value over a window, with what it rests on. `value` is absent while there is no sample. */
export interface Measure {
  value: number | undefined
  samples: number
  /** Failed exchanges among the samples (`error-rate` only). */
  errors?: number
}

export interface Quantiles {
  samples: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

/** One engine over one window, for status pages and metrics. Latencies are absent while there is no sample. */
export interface EngineReading {
  engine: EngineName
  windowMs: number
  samples: number
  errors: number
  /** Share from 0 to 1; absent while there is no sample. */
  errorRate: number | undefined
  outcomes: Record<ExchangeOutcome, number>
  responseTime: Quantiles | undefined
  firstByte: Quantiles | undefined
  total: Quantiles | undefined
}

export interface PushedReading extends Measure {
  signal: string
  engine: EngineName | undefined
  windowMs: number
}

/** One measured signal of one engine. */
export function measureExchanges(
  window: ExchangeWindow,
  signal: MeasuredSignal,
  percentile: number,
  nowMs: number,
): Measure {
  if (isLatencySignal(signal)) {
    const sketch = window.latency(nowMs, signal)
    return { value: sketch.quantile(percentile / 100), samples: sketch.count }
  }
  const { errors, samples } = errorCounts(window.outcomes(nowMs))
  return { value: samples === 0 ? undefined : errors / samples, samples, errors }
}

export function readEngine(
  engine: EngineName,
  windowMs: number,
  window: ExchangeWindow,
  nowMs: number,
): EngineReading {
  const outcomes = window.outcomes(nowMs)
  const { errors, samples } = errorCounts(outcomes)
  const quantiles = (signal: LatencySignal): Quantiles | undefined => {
    const sketch = window.latency(nowMs, signal)
    const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => sketch.quantile(share))
    if (p50Ms === undefined || p95Ms === undefined || p99Ms === undefined) return undefined
    return { samples: sketch.count, p50Ms, p95Ms, p99Ms }
  }
  return {
    engine,
    windowMs,
    samples,
    errors,
    errorRate: samples === 0 ? undefined : errors / samples,
    outcomes,
    responseTime: quantiles('response-time'),
    firstByte: quantiles('first-byte-latency'),
    total: quantiles('total-latency'),
  }
}
