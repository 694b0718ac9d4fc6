import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations/index.ts'
import type { Tables } from './record-tables.ts'

/** For SQLite: the whole migration is one transaction, which also keeps other processes out. */
export async function migrateInTransaction(db: Kysely<Tables>): Promise<void> {
  if (await isUpToDate(migrator(db, 'sqlite'))) return
  await db.transaction().execute((trx) => run(migrator(trx, 'sqlite')))
}

/** For PostgreSQL: Kysely's migrator takes an advisory lock and migrates in a transaction under it. */
export async function migrateWithLock(db: Kysely<Tables>): Promise<void> {
  const one = migrator(db, 'postgres')
  if (!(await isUpToDate(one))) await run(one)
}

function migrator(db: Kysely<Tables>, kind: 'sqlite' | 'postgres'): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations(kind) } })
}

/**
 * Whether all migrations that this version knows have been run. A newer version may have run more: migrations only
 * add, so an older gateway goes on working beside it.
 */
async function isUpToDate(one: Migrator): Promise<boolean> {
  return (await one.getMigrations()).every(({ executedAt }) => executedAt !== undefined)
}

async function run(one: Migrator): Promise<void> {
  const { error } = await one.migrateToLatest()
  if (error !== undefined) throw error
}
