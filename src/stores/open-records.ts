import type { Logger } from '../logger.ts'
import { createPostgresRecords } from './postgres-records.ts'
import type { Records } from './records.ts'
import { createSqliteRecords } from './sqlite-records.ts'

export interface OpenRecordsOptions {
  /** `sqlite`, or `postgres://…`. */
  url: string
  /** The file for `sqlite`. */
  sqlitePath: string
  logger: Logger
}

/**
 * The records database of this configuration. Connects to nothing yet and does not fail when the database is away;
 * call `migrate()` until it succeeds.
 */
export function openRecords({ url, sqlitePath, logger }: OpenRecordsOptions): Records {
  if (url === 'sqlite') return createSqliteRecords(sqlitePath, logger)
  if (/^postgres(ql)?:\/\//.test(url)) return createPostgresRecords(url, logger)
  throw new Error('stores.records: expected sqlite or postgres://…')
}
