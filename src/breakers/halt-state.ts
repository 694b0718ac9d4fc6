import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { Genesis } from '../stores/halt-store.ts'
import {
  type ClearanceEntry,
  type HaltEntry,
  isClearanceStep,
  isConflicting,
  isEngaged,
} from './halt-entry.ts'
import { HaltSet } from './halt-set.ts'
import { Listeners } from './listeners.ts'

/** Where an entry must be before it counts as acknowledged: on this gateway's own disk, in the shared store. */
export type Copy = 'disk' | 'shared'

/** All that this gateway knows of the halts, and which entries are not yet known to be durable where they must be. */
export class HaltState {
  readonly set = new HaltSet()
  #genesis: Genesis | undefined
  readonly #missing: Map<Copy, Set<string>>
  readonly #late = new Set<string>()
  readonly #listeners = new Listeners()
  readonly #clock: Clock
  readonly #logger: Logger

  constructor(copies: Copy[], clock: Clock, logger: Logger) {
    this.#missing = new Map(copies.map((copy) => [copy, new Set<string>()]))
    this.#clock = clock
    this.#logger = logger
  }

  /** The mark of the store's first start, once this gateway has seen it. Ramps choose by it, alike on all replicas. */
  get genesis(): Genesis | undefined {
    return this.#genesis
  }

  set genesis(genesis: Genesis | undefined) {
    this.#genesis = genesis
    this.set.salt = genesis?.id
  }

  /** Takes entries in force at once; listeners have been called when it returns. `from`: a copy that holds them already. */
  learn(entries: readonly HaltEntry[], from?: Copy): void {
    const { added, conflicts } = this.set.merge(this.#worthKeeping(entries))
    for (const [copy, ids] of this.#missing) if (copy !== from) for (const { id } of added) ids.add(id)
    if (from !== undefined) {
      this.markDurable(
        from,
        entries.map(({ id }) => id),
      )
    }
    // Streams are cut before anything is said about it.
    if (added.length > 0 || conflicts.length > 0) this.notify()
    for (const id of conflicts) {
      this.#logger.error({ id }, 'two different halt entries under one id: the safer one is in force')
    }
    for (const entry of added) this.#logChange(entry)
  }

  /** These entries are durable there. */
  markDurable(copy: Copy, ids: Iterable<string>): void {
    for (const id of ids) {
      this.#missing.get(copy)?.delete(id)
      if (!this.acknowledged(id) || !this.#late.delete(id)) continue
      this.#logger.info({ id }, 'a halt entry that was not acknowledged is durable now')
    }
  }

  /** Its maker was told that this entry is not acknowledged; the day it is gets a line in the log. */
  expectLate(id: string): void {
    this.#late.add(id)
  }

  missingIn(copy: Copy): HaltEntry[] {
    const ids = this.#missing.get(copy) ?? []
    return [...ids].map((id) => this.set.get(id)).filter((entry) => entry !== undefined)
  }

  acknowledged(id: string): boolean {
    return [...this.#missing.values()].every((ids) => !ids.has(id))
  }

  unacknowledged(): number {
    return [...this.#missing.values()].reduce((all, ids) => all.union(ids), new Set<string>()).size
  }

  /** Only for entries that every store has compacted. */
  forget(ids: readonly string[]): void {
    this.set.remove(ids)
    for (const missing of this.#missing.values()) for (const id of ids) missing.delete(id)
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** One listener's error must not keep the halt from the others. */
  notify(): void {
    for (const listener of this.#listeners.all()) {
      try {
        listener()
      } catch (error) {
        this.#logger.error(errorFields(error), 'a listener of the safety halt failed')
      }
    }
  }

  /** Without the halts that ended long ago and of which nothing is kept here: they are not taken up again. */
  #worthKeeping(entries: readonly HaltEntry[]): HaltEntry[] {
    const expired = new Set(new HaltSet([...this.set.entries(), ...entries]).expired(this.#clock.wallMs()))
    const held = (entry: HaltEntry) =>
      this.set.has(entry.id) || (isClearanceStep(entry) && this.set.has(entry.haltId))
    return entries.filter((entry) => !expired.has(entry.id) || held(entry))
  }

  #logChange(entry: HaltEntry): void {
    const { id, kind } = entry
    if (isEngaged(entry)) {
      const { scope, cause, by } = entry
      this.#logger.warn({ id, scope, cause, by }, 'safety halt engaged: AI replies are off in this scope')
    } else if (isClearanceStep(entry)) {
      this.#logStep(entry)
    } else if (isConflicting(entry)) {
      this.#logger.error(
        { id, haltIds: entry.haltIds.join(', ') },
        'a damaged halt entry: these halts open by break-glass only',
      )
    } else {
      this.#logger.warn(
        { id, kind },
        'a halt entry of a kind this version does not know: kept, without effect',
      )
    }
  }

  #logStep(entry: ClearanceEntry): void {
    const { id, haltId, by, kind } = entry
    const fields = { id, haltId, by, kind }
    const isEnd = kind === 'cleared'
    if (!isEnd) this.#logger.warn(fields, 'safety halt: a step on the way back')
    else if (this.set.known(haltId)?.way.clearances.some((one) => one.id === id))
      this.#logger.warn({ ...fields, how: entry.how ?? 'commander' }, 'safety halt cleared')
    else this.#logger.warn(fields, 'a clearance that lacks what it rests on: kept, without effect')
  }
}
