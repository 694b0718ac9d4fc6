import { sql } from 'kysely'
import { makeAppendOnly } from './append-only.ts'
import type { RecordMigration } from './migration.ts'

export const incidents = (kind: 'sqlite' | 'postgres'): RecordMigration => ({
  async up(db) {
    await db.schema
      .createTable('incident')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('severity', 'text', (c) => c.notNull().check(sql`severity in ('P0', 'P1', 'P2', 'P3')`))
      .addColumn('safety', 'text', (c) => c.notNull().check(sql`safety in ('none', 'high', 'critical')`))
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('cause', 'text', (c) => c.notNull())
      .addColumn('scope', 'text')
      .addColumn('dedupe_key', 'text', (c) => c.notNull())
      .addColumn('halt_id', 'text', (c) => c.unique())
      .addColumn('halt_cleared_at_ms', 'bigint')
      .addColumn('detected_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('opened_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('acknowledged_at_ms', 'bigint')
      .addColumn('contained_at_ms', 'bigint')
      .addColumn('resolved_at_ms', 'bigint')
      .addColumn('closed_at_ms', 'bigint')
      .addColumn('signal_count', 'bigint', (c) => c.notNull())
      .addColumn('last_signal_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('last_seq', 'bigint', (c) => c.notNull())
      .addColumn('drill', 'bigint', (c) => c.notNull().check(sql`drill in (0, 1)`))
      .addColumn('time_scale', 'double precision', (c) => c.notNull())
      .execute()
    // At most one open incident per key, whoever opens it and however many at once.
    await sql`create unique index incident_one_open_per_key on incident (dedupe_key)
      where status in ('triage', 'investigating', 'identified', 'contained', 'monitoring')`.execute(db)
    await db.schema
      .createIndex('incident_by_opening')
      .on('incident')
      .columns(['opened_at_ms', 'id'])
      .execute()

    await db.schema
      .createTable('incident_event')
      .addColumn('incident_id', 'text', (c) => c.notNull().references('incident.id'))
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('actor', 'text', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('data', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('incident_event_pk', ['incident_id', 'seq'])
      .execute()
    await makeAppendOnly(db, kind, 'incident_event')
  },
})
