import type { Logger } from '../logger.ts'
import type { Genesis, HaltStore } from '../stores/halt-store.ts'
import type { HaltState } from './halt-state.ts'
import { StoreTrouble } from './store-trouble.ts'
import { within } from './timers.ts'

export interface HaltMirrorOptions {
  store: HaltStore
  state: HaltState
  /** Where it is the only store: makes the genesis of its first start. With a shared store that one's is taken. */
  firstGenesis: (() => Genesis) | undefined
  storeTimeoutMs: number
  logger: Logger
}

/** Keeps the state on this gateway's own disk, and takes it from there at the start. Nothing here rejects. */
export class HaltMirror {
  readonly #options: HaltMirrorOptions
  readonly #reading: StoreTrouble
  readonly #writing: StoreTrouble
  #loaded = false
  #genesisKept = false

  constructor(options: HaltMirrorOptions) {
    this.#options = options
    this.#reading = new StoreTrouble('reading the halts on the own disk', options.logger)
    this.#writing = new StoreTrouble('writing the halts to the own disk', options.logger)
  }

  /** Whether all it holds is known, and that it is complete. Until then its halts may be missing here. */
  get known(): boolean {
    return this.#loaded && this.#options.state.genesis !== undefined
  }

  get errors(): number {
    return this.#reading.errors + this.#writing.errors
  }

  /** One turn: reads for as long as nothing could be read, then writes what the disk lacks. */
  async upkeep(): Promise<void> {
    const firstStart = this.#options.firstGenesis !== undefined && this.#options.state.genesis === undefined
    if (!this.#loaded || firstStart) await this.#load()
    await this.save()
  }

  /** Writes what the disk lacks. Returns why that failed. */
  async save(): Promise<string | undefined> {
    const { store, state, storeTimeoutMs } = this.#options
    const entries = state.missingIn('disk')
    const { genesis } = state
    try {
      if (entries.length > 0) {
        const outcome = await within(storeTimeoutMs, 'the own disk', () => store.append(entries))
        if (!outcome.durable) throw new Error(outcome.missing ?? 'not durable')
        state.markDurable(
          'disk',
          entries.map(({ id }) => id),
        )
      }
      // After the entries: a disk with a genesis vouches for the set it holds.
      if (genesis !== undefined && !this.#genesisKept) {
        await within(storeTimeoutMs, 'the own disk', () => store.initialise(genesis))
        this.#genesisKept = true
      }
      this.#writing.worked()
      return undefined
    } catch (error) {
      this.#writing.failed(error)
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #load(): Promise<void> {
    const { store, state, firstGenesis, storeTimeoutMs } = this.#options
    try {
      const snapshot = await within(storeTimeoutMs, 'the own disk', () => store.read())
      state.learn(snapshot.entries, 'disk')
      this.#loaded = true
      let { genesis } = snapshot
      if (genesis === undefined && firstGenesis !== undefined) {
        genesis = await within(storeTimeoutMs, 'the own disk', () => store.initialise(firstGenesis()))
      }
      this.#genesisKept = genesis !== undefined
      state.genesis ??= genesis
      this.#reading.worked()
    } catch (error) {
      this.#reading.failed(error)
    }
  }
}
