import type { EngineName } from '../engines/engine.ts'
import type { IncidentType, SafetySeverity, Severity } from '../plan/severity.ts'
import { type BreachLevel, type BreachResponse, breachLevels, type Limit } from '../plan/threshold.ts'

/** A signal that crossed a limit of the plan, from then until it was regained. */
export interface Breach {
  /** Unique for ever. */
  id: string
  /** The same for every breach of this threshold by this engine: `error-rate-critical:primary`. */
  key: string
  /** The same for all levels of one signal of one engine, which share one incident: `error-rate:primary`. */
  incidentKey: string
  /** Name of the threshold in the plan. */
  threshold: string
  signal: string
  level: BreachLevel
  /** Absent: the service as a whole. */
  engine?: EngineName
  /** The limit and on which side of it the breach lies. Latencies in milliseconds, rates as shares. */
  limit: Limit
  /** Latencies: which percentile was judged. */
  percentile?: number
  /** Value and samples when the breach began. */
  value: number
  samples: number
  /** The value furthest from the limit so far. */
  worstValue: number
  /** Epoch milliseconds when the limit was first crossed; earlier than `startedAtMs` by the threshold's `forMs`. */
  crossedAtMs: number
  /** Epoch milliseconds when the breach began. */
  startedAtMs: number
  /** Epoch milliseconds; absent while it lasts. */
  endedAtMs?: number
  /** Null: opens no incident. */
  severity: Severity | null
  safety: SafetySeverity
  type: IncidentType
  responses: BreachResponse[]
}

/** `ended`: the signal recovered, or the plan no longer has this threshold (`why`). */
export type BreachChange =
  | { kind: 'opened'; breach: Breach }
  | { kind: 'ended'; breach: Breach; why: 'recovered' | 'plan-changed' }

/** Gravest first: by level, then by severity. */
export function compareBreaches(a: Breach, b: Breach): number {
  return (
    breachLevels.indexOf(b.level) - breachLevels.indexOf(a.level) ||
    severityRank(a.severity) - severityRank(b.severity)
  )
}

/** One breach per signal and engine, the gravest, for display: it stands for the milder ones. Gravest first. */
export function gravest(breaches: readonly Breach[]): Breach[] {
  const seen = new Set<string>()
  return [...breaches].sort(compareBreaches).filter(({ incidentKey }) => {
    const first = !seen.has(incidentKey)
    seen.add(incidentKey)
    return first
  })
}

/** How grave an incident of these breaches is: the highest of each axis (R7); `undefined` where none opens one. */
export function severityOf(
  breaches: readonly Breach[],
): { severity: Severity; safety: SafetySeverity; type: IncidentType } | undefined {
  const opening = breaches.filter(({ severity }) => severity !== null)
  const worst = opening.sort((a, b) => severityRank(a.severity) - severityRank(b.severity))[0]
  if (worst === undefined || worst.severity === null) return undefined
  const safety = (['critical', 'high'] as const).find((level) => opening.some((b) => b.safety === level))
  return { severity: worst.severity, safety: safety ?? 'none', type: worst.type }
}

/** 0 is the gravest. */
function severityRank(severity: Severity | null): number {
  return severity === null ? 4 : ['P0', 'P1', 'P2', 'P3'].indexOf(severity)
}
