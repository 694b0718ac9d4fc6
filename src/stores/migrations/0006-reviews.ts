import { sql } from 'kysely'
import type { RecordMigration } from './migration.ts'

export const reviews = (): RecordMigration => ({
  async up(db) {
    await db.schema
      .createTable('review_item')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) =>
        c.notNull().check(sql`kind in ('presumed-miss', 'caught-reply', 'sampled-clear', 'reported')`),
      )
      .addColumn('rank', 'bigint', (c) => c.notNull())
      .addColumn('category', 'text', (c) => c.notNull())
      .addColumn('level', 'text')
      .addColumn('engine', 'text', (c) => c.notNull())
      .addColumn('engine_version', 'text', (c) => c.notNull())
      .addColumn('engine_heard', 'bigint')
      .addColumn('language', 'text', (c) => c.notNull())
      .addColumn('session_hash', 'text')
      .addColumn('tenant', 'text')
      .addColumn('score', 'double precision', (c) => c.notNull())
      .addColumn('detector_version', 'text', (c) => c.notNull())
      .addColumn('page', 'bigint', (c) => c.notNull())
      .addColumn('evidence', 'text', (c) =>
        c.notNull().check(sql`evidence in ('kept', 'gone', 'no-master-key', 'none')`),
      )
      .addColumn('state', 'text', (c) => c.notNull().check(sql`state in ('open', 'disputed', 'decided')`))
      .addColumn('decided_at_ms', 'bigint')
      .addColumn('crisis', 'text')
      .addColumn('missed', 'text')
      .addColumn('harmful', 'text')
      .execute()
    await sql`create index review_item_open on review_item (rank, at_ms) where state <> 'decided'`.execute(db)
    await sql`create index review_item_missed on review_item (engine, decided_at_ms) where missed = 'yes'`.execute(
      db,
    )

    await db.schema
      .createTable('review_decision')
      .addColumn('item_id', 'text', (c) => c.notNull())
      .addColumn('person_id', 'text', (c) => c.notNull())
      .addColumn('by_name', 'text', (c) => c.notNull())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('crisis', 'text', (c) => c.notNull())
      .addColumn('missed', 'text', (c) => c.notNull())
      .addColumn('harmful', 'text', (c) => c.notNull())
      .addColumn('outcome_code', 'text')
      .addPrimaryKeyConstraint('review_decision_pk', ['item_id', 'person_id'])
      .execute()

    await db.schema
      .createTable('label_outcome')
      .addColumn('seq', 'bigint', (c) => c.primaryKey())
      .addColumn('item_id', 'text', (c) => c.notNull().unique())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('engine', 'text', (c) => c.notNull())
      .addColumn('engine_version', 'text', (c) => c.notNull())
      .addColumn('label', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('level', 'text')
      .addColumn('language', 'text', (c) => c.notNull())
      .addColumn('heard', 'bigint', (c) => c.notNull())
      .execute()
    // One row: whoever adds an outcome holds its lock, so that no place in the order is skipped or taken twice.
    await db.schema
      .createTable('label_head')
      .addColumn('one', 'bigint', (c) => c.primaryKey())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .execute()
    await sql`insert into label_head (one, seq) values (1, 0)`.execute(db)

    await db.schema
      .createTable('evidence')
      .addColumn('item_id', 'text', (c) => c.primaryKey())
      .addColumn('sealed', 'text', (c) => c.notNull())
      .addColumn('wrapped_key', 'text', (c) => c.notNull())
      .addColumn('key_id', 'text', (c) => c.notNull())
      .addColumn('delete_after_ms', 'bigint', (c) => c.notNull())
      .addColumn('held', 'bigint', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('evidence_to_delete').on('evidence').column('delete_after_ms').execute()
  },
})
