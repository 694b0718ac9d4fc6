import { sql } from 'kysely'
import type { RecordMigration } from './migration.ts'

export const outbox = (): RecordMigration => ({
  async up(db) {
    await db.schema
      .createTable('outbox')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('channel', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('class', 'text', (c) => c.notNull().check(sql`class in ('safety', 'page', 'update')`))
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('payload', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) =>
        c.notNull().check(sql`state in ('waiting', 'sending', 'delivered', 'failed')`),
      )
      .addColumn('attempts', 'bigint', (c) => c.notNull())
      .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('give_up_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('next_attempt_at_ms', 'bigint', (c) => c.notNull())
      .addColumn('lease_until_ms', 'bigint')
      .addColumn('leased_by', 'text')
      .addColumn('last_error', 'text')
      .addColumn('provider_ref', 'text')
      .addColumn('ended_at_ms', 'bigint')
      .execute()
    // What a gateway asks for several times a second: only rows that are still on their way are in it.
    await sql`create index outbox_under_way on outbox (next_attempt_at_ms)
      where state in ('waiting', 'sending')`.execute(db)
    await db.schema.createIndex('outbox_by_subject').on('outbox').column('subject').execute()
  },
})
