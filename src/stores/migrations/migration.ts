import type { Kysely } from 'kysely'

/** One step of the tables' history. There is no way back: a mistake is mended by a further step. */
export interface RecordMigration {
  up(db: Kysely<unknown>): Promise<void>
}
