import type { Kysely, Transaction } from 'kysely'
import { GatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { Tables } from './record-tables.ts'

export type RecordsDb = Kysely<Tables>
export type RecordsTransaction = Transaction<Tables>

/**
 * The records database: incidents, audit, persons and keys. The same queries run on SQLite and PostgreSQL.
 *
 * Every verb rejects with `GatewayError` `unavailable` when the database cannot be reached, is full, read-only, busy
 * beyond its time limit, or not migrated yet; nothing hangs. Errors that `work` throws come through as they are.
 */
export interface Records {
  readonly kind: 'sqlite' | 'postgres'
  /** Whether the last verb reached the database; true before the first. */
  readonly reachable: boolean
  /** Queries that change nothing; each sees the newest committed state. */
  read<T>(work: (db: RecordsDb) => Promise<T>): Promise<T>
  /**
   * One transaction. `work` is run again from its start when another writer got in the way, so it must have no effect
   * besides its queries. After `unavailable` it is unknown whether a commit under way took place.
   */
  write<T>(work: (trx: RecordsTransaction) => Promise<T>): Promise<T>
  /** Brings the tables up to date. Safe to repeat, and on several gateways at once. */
  migrate(): Promise<void>
  close(): Promise<void>
}

/**
 * What an error of the database means. `conflict`: another writer got in the way, try again; `unavailable`: the
 * database cannot do it now; `other`: not the database's fault.
 */
export type RecordsFailure = 'conflict' | 'unavailable' | 'other'

/** What SQLite and PostgreSQL each bring along. */
export interface RecordsDriver {
  kind: Records['kind']
  db: RecordsDb
  /** Where it is, for people; without credentials. */
  place: string
  failureOf(error: unknown): RecordsFailure
  migrate(): Promise<void>
}

/** How long a verb keeps trying against other writers. */
const conflictTimeoutMs = 5_000
const longestPauseMs = 25

export function createRecords(driver: RecordsDriver, logger: Logger): Records {
  const { kind, db, place } = driver
  let away = false

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + conflictTimeoutMs
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const result = await work()
        if (away) logger.info({ place }, 'the records database is back')
        away = false
        return result
      } catch (error) {
        const failure = error instanceof GatewayError ? 'other' : driver.failureOf(error)
        if (failure === 'other') throw error
        if (failure === 'unavailable' || performance.now() > deadlineMs) throw unavailable(error)
        // Random, so that two writers do not meet again and again.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs))
      }
    }
  }

  function unavailable(cause: unknown): GatewayError {
    if (!away) logger.warn({ place, ...errorFields(cause) }, 'the records database is not available')
    away = true
    return new GatewayError(
      'unavailable',
      'the records database is not available; nothing is known to have changed: try again',
      { cause },
    )
  }

  return {
    kind,
    get reachable() {
      return !away
    },
    read: (work) => attempt(() => work(db)),
    write: (work) => attempt(() => db.transaction().execute(work)),
    migrate: () => attempt(() => driver.migrate()),
    close: () => db.destroy(),
  }
}
