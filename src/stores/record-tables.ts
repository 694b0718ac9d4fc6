import type { Selectable } from 'kysely'
import type { CrisisTables } from './crisis-tables.ts'
import type { ReviewTables } from './review-tables.ts'

/**
 * The record tables as both databases hold them. Only three types are used, so that a row reads the same in SQLite and
 * PostgreSQL: text, whole numbers (`bigint`, read as numbers) and, for `time_scale` and `score`, `double precision`. Times
 * are epoch milliseconds, JSON is text, yes and no are 1 and 0. Described in docs/keys-and-tables.md.
 */
export interface Tables extends CrisisTables, ReviewTables {
  incident: IncidentTable
  incident_event: IncidentEventTable
  audit: AuditTable
  audit_head: AuditHeadTable
  person: PersonTable
  api_key: ApiKeyTable
}

/** The current state of an incident: a projection of its events. */
export interface IncidentTable {
  id: string
  title: string
  type: string
  severity: string
  safety: string
  status: string
  source: string
  cause: string
  scope: string | null
  dedupe_key: string
  halt_id: string | null
  halt_cleared_at_ms: number | null
  detected_at_ms: number
  opened_at_ms: number
  acknowledged_at_ms: number | null
  contained_at_ms: number | null
  resolved_at_ms: number | null
  closed_at_ms: number | null
  signal_count: number
  last_signal_at_ms: number
  last_seq: number
  drill: number
  time_scale: number
}

/** What happened; rows are added, never changed or removed. */
export interface IncidentEventTable {
  incident_id: string
  seq: number
  at_ms: number
  actor: string
  type: string
  data: string
}

/** The hash-chained audit log; rows are added, never changed or removed. */
export interface AuditTable {
  seq: number
  at_ms: number
  actor: string
  action: string
  target: string
  reason: string
  data: string
  ref: string | null
  prev_hash: string
  hash: string
}

/** One row: the end of the audit chain. Whoever appends holds its lock. */
export interface AuditHeadTable {
  one: number
  seq: number
  hash: string
}

export interface PersonTable {
  id: string
  name: string
  /** The name as compared: no two persons may look the same. */
  name_key: string
  kind: string
  created_at_ms: number
  created_by: string
  disabled_at_ms: number | null
}

export interface ApiKeyTable {
  id: string
  person_id: string
  label: string | null
  prefix: string
  hash: string
  roles: string
  created_at_ms: number
  created_by: string
  revoked_at_ms: number | null
  last_used_at_ms: number | null
}

export type IncidentRow = Selectable<IncidentTable>
export type IncidentEventRow = Selectable<IncidentEventTable>
export type AuditRow = Selectable<AuditTable>
