/** A circuit's state. `held` is open by an operator's hand and stays so until released. */
export type BreakerState = 'closed' | 'open' | 'half-open' | 'held'

/** A circuit breaker around one engine. */
export interface Breaker {
  readonly state: BreakerState
  /**
   * Runs `action` and counts its outcome. Rejects with `BreakerOpenError` without running it when the circuit is
   * open or held, or half-open with its trial under way. A `client_closed` failure is never counted as a failure of
   * the engine, nor as the success that would close a half-open circuit.
   */
  run<T>(action: () => Promise<T>): Promise<T>
  /** Counts a failure that came after `run` had resolved (a reply that broke off in mid-stream). */
  recordLateFailure(error: Error): void
  /** Holds the circuit open until `release`; survives `resetTimeout`. */
  hold(): void
  /** Ends a hold; the circuit closes and counts anew. */
  release(): void
  onChange(listener: (state: BreakerState) => void): void
  /** Ends its timers. */
  close(): void
}

export class BreakerOpenError extends Error {
  override readonly name = 'BreakerOpenError'
}
