import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { added, countsOf, type MetricSnapshot, snapshotOf, sumOf } from '../../src/workers/metric-sums.ts'

const create = () => createMetrics({ process: false, version: 'test' })

async function worker(exchanges: number): Promise<MetricSnapshot> {
  const metrics = create()
  for (let one = 0; one < exchanges; one++) {
    metrics.exchanges.inc({ engine: 'primary', form: 'json', outcome: 'ok' })
    metrics.overheadSeconds.record('json', 0.0003)
  }
  metrics.openExchanges.set(exchanges)
  // A worker has no incident plan: whatever it had here would be no measure.
  metrics.breaches.set({ threshold: 't', engine: 'primary' }, 7)
  return structuredClone(await snapshotOf(metrics.registry))
}

const line = (text: string, start: string) => text.split('\n').find((one) => one.startsWith(start))

describe('The metrics of several processes', () => {
  it('are one series for each label: counts, open exchanges and histograms added up', async () => {
    const primary = create()
    const text = await sumOf(primary.registry, [await worker(3), await worker(4)])
    expect(line(text, 'haltgate_exchanges_total{')).toMatch(/ 7$/)
    expect(line(text, 'haltgate_open_exchanges')).toMatch(/ 7$/)
    expect(line(text, 'haltgate_overhead_seconds_count')).toMatch(/ 7$/)
    expect(line(text, 'haltgate_overhead_seconds_bucket{le="0.00025"')).toMatch(/ 0$/)
    expect(line(text, 'haltgate_overhead_seconds_bucket{le="0.0005"')).toMatch(/ 7$/)
    expect(text.match(/^# TYPE haltgate_exchanges_total /gm)).toHaveLength(1)
  })

  it("show the primary's gauges as they are", async () => {
    const primary = create()
    primary.suspended.set(1)
    primary.breaches.set({ threshold: 't', engine: 'primary' }, 1)
    const text = await sumOf(primary.registry, [await worker(1), await worker(1)])
    expect(line(text, 'haltgate_suspended')).toBe('haltgate_suspended 1')
    expect(line(text, 'haltgate_breach{')).toMatch(/ 1$/)
    expect(line(text, 'haltgate_build_info')).toMatch(/ 1$/)
  })

  it('do not go backwards when a worker has ended: what it counted stays, what it had open does not', async () => {
    const ended = await added(countsOf(await worker(3)), countsOf(await worker(4)))
    const text = await sumOf(create().registry, [structuredClone(ended), await worker(1)])
    expect(line(text, 'haltgate_exchanges_total{')).toMatch(/ 8$/)
    expect(line(text, 'haltgate_overhead_seconds_sum')).toMatch(/ 0\.0024/)
    expect(line(text, 'haltgate_open_exchanges')).toMatch(/ 1$/)
  })

  it('of no worker are the own ones', async () => {
    const primary = create()
    primary.errors.inc({ code: 'internal' }, 2)
    expect(line(await sumOf(primary.registry, [[]]), 'haltgate_errors_total{')).toMatch(/ 2$/)
  })
})
