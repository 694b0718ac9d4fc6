import { z } from 'zod'
import { type Cell, clean, durationText, type Look } from './look.ts'

const Quantiles = z.looseObject({ p50Ms: z.number(), p95Ms: z.number() }).nullish()
const Reading = z.looseObject({
  windowMs: z.number(),
  samples: z.number(),
  errorRate: z.number().nullish(),
  firstByte: Quantiles,
  total: Quantiles,
})

const BreachShape = z.looseObject({
  level: z.string(),
  threshold: z.string(),
  signal: z.string(),
  engine: z.string().nullish(),
  value: z.number(),
  limit: z.looseObject({ kind: z.string(), value: z.number() }),
  startedAtMs: z.number(),
})

/** What an engine was measured at: `12 in 5 min, errors 0.4 %, first byte p50 210 ms p95 820 ms`. */
export function readingText(signals: unknown): string {
  const read = Reading.safeParse(signals)
  if (!read.success) return flat(signals)
  const { windowMs, samples, errorRate, firstByte, total } = read.data
  return [
    `${samples} in ${durationText(windowMs)}`,
    ...(typeof errorRate === 'number' ? [`errors ${percent(errorRate)}`] : []),
    ...quantilesText('first byte', firstByte),
    ...quantilesText('total', total),
  ].join(', ')
}

/** Breached thresholds, one a line. */
export function breachLines(look: Look, breaches: readonly unknown[]): string {
  const rows = breaches.map((breach): Cell[] => {
    const read = BreachShape.safeParse(breach)
    if (!read.success) return ['', '', '', flat(breach)]
    const { level, threshold, signal, engine, value, limit, startedAtMs } = read.data
    const inUnits = (number: number) => valueText(signal, number)
    return [
      { text: level, style: level === 'critical' ? 'red' : 'yellow' },
      threshold,
      engine ?? 'service',
      `${inUnits(value)} (limit ${inUnits(limit.value)}), since ${look.time(startedAtMs)}`,
    ]
  })
  return look.table(['BREACH', 'THRESHOLD', 'WHERE', 'VALUE'], rows)
}

function quantilesText(name: string, quantiles: z.infer<typeof Quantiles>): string[] {
  return quantiles ? [`${name} p50 ${millis(quantiles.p50Ms)} p95 ${millis(quantiles.p95Ms)}`] : []
}

/** A signal's name says its unit: latencies and times in milliseconds, rates and shares from 0 to 1. */
function valueText(signal: string, value: number): string {
  if (/(?:latency|time)$/.test(signal)) return millis(value)
  return /rate$/.test(signal) ? percent(value) : String(Number(value.toPrecision(4)))
}

function millis(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : durationText(ms)
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

/** What a newer gateway says in a shape of its own, on one line. */
function flat(value: unknown): string {
  return clean(leaves(value).join(', '))
}

function leaves(value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object') return [String(value)]
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner).map((leaf) => `${name} ${leaf}`))
}
