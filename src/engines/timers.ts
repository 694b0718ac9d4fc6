import type { Clock } from '../clock.ts'

/**
 * How long an engine may take, in milliseconds.
 *
 * - connect: from the call until a connection has taken the request; waiting for a free connection counts.
 * - first byte: from there until the first byte of the reply's *body* (or its end, if it has none). A head alone does
 *   not stop it, because a head alone helps nobody.
 * - gap: how long a reader may wait for the next bytes after the first. While nobody reads (a slow client, a reply
 *   held back), it stands still, so backpressure is never taken for an engine's silence.
 * - total: from the call to the end of the body, whoever was slow.
 */
export interface TimeLimits {
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  gapTimeoutMs: number
  totalTimeoutMs: number
}

export type TimedPhase = 'connect' | 'first-byte' | 'gap' | 'total'

/** A timer that comes this late shows that the process stood still, and with it whatever the engine has sent. */
const lateMs = 250
const graceMs = 50

/**
 * The four timers of one exchange, made of one `setTimeout`: a step of the exchange only stores a timestamp, and the
 * timer looks at it when it fires. So a chunk costs no more than reading the clock.
 */
export class ExchangeTimers {
  readonly #limits: TimeLimits
  readonly #clock: Clock
  readonly #onTimeout: (phase: TimedPhase) => void
  readonly #totalDeadlineMs: number
  #phase: Exclude<TimedPhase, 'total'>
  #phaseSinceMs: number
  /** Set while a reader waits for bytes. */
  #waitingSinceMs: number | undefined
  #handle: ReturnType<typeof setTimeout> | undefined
  #firesAtMs = 0
  #stopped = false

  /** Starts at once. `phase` is `first-byte` where the transport does not show its connecting. */
  constructor(
    limits: TimeLimits,
    clock: Clock,
    onTimeout: (phase: TimedPhase) => void,
    phase: 'connect' | 'first-byte' = 'connect',
  ) {
    this.#limits = limits
    this.#clock = clock
    this.#onTimeout = onTimeout
    this.#phase = phase
    this.#phaseSinceMs = clock.monotonicMs()
    this.#totalDeadlineMs = this.#phaseSinceMs + limits.totalTimeoutMs
    this.#arm(this.#phaseSinceMs)
  }

  /** A connection has taken the request. */
  connected(): void {
    if (this.#phase === 'connect') this.#enter('first-byte')
  }

  /** Bytes of the body have come. */
  arrived(): void {
    this.#waitingSinceMs = undefined
    if (this.#phase !== 'gap') this.#enter('gap')
  }

  /** A reader waits for bytes and nothing is queued. */
  waiting(): void {
    this.#waitingSinceMs ??= this.#clock.monotonicMs()
  }

  /** The exchange is over. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#handle)
  }

  #enter(phase: 'first-byte' | 'gap'): void {
    this.#phase = phase
    this.#phaseSinceMs = this.#clock.monotonicMs()
    // A later deadline is found when the timer fires; only an earlier one needs a new timer.
    if (this.#deadlineMs(this.#phaseSinceMs).atMs < this.#firesAtMs) this.#arm(this.#phaseSinceMs)
  }

  #deadlineMs(nowMs: number): { phase: TimedPhase; atMs: number } {
    const phase = this.#phase
    const atMs =
      phase === 'connect'
        ? this.#phaseSinceMs + this.#limits.connectTimeoutMs
        : phase === 'first-byte'
          ? this.#phaseSinceMs + this.#limits.firstByteTimeoutMs
          : (this.#waitingSinceMs ?? nowMs) + this.#limits.gapTimeoutMs
    return atMs < this.#totalDeadlineMs ? { phase, atMs } : { phase: 'total', atMs: this.#totalDeadlineMs }
  }

  #arm(nowMs: number, leastMs = 0): void {
    if (this.#stopped) return
    clearTimeout(this.#handle)
    this.#firesAtMs = Math.max(this.#deadlineMs(nowMs).atMs, nowMs + leastMs)
    this.#handle = setTimeout(this.#fire, Math.max(0, this.#firesAtMs - nowMs))
  }

  readonly #fire = (): void => {
    const nowMs = this.#clock.monotonicMs()
    const { phase, atMs } = this.#deadlineMs(nowMs)
    // Timers may fire a fraction of a millisecond early.
    if (atMs - nowMs >= 1) this.#arm(nowMs)
    else if (nowMs - this.#firesAtMs > lateMs) this.#arm(nowMs, graceMs)
    else {
      this.stop()
      this.#onTimeout(phase)
    }
  }
}
