import type { SignalProof } from '../breakers/clearance.ts'
import type { Plan } from '../plan/schema.ts'
import type { Probed } from './prober.ts'

/**
 * Whether an engine that was halted for its latency or its errors is well again, by probes: nobody else may ask it. It
 * passes when all of them were answered and 95 of 100 in the time that the plan calls critical.
 */
export function signalProofOf(
  sent: readonly Probed[],
  thresholds: Pick<Plan['thresholds'], string>,
): SignalProof {
  const unanswered = sent.filter(({ engine }) => engine.heard === undefined).length
  const times = sent.map(({ engine }) => engine.ms).sort((a, b) => a - b)
  const p95Ms = Math.round(times[Math.ceil(0.95 * times.length) - 1] ?? Number.POSITIVE_INFINITY)
  const limitMs = thresholds['response-time-critical']?.above ?? Number.POSITIVE_INFINITY
  const says = `${unanswered} of ${sent.length} probes unanswered, p95 ${p95Ms} ms`
  return {
    passed: sent.length > 0 && unanswered === 0 && p95Ms < limitMs,
    facts: {
      says,
      samples: sent.length,
      unanswered,
      p95Ms,
      limitMs: Number.isFinite(limitMs) ? limitMs : -1,
    },
  }
}
