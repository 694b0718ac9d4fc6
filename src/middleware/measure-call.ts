import type { Clock } from '../clock.ts'
import type { EngineName } from '../engines/engine.ts'
import type { Route } from '../engines/route.ts'
import type { GatewayError } from '../errors.ts'
import type { ExchangeSignals } from '../signals/book.ts'
import type { ExchangeOutcome } from '../signals/window.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { EngineCall, LiveExchange } from './live-exchange.ts'

/** Where the measures of an engine call go. */
export interface CallMeasures {
  clock: Clock
  metrics: Metrics
  signals: ExchangeSignals
  route: Route
}

/** Begins to measure a call to an engine. */
export function startCall(parts: CallMeasures, exchange: LiveExchange, engine: EngineName): EngineCall {
  const call: EngineCall = {
    engine,
    startedMs: parts.clock.monotonicMs(),
    firstByteMs: undefined,
    receivedMs: undefined,
    span: exchange.span.startEngine(engine, exchange.conversation?.request.model),
    ended: false,
  }
  exchange.engineCall = call
  return call
}

/** Measures an engine call to its end, once. */
export function endCall(
  parts: CallMeasures,
  exchange: LiveExchange,
  call: EngineCall,
  outcome: ExchangeOutcome,
  streamed = false,
) {
  if (call.ended) return
  call.ended = true
  const totalMs = parts.clock.monotonicMs() - call.startedMs
  const firstByteMs = call.firstByteMs === undefined ? undefined : call.firstByteMs - call.startedMs
  const { engine } = call
  if (firstByteMs !== undefined) {
    parts.metrics.engineFirstByteSeconds.record(engine, firstByteMs / 1000)
    call.span.firstByte(firstByteMs)
  }
  parts.metrics.engineSeconds.record(engine, totalMs / 1000)
  parts.signals.recordExchange({ engine, outcome, firstByteMs, totalMs, streamed })
  // What is no conversation (a list of models) proves nothing of an engine that is being tried.
  const says = outcome === 'ok' || outcome === 'error' || outcome === 'timeout'
  if (says && exchange.conversation !== undefined)
    parts.route.report({
      engine,
      ok: outcome === 'ok',
      totalMs: streamed ? (firstByteMs ?? totalMs) : totalMs,
    })
  call.span.end(outcome)
}

/** The gateway's own time: from the whole request read to the first byte ready, without the engines'. */
export function observeOverhead(
  parts: CallMeasures,
  exchange: LiveExchange,
  call: EngineCall,
  lostMs: number,
) {
  const nowMs = parts.clock.monotonicMs()
  const engineMs = lostMs + (call.receivedMs ?? nowMs) - call.startedMs
  parts.metrics.overheadSeconds.record(exchange.form, (nowMs - exchange.readMs - engineMs) / 1000)
}

/** What a failed call says of the engine. */
export function outcomeOf(failure: GatewayError): ExchangeOutcome {
  if (failure.code === 'client_closed') return 'client-closed'
  return failure.code === 'engine_timeout' ? 'timeout' : 'error'
}

/** A refusal (4xx) says nothing of the engine's health, but for "too many requests". */
export function outcomeOfStatus(status: number): ExchangeOutcome {
  if (status < 400) return 'ok'
  return status === 429 ? 'error' : 'rejected'
}
