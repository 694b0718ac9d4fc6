import type { Clock } from '../clock.ts'

/** Both clocks at one instant. */
export interface Reading {
  monotonicMs: number
  wallMs: number
}

/**
 * How long this gateway may serve AI replies on what it last confirmed. Counted from the *sending* of the last confirmed
 * write, by monotonic or wall time, whichever ran further: a machine that slept may have stopped one of them.
 * Computed from the clock at every question, so that a process stopped and continued sees it at its first instruction.
 */
export class HaltLease {
  readonly #clock: Clock
  readonly #leaseMs: number
  #since: Reading
  #held = false

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
    this.#since = this.reading()
  }

  /** To be taken before a confirmation is sent, and given to `renew` when it has come back. */
  reading(): Reading {
    return { monotonicMs: this.#clock.monotonicMs(), wallMs: this.#clock.wallMs() }
  }

  /** A confirmation sent at `sent` holds. */
  renew(sent: Reading): void {
    if (this.#held && sent.monotonicMs < this.#since.monotonicMs) return
    this.#since = sent
    this.#held = true
  }

  /** Once it has run out it stays so until it is renewed, even if a clock jumps back. */
  valid(): boolean {
    if (this.#held && this.ageMs() > this.#leaseMs) this.#held = false
    return this.#held
  }

  /** Since the last confirmed sending; since the start when there was none. */
  ageMs(): number {
    const monotonicMs = this.#clock.monotonicMs() - this.#since.monotonicMs
    return Math.max(monotonicMs, this.#clock.wallMs() - this.#since.wallMs)
  }

  /** How long until it runs out; negative when it has. */
  leftMs(): number {
    return this.#leaseMs - this.ageMs()
  }
}
