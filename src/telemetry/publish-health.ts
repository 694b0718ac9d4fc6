import type { Breaker } from '../breakers/breaker.ts'
import { isInForce, type SafetyHalt } from '../breakers/halt-gate.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import type { Route } from '../engines/route.ts'
import type { SignalBook } from '../signals/book.ts'
import type { EngineReading } from '../signals/readings.ts'
import type { Metrics } from './metrics.ts'

/**
 * Brings the gauges up to date that show a state rather than an event: halts, lease, circuits, route, signals. Called
 * when the metrics are read, so that nothing of it is on the request path.
 */
export function publishHealth(parts: {
  metrics: Metrics
  halt: SafetyHalt
  engines: Partial<Record<EngineName, { breaker: Pick<Breaker, 'state'> }>>
  route: Route
  book: SignalBook
  overdueDisclosures: number
  outbox: readonly { class: string; waiting: number; oldestAtMs: number | undefined }[]
  nowMs: number
  remotes: readonly { detector: string; state: Breaker['state'] }[]
}): void {
  const { metrics, halt } = parts
  const health = halt.health()
  metrics.suspended.set(health.suspended === false ? 0 : 1)
  metrics.leaseAgeSeconds.set(health.leaseAgeMs / 1000)
  metrics.haltsUnacknowledged.set(health.unacknowledged)
  metrics.haltStoreErrors.set(health.storeErrors)

  metrics.halts.reset()
  // The kind of scope only: a tenant's name would make a series of its own.
  for (const { scope, cause } of halt.list().filter(isInForce))
    metrics.halts.inc({ scope: scope.split(':', 1)[0] ?? scope, cause })

  metrics.breakerState.reset()
  for (const engine of engineNames) {
    const state = parts.engines[engine]?.breaker.state
    if (state !== undefined) metrics.breakerState.set({ engine, state }, 1)
  }
  metrics.overdueDisclosures.set(parts.overdueDisclosures)
  metrics.outboxWaiting.reset()
  metrics.outboxOldestSeconds.reset()
  for (const { class: urgency, waiting, oldestAtMs } of parts.outbox) {
    metrics.outboxWaiting.set({ class: urgency }, waiting)
    if (oldestAtMs !== undefined)
      metrics.outboxOldestSeconds.set({ class: urgency }, (parts.nowMs - oldestAtMs) / 1000)
  }
  metrics.remoteState.reset()
  for (const { detector, state } of parts.remotes) metrics.remoteState.set({ detector, state }, 1)
  metrics.routeActive.reset()
  metrics.routeActive.set({ engine: parts.route.serving }, 1)

  metrics.signal.reset()
  metrics.signalSamples.reset()
  for (const reading of parts.book.read().engines) publishReading(metrics, reading)
}

function publishReading(metrics: Metrics, reading: EngineReading) {
  const { engine } = reading
  const window = `${reading.windowMs / 1000}s`
  metrics.signalSamples.set({ engine, window }, reading.samples)
  if (reading.errorRate !== undefined)
    metrics.signal.set({ signal: 'error-rate', engine, window, statistic: 'rate' }, reading.errorRate)
  const latencies = {
    'response-time': reading.responseTime,
    'first-byte': reading.firstByte,
    total: reading.total,
  }
  for (const [signal, quantiles] of Object.entries(latencies)) {
    if (quantiles === undefined) continue
    const labels = { signal, engine, window }
    metrics.signal.set({ ...labels, statistic: 'p50_seconds' }, quantiles.p50Ms / 1000)
    metrics.signal.set({ ...labels, statistic: 'p95_seconds' }, quantiles.p95Ms / 1000)
    metrics.signal.set({ ...labels, statistic: 'p99_seconds' }, quantiles.p99Ms / 1000)
  }
}
