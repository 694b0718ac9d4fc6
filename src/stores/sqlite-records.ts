import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Logger } from '../logger.ts'
import { migrateInTransaction } from './migrate.ts'
import type { Tables } from './record-tables.ts'
import { createRecords, type Records, type RecordsFailure } from './records.ts'

/** Kysely makes its SQL anew for each query; ours are a few dozen shapes. */
const maxStatements = 200

/**
 * Keeps the records in one SQLite file: a rollback journal (see sqlite-halts.ts) and `synchronous=FULL`, so that a
 * commit is on the disk when its promise resolves. Opens the file at the first verb, and again after an I/O error, so a gateway starts with a missing, full
 * or read-only disk and uses it as soon as it can.
 */
export function createSqliteRecords(file: string, logger: Logger): Records {
  const db = new Kysely<Tables>({ dialect: new Dialect({ database: openLazily(file) }) })
  const migrate = () => migrateInTransaction(db)
  return createRecords({ kind: 'sqlite', db, place: file, failureOf, migrate }, logger)
}

class Dialect extends SqliteDialect {
  override createAdapter() {
    return new Adapter()
  }
}

/** Kysely leaves DDL out of transactions on SQLite because of foreign keys that are switched off; ours never are. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}

/** What Kysely needs of a database, over `node:sqlite`. */
function openLazily(file: string): SqliteDatabase {
  let db: DatabaseSync | undefined
  const statements = new Map<string, StatementSync>()

  function close() {
    statements.clear()
    if (db?.isOpen) db.close()
    db = undefined
  }

  function use<T>(sql: string, work: (statement: StatementSync) => T): T {
    try {
      db ??= openDatabase(file)
      return work(prepared(db, sql))
    } catch (error) {
      if (isLost(error)) close()
      throw error
    }
  }

  function prepared(database: DatabaseSync, sql: string): StatementSync {
    const statement = statements.get(sql) ?? database.prepare(sql)
    // Moved to the end: the first in the map is the one unused for longest.
    statements.delete(sql)
    statements.set(sql, statement)
    const [oldest] = statements.keys()
    if (statements.size > maxStatements && oldest !== undefined) statements.delete(oldest)
    return statement
  }

  return {
    close,
    prepare(text) {
      // A transaction that began by reading could not become a writer once another had written.
      const sql = text === 'begin' ? 'begin immediate' : text
      // SQLite has ended the transaction by itself after some errors; the error itself is what callers must see.
      if (sql === 'rollback' && !db?.isTransaction) return nothing
      return {
        reader: use(sql, (statement) => statement.columns().length > 0),
        all: (values) => use(sql, (statement) => statement.all(...values.map(bindable))),
        run: (values) => use(sql, (statement) => statement.run(...values.map(bindable))),
        iterate: (values) => use(sql, (statement) => statement.iterate(...values.map(bindable))),
      }
    },
  }
}

const nothing: ReturnType<SqliteDatabase['prepare']> = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
}

function openDatabase(file: string): DatabaseSync {
  // No busy timeout: it would block the event loop and with it the traffic. `createRecords` waits and tries again.
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec(
      'PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON',
    )
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value
  throw new TypeError(`SQLite takes text, numbers, bytes and null, got ${typeof value}`)
}

// Primary result codes: https://sqlite.org/rescode.html
const busy = [5, 6]
const lost = [8, 10, 11, 14, 26]
const full = [7, 13]

function failureOf(error: unknown): RecordsFailure {
  const code = resultCode(error)
  if (code === undefined) return 'other'
  if (busy.includes(code)) return 'conflict'
  const notMigrated = code === 1 && error instanceof Error && error.message.startsWith('no such table')
  return lost.includes(code) || full.includes(code) || notMigrated ? 'unavailable' : 'other'
}

const isLost = (error: unknown) => lost.includes(resultCode(error) ?? 0)

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}
