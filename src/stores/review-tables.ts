import type { Selectable } from 'kysely'

/** The review queue, its decisions, what they lead to, and the evidence vault. Types as in `record-tables.ts`. */
export interface ReviewTables {
  review_item: ReviewItemTable
  review_decision: ReviewDecisionTable
  label_outcome: LabelOutcomeTable
  label_head: LabelHeadTable
  confirmed_miss: ConfirmedMissTable
  evidence: EvidenceTable
}

/** An exchange that a clinician is to look at. No text of it stands here. */
export interface ReviewItemTable {
  id: string
  at_ms: number
  kind: string
  /** What comes first has the lowest. */
  rank: number
  category: string
  level: string | null
  engine: string
  engine_version: string
  /** Whether the engine showed that it heard a crisis; null where nobody knows. */
  engine_heard: number | null
  language: string
  session_hash: string | null
  tenant: string | null
  score: number
  detector_version: string
  /** Somebody may be in danger now: clinical on-call is to be paged. */
  page: number
  evidence: string
  state: string
  decided_at_ms: number | null
  crisis: string | null
  missed: string | null
  harmful: string | null
}

/** What one person decided about one item; rows are added, never changed. */
export interface ReviewDecisionTable {
  item_id: string
  person_id: string
  by_name: string
  at_ms: number
  crisis: string
  missed: string
  harmful: string
  outcome_code: string | null
}

/** A decision about the random sample, as an outcome for the tests of crisis detection. */
export interface LabelOutcomeTable {
  seq: number
  item_id: string
  at_ms: number
  engine: string
  engine_version: string
  label: number
  kind: string
  level: string | null
  language: string
  heard: number
}

export interface LabelHeadTable {
  one: number
  seq: number
}

/** A miss on real traffic that clinicians have confirmed; written with the decision, so that what follows is never lost. */
export interface ConfirmedMissTable {
  item_id: string
  engine: string
  level: string | null
  /** When it was decided. */
  at_ms: number
  /** When the plan's answer to it was given and recorded; null until then. */
  done_at_ms: number | null
  /** Whether the plan halts the engine for it. */
  halted: number | null
}

/** What was said, encrypted; each row under a key of its own that is itself encrypted. */
export interface EvidenceTable {
  item_id: string
  sealed: string
  wrapped_key: string
  /** Which master key wraps the row's key. */
  key_id: string
  delete_after_ms: number
  held: number
}

export type ReviewItemRow = Selectable<ReviewItemTable>
export type ReviewDecisionRow = Selectable<ReviewDecisionTable>
export type ConfirmedMissRow = Selectable<ConfirmedMissTable>
export type EvidenceRow = Selectable<EvidenceTable>
