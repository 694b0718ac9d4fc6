import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client'

type Snapshot = MetricObjectWithValues<MetricValue<string>>

/** The series of one process at one moment, as prom-client gives them. */
export type MetricSnapshot = Snapshot[]

/** How the gauges of workers join; every other gauge is the primary's alone, because it shows the primary's state. */
const joined: Readonly<Record<string, 'sum' | 'max'>> = {
  haltgate_open_exchanges: 'sum',
  haltgate_remote_detector_state: 'max',
  process_resident_memory_bytes: 'sum',
}

/** What of a worker's series counts: what it has counted, and the gauges that join. */
export async function snapshotOf(registry: Registry): Promise<MetricSnapshot> {
  const all = await registry.getMetricsAsJSON()
  return all.filter(({ name, type }) => isCounted(String(type)) || joined[name] !== undefined)
}

/** What of an ended worker's last snapshot stays: its counts, so that no sum goes backwards. */
export function countsOf(snapshot: MetricSnapshot): MetricSnapshot {
  return snapshot.filter(({ type }) => isCounted(String(type)))
}

/** One series for each name and set of labels: the primary's, and what the workers have on top. */
export async function sumOf(own: Registry, workers: readonly MetricSnapshot[]): Promise<string> {
  const snapshots = [await own.getMetricsAsJSON(), ...workers].map((snapshot) =>
    snapshot.map((metric) => ({ ...metric, aggregator: joined[metric.name] ?? 'sum' })),
  )
  return AggregatorRegistry.aggregate(snapshots).metrics()
}

/** The counts of two snapshots as one. */
export async function added(a: MetricSnapshot, b: MetricSnapshot): Promise<MetricSnapshot> {
  if (a.length === 0) return b
  return AggregatorRegistry.aggregate([a, b]).getMetricsAsJSON()
}

const isCounted = (type: string) => type === 'counter' || type === 'histogram' || type === 'summary'
