import type { ExchangeSignals } from '../signals/book.ts'
import type { Metrics, UnscannedCause } from '../telemetry/metrics.ts'
import type { LiveExchange } from './live-exchange.ts'

/** Coverage: which replies were read before a person got them, and which were not and why. */
export function countReply(
  { metrics, signals }: { metrics: Metrics; signals: ExchangeSignals },
  exchange: LiveExchange,
  cause?: UnscannedCause,
): void {
  // A detector that cannot read the person's language cannot read the reply either.
  const unread = cause ?? (exchange.screening?.report.bypass === 'language' ? 'language' : undefined)
  if (unread === undefined) metrics.scannedReplies.inc()
  else metrics.unscanned.inc({ cause: unread })
  // A list of models is no AI text, and neither is a refusal.
  if (unread === 'open-path' || unread === 'engine-refusal') return
  signals.recordReply(exchange.engine ?? exchange.plan.first, unread === undefined)
}
