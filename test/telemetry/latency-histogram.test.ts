import { Histogram, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { LatencyHistogram } from '../../src/telemetry/latency-histogram.ts'

const bounds = [0.00005, 0.25, 1, 5]
const seconds = [0, 0.00005, 0.00006, 0.25, 0.3, 1, 1.0001, 4.999, 5, 5.1, 1e6]
const help = 'How long it took.'

function both() {
  const ours = new Registry()
  const theirs = new Registry()
  return {
    ours,
    theirs,
    latency: new LatencyHistogram({ name: 'took_seconds', help, label: 'form', bounds, register: ours }),
    model: new Histogram({
      name: 'took_seconds',
      help,
      labelNames: ['form'],
      buckets: bounds,
      registers: [theirs],
    }),
  }
}

describe('the latency histogram', () => {
  it('writes the page that prom-client’s own would write', async () => {
    const { ours, theirs, latency, model } = both()
    for (const form of ['json', 'stream'])
      for (const value of seconds) {
        latency.record(form, value)
        model.observe({ form }, value)
      }
    expect(await ours.metrics()).toBe(await theirs.metrics())
  })

  it('has no series before the first observation, and none after a reset', async () => {
    const { ours, theirs, latency } = both()
    expect(await ours.metrics()).toBe(await theirs.metrics())
    latency.record('json', 1)
    ours.resetMetrics()
    expect(await ours.metrics()).toBe(await theirs.metrics())
  })
})
