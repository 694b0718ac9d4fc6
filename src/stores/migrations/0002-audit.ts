import { sql } from 'kysely'
import { makeAppendOnly } from './append-only.ts'
import type { RecordMigration } from './migration.ts'

export const audit = (kind: 'sqlite' | 'postgres'): RecordMigration => ({
  async up(db) {
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'bigint', (c) => c.primaryKey())
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('actor', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('data', 'text', (c) => c.notNull())
      .addColumn('ref', 'text', (c) => c.unique())
      .addColumn('prev_hash', 'text', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .execute()
    await makeAppendOnly(db, kind, 'audit')

    await db.schema
      .createTable('audit_head')
      .addColumn('one', 'bigint', (c) => c.primaryKey().check(sql`one = 1`))
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .execute()
    // The first line links to nothing: 64 zeros.
    await sql`insert into audit_head (one, seq, hash) values (1, 0, ${sql.lit('0'.repeat(64))})`.execute(db)
  },
})
