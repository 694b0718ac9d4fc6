import type { Logger } from '../logger.ts'
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
export async function openRecords({ url, sqlitePath, logger }: OpenRecordsOptions): Promise<Records> {
  if (url === 'sqlite') return createSqliteRecords(sqlitePath, logger)
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('stores.records: expected sqlite or postgres://…')
  // Not read by a start that needs no Postgres.
  const { createPostgresRecords } = await import('./postgres-records.ts')
  return createPostgresRecords(url, logger)
}
