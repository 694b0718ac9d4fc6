import { renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import type { TestStateStore } from './test-state.ts'

/** Tables: see docs/keys-and-tables.md. */
const schema = `
  CREATE TABLE IF NOT EXISTS test_leases (
    name     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    token    INTEGER NOT NULL, -- only grows, also while nobody holds the lease
    until_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS test_states (
    key      TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    value    TEXT NOT NULL
  ) STRICT;
`

const busyTimeoutMs = 1_000

/** A lease that ends later than this was granted before the clock was set back, and is nobody's. */
const longestLeaseMs = 60_000

const LeaseRow = z.object({ holder: z.string(), token: z.number(), until_ms: z.number() })
const StateRow = z.object({ revision: z.number(), value: z.string() })

/**
 * Keeps the state on this machine's own disk. The file is opened at the first verb, and again after a failure. An outcome
 * that a crash takes with it is measured again, and so a write need not reach the disk before it counts. A data directory
 * belongs to one process; the lease tells it apart from the one before.
 */
export function createSqliteTestState(file: string, nowMs: () => number = Date.now): TestStateStore {
  let db: DatabaseSync | undefined
  let closed = false

  async function use<T>(work: (db: DatabaseSync) => T): Promise<T> {
    if (closed) throw new GatewayError('unavailable', 'the store of the tests is closed')
    try {
      db ??= open(file)
      db.exec('BEGIN IMMEDIATE')
      const result = work(db)
      db.exec('COMMIT')
      return result
    } catch (cause) {
      db?.close()
      db = undefined
      throw new GatewayError('unavailable', `the state of the tests in ${file} cannot be used`, { cause })
    }
  }

  function leaseOf(open: DatabaseSync, name: string) {
    const row = open.prepare('SELECT holder, token, until_ms FROM test_leases WHERE name = ?').get(name)
    return row === undefined ? undefined : LeaseRow.parse(row)
  }

  function stateOf(open: DatabaseSync, key: string) {
    const row = open.prepare('SELECT revision, value FROM test_states WHERE key = ?').get(key)
    return row === undefined ? undefined : StateRow.parse(row)
  }

  return {
    acquire: (name, holder, ttlMs) =>
      use((open) => {
        const held = leaseOf(open, name)
        const leftMs = (held?.until_ms ?? 0) - nowMs()
        const isHeld = held !== undefined && leftMs > 0 && leftMs <= Math.max(longestLeaseMs, ttlMs)
        if (isHeld && held.holder !== holder) return undefined
        // At least the time, as in Redis: tokens grow on also when the file was lost.
        const token = isHeld ? held.token : Math.max((held?.token ?? 0) + 1, Math.floor(nowMs()))
        open
          .prepare(
            `INSERT INTO test_leases (name, holder, token, until_ms) VALUES (?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = excluded.token, until_ms = excluded.until_ms`,
          )
          .run(name, holder, token, Math.round(nowMs() + ttlMs))
        return { token, ttlMs }
      }),

    release: (name, holder) =>
      use((open) => {
        open.prepare('UPDATE test_leases SET until_ms = 0 WHERE name = ? AND holder = ?').run(name, holder)
      }),

    read: (key) => use((open) => stateOf(open, key)),

    write: (key, value, { expected, lease, token }) =>
      use((open) => {
        const held = leaseOf(open, lease)
        if (held === undefined || held.token !== token || held.until_ms <= nowMs())
          return { written: false, why: 'fenced' }
        if ((stateOf(open, key)?.revision ?? 0) !== expected) return { written: false, why: 'conflict' }
        open
          .prepare(
            `INSERT INTO test_states (key, revision, value) VALUES (?, ?, ?)
             ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, value = excluded.value`,
          )
          .run(key, expected + 1, value)
        return { written: true, revision: expected + 1 }
      }),

    async close() {
      closed = true
      db?.close()
      db = undefined
    },
  }
}

/** A damaged file must not keep anybody from measuring: it is put aside, and the tests begin anew. */
function open(file: string): DatabaseSync {
  try {
    return openSound(file)
  } catch (error) {
    if (!isDamage(error)) throw error
    renameSync(file, `${file}.damaged`)
    return openSound(file)
  }
}

const isDamage = (error: unknown) =>
  error instanceof Error && /malformed|not a database|damaged/.test(error.message)

/** A rollback journal, for the reason that the halts have one. */
function openSound(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs })
  try {
    const state = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
    if (state !== 'ok') throw new Error('the file is damaged')
    db.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL;')
    db.exec(schema)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
