import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type HaltEntry, parseHaltEntry, readCanary } from '../breakers/halt-entry.ts'
import { digestOf } from '../breakers/halt-set.ts'
import type { CanaryStore, Genesis, HaltStore } from './halt-store.ts'

/** Tables: see docs/keys-and-tables.md. */
const schema = `
  CREATE TABLE IF NOT EXISTS halt_entries (
    -- The set of halt entries. Rows are added, never changed; only compaction of halts cleared long ago removes any.
    id    TEXT PRIMARY KEY,
    entry TEXT NOT NULL -- the whole entry as JSON; its id is the row's
  ) STRICT;
  CREATE TABLE IF NOT EXISTS halt_genesis (
    -- The mark that this store has been set up. One row or none.
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    id    TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS halt_confirmations (
    -- One row per gateway that confirms here; the write is the proof, its content is for people.
    gateway_id TEXT PRIMARY KEY,
    times      INTEGER NOT NULL,
    last_at    TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS halt_canaries (
    -- One row per gateway: what its last proof of liveness wrote, as a JSON array of entries. Halts nobody.
    gateway_id TEXT PRIMARY KEY,
    entries    TEXT NOT NULL
  ) STRICT;
`

const busyTimeoutMs = 1_000

const IdRow = z.object({ id: z.string() })
const EntryRow = z.object({ id: z.string(), entry: z.string() })
const CanaryRow = z.object({ entries: z.string() })
const GenesisRow = z.object({ id: z.string(), at_ms: z.number() })

/**
 * Keeps the halts on this machine's own disk: as the only store of a single gateway, and as the mirror of a shared one.
 * A write has reached the disk (`synchronous=FULL`) when its promise resolves.
 *
 * Never throws here: the file is opened at the first verb, and again at each verb for as long as that fails, so a
 * gateway starts with a missing, full or read-only disk and uses it as soon as it can. A file that can only be read is
 * read; one with a damaged row is not (the row may be a halt).
 *
 * A mark beside the file (`<file>.known`) tells a first start from a lost file: when the mark is there and the genesis
 * is not, `read` rejects, because unknown means halted.
 */
export function createSqliteHalts(file: string): HaltStore & CanaryStore {
  let db: DatabaseSync | undefined
  let closed = false

  /** Runs `work` on the open database; whatever goes wrong becomes one error that names the file. */
  async function use<T>(work: (db: DatabaseSync) => T): Promise<T> {
    if (closed) throw new Error(`the halt store ${file} has been closed`)
    try {
      db ??= openDatabase(file)
      return work(db)
    } catch (cause) {
      // Opened afresh at the next verb: a disk may be writable again by then.
      db?.close()
      db = undefined
      throw new Error(`halt store ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    }
  }

  function write<T>(work: (db: DatabaseSync) => T): Promise<T> {
    return use((db) => transaction(db, 'IMMEDIATE', work))
  }

  return {
    async initialise(genesis) {
      const inForce = await write((db) => {
        db.prepare('INSERT OR IGNORE INTO halt_genesis (one, id, at_ms) VALUES (1, ?, ?)').run(
          genesis.id,
          genesis.atMs,
        )
        return readGenesis(db) ?? genesis
      })
      markKnown(file)
      return inForce
    },

    read() {
      return use((db) => {
        const snapshot = transaction(db, 'DEFERRED', () => ({
          genesis: readGenesis(db),
          entries: db.prepare('SELECT id, entry FROM halt_entries').all().map(readEntry),
        }))
        if (snapshot.genesis !== undefined) markKnown(file)
        else if (existsSync(knownMark(file))) throw new Error(lostMessage(file))
        return snapshot
      })
    },

    async append(entries) {
      if (entries.length === 0) return { durable: true }
      return write((db) => {
        const insert = db.prepare('INSERT OR IGNORE INTO halt_entries (id, entry) VALUES (?, ?)')
        for (const entry of entries) insert.run(entry.id, JSON.stringify(entry))
        return { durable: true }
      })
    },

    confirm(gatewayId) {
      return write((db) => {
        db.prepare(
          `INSERT INTO halt_confirmations (gateway_id, times, last_at) VALUES (?, 1, datetime('now'))
           ON CONFLICT (gateway_id) DO UPDATE SET times = times + 1, last_at = excluded.last_at`,
        ).run(gatewayId)
        if (readGenesis(db) === undefined) return { durable: true, digest: undefined }
        const ids = db.prepare('SELECT id FROM halt_entries').all()
        return { durable: true, digest: digestOf(ids.map((row) => IdRow.parse(row).id)) }
      })
    },

    /** Nobody else writes here: a data directory belongs to one process. */
    subscribe() {
      return () => {}
    },

    compact(ids) {
      return write((db) => {
        const remove = db.prepare('DELETE FROM halt_entries WHERE id = ?')
        for (const id of ids) remove.run(id)
      })
    },

    exchangeCanary(gatewayId, entries) {
      return write((db) => {
        db.prepare(
          `INSERT INTO halt_canaries (gateway_id, entries) VALUES (?, ?)
           ON CONFLICT (gateway_id) DO UPDATE SET entries = excluded.entries`,
        ).run(gatewayId, JSON.stringify(entries))
        const row = db.prepare('SELECT entries FROM halt_canaries WHERE gateway_id = ?').get(gatewayId)
        return { durable: true, entries: readCanary(CanaryRow.parse(row).entries) }
      })
    },

    async close() {
      closed = true
      db?.close()
      db = undefined
    },
  }
}

/** Opens for writing; where that cannot be, for reading, so that halts taken earlier are still known. */
function openDatabase(file: string): DatabaseSync {
  let failure: unknown
  for (const open of [openForWriting, openForReading]) {
    let db: DatabaseSync | undefined
    try {
      db = open(file)
      const state = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
      if (state === 'ok') return db
      throw new Error(
        `damaged (${String(state)}); restore the file, or, if no halt is engaged, move it and ${knownMark(file)} away`,
      )
    } catch (error) {
      db?.close()
      failure ??= error
    }
  }
  throw failure
}

/**
 * The connection that writes halts: what it has committed is on the disk. A rollback journal, not a write-ahead log: the
 * log's index is a memory-mapped file, and when a file system refuses to write one of its pages the process dies by
 * SIGBUS, in the middle of taking a halt. It is also readable where nothing can be written.
 */
export function openForWriting(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs })
  try {
    db.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;')
    db.exec(schema)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function openForReading(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs })
}

function transaction<T>(db: DatabaseSync, kind: 'IMMEDIATE' | 'DEFERRED', work: (db: DatabaseSync) => T): T {
  db.exec(`BEGIN ${kind}`)
  try {
    const result = work(db)
    db.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function readGenesis(db: DatabaseSync): Genesis | undefined {
  const row = db.prepare('SELECT id, at_ms FROM halt_genesis').get()
  if (row === undefined) return undefined
  const { id, at_ms } = GenesisRow.parse(row)
  return { id, atMs: at_ms }
}

/** The content stays out of the error, because errors are logged. */
function readEntry(row: unknown): HaltEntry {
  const { id, entry: text } = EntryRow.parse(row)
  try {
    const entry = parseHaltEntry(JSON.parse(text))
    if (entry.id === id) return entry
  } catch {
    // Falls through to the error that names the row.
  }
  throw new Error(
    `the entry ${id} cannot be read, and it may be a halt; restore the file, or repair that row`,
  )
}

function knownMark(file: string): string {
  return `${file}.known`
}

/** Best effort: without the mark a lost file looks like a first start, which is no worse than having no mark. */
function markKnown(file: string): void {
  try {
    if (!existsSync(knownMark(file)))
      writeFileSync(knownMark(file), 'This gateway has kept halts in the file beside.\n')
  } catch {
    // A disk that can only be read.
  }
}

function lostMessage(file: string): string {
  return `the halts kept in ${file} are gone, so nobody knows whether one is engaged; restore the file, or, if none is, delete ${knownMark(file)} and start again`
}
