/**
 * prom-client without what a Worker cannot run: process metrics, the push gateway and the cluster. `wrangler.toml` (and
 * the tests) put this file in the place of the package. JavaScript, because the package types only its whole.
 */
export { default as Counter } from 'prom-client/lib/counter.js'
export { default as Gauge } from 'prom-client/lib/gauge.js'
export { default as Histogram } from 'prom-client/lib/histogram.js'
export { default as Registry } from 'prom-client/lib/registry.js'

export function collectDefaultMetrics() {
  throw new Error('a Worker has no process metrics: create the metrics with process: false')
}
