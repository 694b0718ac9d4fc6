import { z } from 'zod'
import { IncidentType, SafetySeverity, Severity } from '../plan/severity.ts'
import type { IncidentEventRow, IncidentRow } from '../stores/record-tables.ts'
import { Facts, factsFromText } from '../stores/record-values.ts'

/** Where an incident stands. So far incidents are opened and resolved; the steps between come with the response. */
export const IncidentStatus = z.enum([
  'triage',
  'investigating',
  'identified',
  'contained',
  'monitoring',
  'resolved',
  'post_incident',
  'closed',
  'false_alarm',
  'merged',
])
export type IncidentStatus = z.infer<typeof IncidentStatus>

/** In these an incident is open: a repeated signal joins it. The unique index of the table names the same. */
export const openStatuses = [
  'triage',
  'investigating',
  'identified',
  'contained',
  'monitoring',
] as const satisfies IncidentStatus[]

const atMs = z.number().int().nonnegative()

/** The current state of an incident. Times are epoch milliseconds. */
export const Incident = z.object({
  id: z.string(),
  title: z.string(),
  type: IncidentType,
  severity: Severity,
  safety: SafetySeverity,
  status: IncidentStatus,
  /** What raised it: `signals`, `halt`, a person's declaration, … */
  source: z.string(),
  cause: z.string(),
  /** What is affected, as a halt's scope; `null` when that is not known. */
  scope: z.string().nullable(),
  dedupeKey: z.string(),
  haltId: z.string().nullable(),
  haltClearedAtMs: atMs.nullable(),
  /** Of the first signal: from here all deadlines count (C19). */
  detectedAtMs: atMs,
  openedAtMs: atMs,
  acknowledgedAtMs: atMs.nullable(),
  containedAtMs: atMs.nullable(),
  resolvedAtMs: atMs.nullable(),
  closedAtMs: atMs.nullable(),
  /** How often its signal came, the first time included. */
  signalCount: z.number().int().positive(),
  lastSignalAtMs: atMs,
  drill: z.boolean(),
  /** The plan's time scale when it was opened; 1 in production. */
  timeScale: z.number().positive(),
})
export type Incident = z.infer<typeof Incident>

export const IncidentEvent = z.object({
  seq: z.number().int().positive(),
  atMs,
  actor: z.string(),
  type: z.string(),
  data: Facts,
})
export type IncidentEvent = z.infer<typeof IncidentEvent>

/** Reads a row. Throws `ZodError` for one that this version cannot have written. */
export function incidentOf(row: IncidentRow): Incident {
  return Incident.parse({
    id: row.id,
    title: row.title,
    type: row.type,
    severity: row.severity,
    safety: row.safety,
    status: row.status,
    source: row.source,
    cause: row.cause,
    scope: row.scope,
    dedupeKey: row.dedupe_key,
    haltId: row.halt_id,
    haltClearedAtMs: row.halt_cleared_at_ms,
    detectedAtMs: row.detected_at_ms,
    openedAtMs: row.opened_at_ms,
    acknowledgedAtMs: row.acknowledged_at_ms,
    containedAtMs: row.contained_at_ms,
    resolvedAtMs: row.resolved_at_ms,
    closedAtMs: row.closed_at_ms,
    signalCount: row.signal_count,
    lastSignalAtMs: row.last_signal_at_ms,
    drill: row.drill === 1,
    timeScale: row.time_scale,
  })
}

export function eventOf({ seq, at_ms, actor, type, data }: IncidentEventRow): IncidentEvent {
  return IncidentEvent.parse({ seq, atMs: at_ms, actor, type, data: factsFromText(data) })
}
