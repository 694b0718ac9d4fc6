import type { Clock } from '../clock.ts'
import { within } from './timers.ts'

export interface OnDemandOptions {
  /** Must not reject. */
  work: () => Promise<void>
  /** Whether the last work done still holds. */
  fresh: () => boolean
  /** After work that did not help, how long to leave it. */
  pauseMs: number
  /** How long anybody waits, and after how long work under way is given up and done anew. */
  timeoutMs: number
  clock: Clock
}

/**
 * Work that is done when somebody asks, once for all who ask meanwhile. On Workers a request that leaves takes the work
 * it started with it, so nobody waits for another's work longer than `timeoutMs`.
 */
export class OnDemand {
  readonly #options: OnDemandOptions
  #underWay: { promise: Promise<void>; sinceMs: number } | undefined
  #doneAtMs: number | undefined

  constructor(options: OnDemandOptions) {
    this.#options = options
  }

  /** A promise that never rejects; `undefined` when there is nothing to wait for. */
  ask(): Promise<void> | undefined {
    const { fresh, pauseMs, timeoutMs, clock } = this.#options
    if (fresh()) return undefined
    const nowMs = clock.monotonicMs()
    if (this.#underWay === undefined || nowMs - this.#underWay.sinceMs >= timeoutMs) {
      if (this.#doneAtMs !== undefined && nowMs - this.#doneAtMs < pauseMs) return undefined
      this.#underWay = { promise: this.#run(), sinceMs: nowMs }
    }
    const { promise } = this.#underWay
    return within(timeoutMs, 'refreshing', () => promise).catch(() => {})
  }

  async #run(): Promise<void> {
    await this.#options.work()
    this.#doneAtMs = this.#options.clock.monotonicMs()
    this.#underWay = undefined
  }
}
