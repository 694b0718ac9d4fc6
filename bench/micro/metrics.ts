import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import type { Operation } from './harness.ts'

/** What is counted on the request path, and the page that is scraped. */
export const metricsOperations: Operation[] = [
  {
    what: 'Metrics: one counter without labels',
    prepare() {
      const { scannedReplies } = create()
      return { once: () => scannedReplies.inc() }
    },
  },
  {
    what: 'Metrics: one counter with three labels',
    prepare() {
      const metrics = create()
      return { once: (at) => countExchange(metrics, at) }
    },
  },
  {
    what: 'Metrics: one latency',
    prepare() {
      const { exchangeSeconds } = create()
      return { once: (at) => exchangeSeconds.record('json', (at % 1_000) / 500) }
    },
  },
  {
    what: 'Metrics: the page, process metrics left out',
    prepare() {
      const metrics = create()
      for (let at = 0; at < 1_000; at++) {
        countExchange(metrics, at)
        metrics.exchangeSeconds.record('json', at / 500)
      }
      return { awaits: true, once: () => metrics.registry.metrics() }
    },
  },
]

const create = () => createMetrics({ process: false, version: 'bench' })

const forms = ['json', 'stream'] as const
const outcomes = ['ok', 'safe-reply', 'engine-error', 'client-closed'] as const

function countExchange({ exchanges }: Metrics, at: number): void {
  exchanges.inc({
    engine: 'primary',
    form: forms[at % forms.length] ?? 'json',
    outcome: outcomes[at % outcomes.length] ?? 'ok',
  })
}
