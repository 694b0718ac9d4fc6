import {
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely'
import { DatabaseError, Pool, types } from 'pg'
import { errorFields, type Logger } from '../logger.ts'
import { migrateWithLock } from './migrate.ts'
import type { Tables } from './record-tables.ts'
import { createRecords, type Records, type RecordsFailure } from './records.ts'

const connectTimeoutMs = 2_000
const queryTimeoutMs = 5_000
const connections = 8

/**
 * Keeps the records in PostgreSQL. Connects at the first verb; a database that is away, hangs or is a standby makes
 * verbs reject within the time limits, and is used again as soon as it answers.
 * @param url `postgres://user:password@host:port/database?sslmode=…`
 */
export function createPostgresRecords(url: string, logger: Logger): Records {
  const place = withoutCredentials(url)
  const pool = new Pool({
    connectionString: url,
    application_name: 'haltgate',
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
    // The server gives up a little before we stop listening to it, so that locks do not outlive their owner.
    statement_timeout: queryTimeoutMs - 500,
    lock_timeout: queryTimeoutMs - 1_000,
    idle_in_transaction_session_timeout: 2 * queryTimeoutMs,
    keepAlive: true,
    types: { getTypeParser },
  })
  // Without a listener, an idle connection that breaks would end the process.
  pool.on('error', (error) => {
    logger.warn({ place, ...errorFields(error) }, 'an idle connection to the records database broke')
  })
  // So would one that breaks while it is lent out, between two queries: the next query on it fails and tells.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: discardingStuck(pool) }) })
  return createRecords({ kind: 'postgres', db, place, failureOf, migrate: () => migrateWithLock(db) }, logger)
}

/** `bigint` as a number, as SQLite gives it; all our values are far below 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === types.builtins.INT8) return Number
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text')
}

/**
 * pg gives a connection whose query timed out back to the pool with that query still on it, and the next user waits
 * behind it. Here such a connection answers no further query and is thrown away.
 */
function discardingStuck(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client: PostgresPoolClient = await pool.connect()
      let stuck: unknown

      function query<R>(text: string, values: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>>
      function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
      function query<R>(what: string | PostgresCursor<R>, values: ReadonlyArray<unknown> = []) {
        if (typeof what !== 'string') return client.query<R>(what)
        return stuck === undefined ? client.query<R>(what, values).catch(note) : Promise.reject(stuck)
      }

      function note(error: unknown): never {
        // Whatever is not the server's own answer leaves the connection in an unknown state.
        if (!(error instanceof DatabaseError)) stuck = error
        throw error
      }

      return { query, release: (destroy) => client.release(destroy || stuck !== undefined) }
    },
  }
}

// SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
const conflicts = ['40001', '40P01']
const undefinedTable = '42P01'
/** Faults of a query or of its values: another attempt would not help, so they are not the database's absence. */
const faults = ['22', '23', '42', 'P0']

function failureOf(error: unknown): RecordsFailure {
  if (error instanceof DatabaseError) {
    const code = error.code ?? ''
    if (conflicts.includes(code)) return 'conflict'
    return code !== undefinedTable && faults.includes(code.slice(0, 2)) ? 'other' : 'unavailable'
  }
  return isConnectionError(error) ? 'unavailable' : 'other'
}

/** pg reports a broken or refused connection as a plain `Error` without a type of its own. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_TLS|ERR_SSL)/.test(error.code))
    return true
  return /timeout|terminated|connection|connect|not queryable|SSL|SASL|password/i.test(error.message)
}

function withoutCredentials(url: string): string {
  if (!URL.canParse(url))
    throw new Error(
      'the address of the records database is no URL: expected postgres://user@host:port/database',
    )
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
