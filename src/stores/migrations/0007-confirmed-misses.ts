import { sql } from 'kysely'
import type { RecordMigration } from './migration.ts'

export const confirmedMisses = (): RecordMigration => ({
  async up(db) {
    await db.schema
      .createTable('confirmed_miss')
      .addColumn('item_id', 'text', (c) => c.primaryKey())
      .addColumn('engine', 'text', (c) => c.notNull())
      .addColumn('level', 'text')
      .addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('done_at_ms', 'bigint')
      .addColumn('halted', 'bigint')
      .execute()
    // What a gateway asks for every few seconds: only what nobody has answered yet is in it.
    await sql`create index confirmed_miss_waiting on confirmed_miss (at_ms) where done_at_ms is null`.execute(
      db,
    )
    await db.schema
      .createIndex('confirmed_miss_by_engine')
      .on('confirmed_miss')
      .columns(['engine', 'at_ms'])
      .execute()
  },
})
