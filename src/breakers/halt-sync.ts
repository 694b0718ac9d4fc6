import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { HaltStore, WriteOutcome } from '../stores/halt-store.ts'
import { type HaltEntry, parseHaltEntry } from './halt-entry.ts'
import type { HaltLease } from './halt-lease.ts'
import { digestOf } from './halt-set.ts'
import type { HaltState } from './halt-state.ts'
import { StoreTrouble } from './store-trouble.ts'
import { within } from './timers.ts'

export interface HaltSyncOptions {
  store: HaltStore
  gatewayId: string
  state: HaltState
  lease: HaltLease
  leaseMs: number
  /** Called when entries came from others, to put them on the own disk. */
  onLearned: () => void
  storeTimeoutMs: number
  clock: Clock
  logger: Logger
}

/** Others may write while we compare; what is not settled after this many rounds is left to the next step. */
const roundsPerStep = 3

/** Keeps this gateway and the shared store the same, and renews the lease when they demonstrably are. */
export class HaltSync {
  readonly #options: HaltSyncOptions
  readonly #trouble: StoreTrouble
  /** The store has no genesis that anybody here may vouch for. */
  unknown = false
  /** A store's digest that differs from ours only by halts long over, and the version of our set that was compared. */
  #settled: { digest: string; version: number } | undefined
  #emptySinceMs: number | undefined

  constructor(options: HaltSyncOptions) {
    this.#options = options
    this.#trouble = new StoreTrouble('confirming the halts with the shared store', options.logger)
  }

  get errors(): number {
    return this.#trouble.errors
  }

  /** Takes what other gateways push. A hint that saves time: what gets lost here is found by the next step. */
  listen(): () => void {
    const { store, state, onLearned, logger } = this.#options
    try {
      return store.subscribe((entries) => {
        try {
          state.learn(entries.map((entry) => parseHaltEntry(entry)))
          onLearned()
        } catch (error) {
          logger.error(
            errorFields(error),
            'a pushed halt entry could not be read; the store is asked instead',
          )
        }
      })
    } catch (error) {
      this.#trouble.failed(error)
      return () => {}
    }
  }

  /** Sends entries now. Rejects when the store cannot be reached; the steps then go on trying. */
  async append(entries: HaltEntry[]): Promise<WriteOutcome> {
    const { store, state } = this.#options
    const outcome = await this.#ask(() => store.append(entries))
    if (outcome.durable) {
      state.markDurable(
        'shared',
        entries.map(({ id }) => id),
      )
    }
    return outcome
  }

  /** Confirms, and reconciles where there is a difference. Does not reject: what fails leaves the lease to run out. */
  async step(): Promise<void> {
    try {
      for (let round = 0; round < roundsPerStep; round++) if (await this.#confirm()) return
    } catch (error) {
      this.#trouble.failed(error)
    }
  }

  /** One confirmation; `true` when the step has done what it can. */
  async #confirm(): Promise<boolean> {
    const { store, gatewayId, lease, state } = this.#options
    const sent = lease.reading()
    const { durable, digest, missing } = await this.#ask(() => store.confirm(gatewayId))
    if (digest === undefined) return !(await this.#vouch())
    this.unknown = false
    this.#emptySinceMs = undefined
    if (!this.#agrees(digest)) {
      await this.#reconcile()
      return false
    }
    if (!durable) {
      this.#trouble.failed(new Error(missing ?? 'the confirmation is not durable'))
      return true
    }
    // The write that confirmed came after every entry in this digest, so these are where the confirmation is.
    state.markDurable(
      'shared',
      state.missingIn('shared').map(({ id }) => id),
    )
    lease.renew(sent)
    this.#trouble.worked()
    return true
  }

  #agrees(digest: string): boolean {
    const { state, clock } = this.#options
    if (state.genesis === undefined) return false
    if (this.#settled?.digest === digest && this.#settled.version === state.set.version) return true
    return digest === state.set.digest(clock.wallMs())
  }

  /** Takes what the store has, gives what it lacks. Proves nothing by itself: the next confirmation does. */
  async #reconcile(): Promise<void> {
    const { store, state, onLearned, clock, logger } = this.#options
    const snapshot = await this.#ask(() => store.read())
    if (
      snapshot.genesis !== undefined &&
      state.genesis !== undefined &&
      snapshot.genesis.id !== state.genesis.id
    ) {
      logger.warn({}, 'the shared halt store was set up anew; its halts and those known here are joined')
    }
    state.genesis = snapshot.genesis ?? state.genesis
    state.learn(snapshot.entries)
    onLearned()
    const stored = new Set(snapshot.entries.map(({ id }) => id))
    const lacking = state.set.live(clock.wallMs()).filter(({ id }) => !stored.has(id))
    if (lacking.length === 0) {
      this.#settled = { digest: digestOf(stored), version: state.set.version }
      return
    }
    logger.warn(
      { entries: lacking.length },
      'the shared halt store lacks entries known here; writing them back',
    )
    await this.#ask(() => store.append(lacking))
  }

  /**
   * The store was emptied or never set up. The entries go back first, so that whoever sees the genesis sees them too.
   * The genesis follows from a gateway that was in agreement until now. One that comes from its disk, or was cut off,
   * first leaves a lease's time to those who may know more. Returns whether the store has been set up.
   */
  async #vouch(): Promise<boolean> {
    const { store, state, lease, leaseMs, clock, logger } = this.#options
    await this.#reconcile()
    const { genesis } = state
    this.#emptySinceMs ??= clock.monotonicMs()
    const waited = clock.monotonicMs() - this.#emptySinceMs >= leaseMs
    if (genesis === undefined || !(lease.valid() || waited)) {
      if (!this.unknown)
        logger.error({}, 'the shared halt store is empty: AI replies are off until it is set up')
      this.unknown = true
      return false
    }
    await this.#ask(() => store.initialise(genesis))
    logger.error({}, 'the shared halt store had lost everything; it was set up again from what is known here')
    return true
  }

  #ask<T>(work: () => Promise<T>): Promise<T> {
    return within(this.#options.storeTimeoutMs, 'the shared halt store', work)
  }
}
