import type { HaltEntry } from '../breakers/halt-entry.ts'

/** The mark that a store has been set up. Without it the store is unknown, and unknown means halted. */
export interface Genesis {
  id: string
  atMs: number
}

/** All that a store holds. */
export interface HaltSnapshot {
  /** `undefined`: the store was never set up, or was emptied. */
  genesis: Genesis | undefined
  entries: HaltEntry[]
}

/** What came of a write. */
export interface WriteOutcome {
  /** The write is on the primary and on enough replicas to make a majority of the configured nodes. */
  durable: boolean
  /** What is missing, for a person; absent when durable. */
  missing?: string
}

/**
 * Keeps the set of halt entries. The set only grows: an entry, once written, is never changed or removed except by
 * `compact`. Implementations: SQLite, Redis (single, Sentinel, Cluster), Durable Object; one contract test for all.
 * Every verb rejects when the store cannot be reached; nothing is assumed to have been written then.
 */
export interface HaltStore {
  /** Writes the genesis mark if there is none; an existing one stays. Returns the one in force. */
  initialise(genesis: Genesis): Promise<Genesis>
  read(): Promise<HaltSnapshot>
  /** Adds entries that are not yet there, and tells the other gateways. Repeating it is harmless. */
  append(entries: HaltEntry[]): Promise<WriteOutcome>
  /**
   * Proves by a *write* that this gateway is on the majority's side, and returns the digest of the set as it stood
   * after that write (`digestOf` of its entry ids; `undefined` when the store has no genesis mark).
   * `durable: false` proves nothing and must not renew a lease.
   */
  confirm(gatewayId: string): Promise<WriteOutcome & { digest: string | undefined }>
  /** Calls back with entries that another gateway has just written. A hint only: messages may be lost. */
  subscribe(onEntries: (entries: HaltEntry[]) => void): () => void
  /** Removes the entries with these ids: halts cleared long ago, with their clearance. */
  compact(ids: string[]): Promise<void>
  close(): Promise<void>
}

/**
 * Where a gateway proves that its halts could still be stored and read: one place of each gateway's own, written over at
 * each proof, apart from the halts. It takes no room and halts nobody.
 */
export interface CanaryStore {
  /** Writes these entries in place of those before, as durably as a halt, and reads them back. Rejects as `append` does. */
  exchangeCanary(gatewayId: string, entries: HaltEntry[]): Promise<WriteOutcome & { entries: HaltEntry[] }>
}
