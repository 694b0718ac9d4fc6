import { sql } from 'kysely'
import type { RecordMigration } from './migration.ts'

export const crisisEvents = (): RecordMigration => ({
  async up(db) {
    await db.schema
      .createTable('crisis_event')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('outcome', 'text', (c) => c.notNull())
      .addColumn('category', 'text', (c) => c.notNull())
      .addColumn('level', 'text', (c) => c.notNull())
      .addColumn('score', 'double precision', (c) => c.notNull())
      .addColumn('user_hash', 'text')
      .addColumn('session_hash', 'text')
      .addColumn('sealed_session', 'text')
      .addColumn('tenant', 'text')
      .addColumn('jurisdiction', 'text', (c) => c.notNull())
      .addColumn('age_band', 'text', (c) => c.notNull())
      .addColumn('engine', 'text', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('text_version', 'text')
      .addColumn('detector_version', 'text', (c) => c.notNull())
      .addColumn('mode', 'text', (c) => c.notNull().check(sql`mode in ('enforce', 'observe')`))
      .addColumn('page_by_ms', 'bigint')
      .addColumn('overdue_at_ms', 'bigint')
      .addColumn('acknowledged_at_ms', 'bigint')
      .addColumn('acknowledged_by', 'text')
      .addColumn('outcome_code', 'text')
      .addColumn('outcome_at_ms', 'bigint')
      .addColumn('outcome_by', 'text')
      .execute()
    await db.schema.createIndex('crisis_event_by_time').on('crisis_event').columns(['at_ms', 'id']).execute()
    await sql`create index crisis_event_to_page on crisis_event (page_by_ms)
      where page_by_ms is not null and acknowledged_at_ms is null`.execute(db)

    await db.schema
      .createTable('referral_register')
      .addColumn('day', 'text', (c) => c.notNull())
      .addColumn('jurisdiction', 'text', (c) => c.notNull())
      .addColumn('age_band', 'text', (c) => c.notNull())
      .addColumn('category', 'text', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('text_version', 'text', (c) => c.notNull())
      .addColumn('detector_version', 'text', (c) => c.notNull())
      .addColumn('delivered', 'text', (c) => c.notNull())
      .addColumn('count', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('referral_register_pk', [
        'day',
        'jurisdiction',
        'age_band',
        'category',
        'source',
        'text_version',
        'detector_version',
        'delivered',
      ])
      .execute()

    await db.schema
      .createTable('protocol_log')
      .addColumn('day', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('detail', 'text', (c) => c.notNull())
      .addColumn('first_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('last_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('count', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('protocol_log_pk', ['day', 'kind', 'detail'])
      .execute()

    await db.schema
      .createTable('caught_reply')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('score', 'double precision', (c) => c.notNull())
      .addColumn('detector_version', 'text', (c) => c.notNull())
      .addColumn('user_hash', 'text')
      .addColumn('session_hash', 'text')
      .addColumn('tenant', 'text')
      .addColumn('engine', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('mode', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('caught_reply_by_time').on('caught_reply').columns(['at_ms', 'id']).execute()

    await db.schema
      .createTable('screening_count')
      .addColumn('day', 'text', (c) => c.notNull())
      .addColumn('mode', 'text', (c) => c.notNull())
      .addColumn('side', 'text', (c) => c.notNull())
      .addColumn('what', 'text', (c) => c.notNull())
      .addColumn('level', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('count', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('screening_count_pk', ['day', 'mode', 'side', 'what', 'level', 'action'])
      .execute()
    await db.schema
      .createTable('counted_batch')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .execute()
  },
})
