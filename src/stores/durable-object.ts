import { type HaltEntry, parseHaltEntry } from '../breakers/halt-entry.ts'
import { digestOf } from '../breakers/halt-set.ts'
import type { Genesis, HaltStore } from './halt-store.ts'

/** One halt entry as it travels and is kept: its id, and the whole entry as JSON. */
export interface HaltRow {
  id: string
  entry: string
}

/**
 * What the Durable Object answers to, over RPC. Plain rows only: it keeps entries without reading them, so that an
 * object of an older version loses nothing that a newer Worker writes.
 */
export interface HaltRpc {
  initialise(genesis: Genesis): Promise<Genesis>
  read(): Promise<{ genesis: Genesis | undefined; rows: HaltRow[] }>
  append(rows: HaltRow[]): Promise<void>
  confirm(gatewayId: string): Promise<{ digest: string | undefined }>
  compact(ids: string[]): Promise<void>
}

/** Tables: the same as in `stores/sqlite-halts.ts`. */
const schema = `
  CREATE TABLE IF NOT EXISTS halt_entries (id TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS halt_genesis (
    one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS halt_confirmations (
    gateway_id TEXT PRIMARY KEY, times INTEGER NOT NULL, last_at_ms INTEGER NOT NULL
  ) STRICT;
`

/**
 * The set of halt entries in the SQLite storage of one Durable Object; its class in `worker.ts` only passes calls on.
 * The platform holds every answer back until what was written before it is durable (the output gate), so an answer is
 * an acknowledgement, and an object that has been replaced elsewhere can give none.
 */
export class HaltTables implements HaltRpc {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    storage.sql.exec(schema)
  }

  async initialise(genesis: Genesis): Promise<Genesis> {
    this.#storage.sql.exec(
      'INSERT OR IGNORE INTO halt_genesis (one, id, at_ms) VALUES (1, ?, ?)',
      genesis.id,
      genesis.atMs,
    )
    return this.#genesis() ?? genesis
  }

  async read(): Promise<{ genesis: Genesis | undefined; rows: HaltRow[] }> {
    const rows = this.#storage.sql.exec<{ id: string; entry: string }>('SELECT id, entry FROM halt_entries')
    return { genesis: this.#genesis(), rows: rows.toArray() }
  }

  async append(rows: HaltRow[]): Promise<void> {
    this.#storage.transactionSync(() => {
      for (const { id, entry } of rows)
        this.#storage.sql.exec('INSERT OR IGNORE INTO halt_entries (id, entry) VALUES (?, ?)', id, entry)
    })
  }

  /** The write is the proof; its content is for people. */
  async confirm(gatewayId: string): Promise<{ digest: string | undefined }> {
    const { sql } = this.#storage
    sql.exec(
      `INSERT INTO halt_confirmations (gateway_id, times, last_at_ms) VALUES (?, 1, ?)
       ON CONFLICT (gateway_id) DO UPDATE SET times = times + 1, last_at_ms = excluded.last_at_ms`,
      gatewayId,
      Date.now(),
    )
    if (this.#genesis() === undefined) return { digest: undefined }
    const ids = sql.exec<{ id: string }>('SELECT id FROM halt_entries').toArray()
    return { digest: digestOf(ids.map(({ id }) => id)) }
  }

  async compact(ids: string[]): Promise<void> {
    this.#storage.transactionSync(() => {
      for (const id of ids) this.#storage.sql.exec('DELETE FROM halt_entries WHERE id = ?', id)
    })
  }

  #genesis(): Genesis | undefined {
    const query = 'SELECT id, at_ms FROM halt_genesis'
    const [row] = this.#storage.sql.exec<{ id: string; at_ms: number }>(query).toArray()
    return row && { id: row.id, atMs: row.at_ms }
  }
}

/**
 * The halt store over a Durable Object. `connect` makes a stub and is called for every verb, because a stub belongs to
 * the request that made it and is broken for good once its object has failed. `subscribe` hears nothing: on Workers the
 * state is asked for again every 250 ms, also during a stream.
 */
export function durableObjectHalts(connect: () => HaltRpc): HaltStore {
  let closed = false

  async function ask<T>(work: (object: HaltRpc) => Promise<T>): Promise<T> {
    if (closed) throw new Error('the halt store has been closed')
    return work(connect())
  }

  return {
    initialise: (genesis) => ask((object) => object.initialise(genesis)),

    read: () =>
      ask(async (object) => {
        const { genesis, rows } = await object.read()
        return { genesis, entries: rows.map(readRow) }
      }),

    append: (entries) =>
      ask(async (object) => {
        if (entries.length > 0)
          await object.append(entries.map((entry) => ({ id: entry.id, entry: JSON.stringify(entry) })))
        return { durable: true }
      }),

    confirm: (gatewayId) =>
      ask(async (object) => ({ durable: true, digest: (await object.confirm(gatewayId)).digest })),

    subscribe: () => () => {},

    compact: (ids) => ask((object) => object.compact(ids)),

    async close() {
      closed = true
    },
  }
}

/** The content stays out of the error, because errors are logged. */
function readRow({ id, entry: text }: HaltRow): HaltEntry {
  try {
    const entry = parseHaltEntry(JSON.parse(text))
    if (entry.id === id) return entry
  } catch {
    // Falls through to the error that names the row.
  }
  throw new Error(`the halt entry ${id} in the Durable Object cannot be read, and it may be a halt`)
}
