/**
 * A lease with a fencing token. Tokens only grow, so that a holder that was paused cannot write after another has taken
 * over.
 */
export interface Lease {
  token: number
  /** For how long it holds from the sending of the request on, in milliseconds. */
  ttlMs: number
}

/** What a guarded write needs to take place. */
export interface WriteGuard {
  /** The revision that is to be replaced; 0: there is none yet. */
  expected: number
  /** Name and token of the lease under which is written. */
  lease: string
  token: number
}

export type GuardedWrite =
  | { written: true; revision: number }
  /** `conflict`: another revision is there; `fenced`: the lease is another's, or nobody's, by now. */
  | { written: false; why: 'conflict' | 'fenced' }

/**
 * The state of the tests of crisis detection, and the lease of the gateway that may write it. Implementations: SQLite,
 * Redis; one contract test for both. Every verb rejects with `GatewayError` `unavailable` when the store cannot be
 * reached; a write may then have taken place or not. The newest outcomes may be lost with a store that fails over, and
 * are measured again.
 */
export interface TestStateStore {
  /** Takes or renews a lease; a renewal keeps its token. `undefined` while another holds it. */
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>
  /** Gives it back before its time, if it is still the holder's. */
  release(name: string, holder: string): Promise<void>
  read(key: string): Promise<{ revision: number; value: string } | undefined>
  write(key: string, value: string, guard: WriteGuard): Promise<GuardedWrite>
  close(): Promise<void>
}
