import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Genesis, HaltStore } from '../stores/halt-store.ts'
import { refuseClearance, refuseIfOver } from './clearance-missing.ts'
import { compactHalts } from './halt-compaction.ts'
import type { ClearanceEntry, HaltEntry, HaltSubject } from './halt-entry.ts'
import type {
  ClearanceRight,
  Durability,
  EngageRequest,
  Halt,
  HaltHealth,
  HaltVerdict,
  NewStep,
  SafetyHalt,
} from './halt-gate.ts'
import { HaltLease } from './halt-lease.ts'
import { HaltMirror } from './halt-mirror.ts'
import type { KnownHalt } from './halt-set.ts'
import { type Copy, HaltState } from './halt-state.ts'
import { HaltSync } from './halt-sync.ts'
import { type Mark, newClearance, newHalt, newStep } from './new-entries.ts'
import { OnDemand } from './on-demand.ts'
import { later, repeat, within } from './timers.ts'

export interface SafetyHaltOptions {
  gatewayId: string
  /** This gateway's own disk; with no `shared` store it is the store. */
  mirror: HaltStore | undefined
  /** The store that several gateways share. Whoever opened the stores closes them, after `close`. */
  shared: HaltStore | undefined
  /** How long AI replies go on without a confirmation from the shared store. */
  leaseMs: number
  pollMs?: number
  /** A store that takes longer has failed; it is asked again. */
  storeTimeoutMs?: number
  /** `on-demand`: no timers between requests (Workers); `refresh` confirms when the last one is over `maxAgeMs` old. */
  drive?: 'timer' | 'on-demand'
  maxAgeMs?: number
  /**
   * Resolves once what is in force here is in force in every other process that serves for this gateway. What closes is
   * not acknowledged before; must be bounded, and must not reject.
   */
  inForceElsewhere?: () => Promise<void>
  clock: Clock
  logger: Logger
  /** A new id at each call, ASCII, 8 to 64 characters, never used twice by anybody. */
  newId: () => string
}

type Suspended = Extract<HaltVerdict, { kind: 'suspended' }>

const compactEveryMs = 60 * 60 * 1000

/**
 * The safety halt. Resolves when the own disk has been read and the shared store has been asked once, whatever came of
 * it: a gateway always starts, and is suspended until it knows.
 */
export async function createSafetyHalt(options: SafetyHaltOptions): Promise<SafetyHalt> {
  const halt = new LatchedHalt(options)
  await halt.start()
  return halt
}

class LatchedHalt implements SafetyHalt {
  readonly #options: Required<SafetyHaltOptions>
  readonly #state: HaltState
  readonly #lease: HaltLease
  readonly #mirror: HaltMirror | undefined
  readonly #sync: HaltSync | undefined
  readonly #onDemand: OnDemand | undefined
  readonly #clearing = new Set<string>()
  #suspended: Suspended | undefined
  #announced: Suspended['why'] | undefined
  #compactedAtMs: number | undefined
  #stops: (() => Promise<void> | void)[] = []
  #callOffLeaseEnd = () => {}

  constructor(given: SafetyHaltOptions) {
    const options = {
      pollMs: 250,
      storeTimeoutMs: 2_000,
      maxAgeMs: 250,
      drive: 'timer' as const,
      inForceElsewhere: async () => {},
      ...given,
    }
    const { mirror, shared, clock, logger, newId } = options
    if (mirror === undefined && shared === undefined)
      throw new Error('a safety halt needs at least one store')
    const copies: Copy[] = [...(mirror ? ['disk' as const] : []), ...(shared ? ['shared' as const] : [])]
    const state = new HaltState(copies, clock, logger)
    this.#options = options
    this.#state = state
    this.#lease = new HaltLease(clock, options.leaseMs)
    const firstGenesis = shared ? undefined : () => ({ id: newId(), atMs: this.#nowMs() })
    if (mirror) this.#mirror = new HaltMirror({ ...options, store: mirror, state, firstGenesis })
    const onLearned = () => void this.#mirror?.save()
    if (shared) this.#sync = new HaltSync({ ...options, store: shared, state, lease: this.#lease, onLearned })
    if (options.drive === 'timer') return
    this.#onDemand = new OnDemand({
      // One after the other: a gateway that has not asked yet is not to report itself as suspended.
      work: async () => {
        await this.#step()
        await this.#upkeep()
      },
      fresh: () => this.#lease.valid() && this.#lease.ageMs() < options.maxAgeMs,
      // A store that has just failed is not asked again at every chunk; the lease decides meanwhile.
      pauseMs: options.maxAgeMs,
      timeoutMs: options.storeTimeoutMs,
      clock,
    })
  }

  async start(): Promise<void> {
    const { drive, pollMs, storeTimeoutMs } = this.#options
    if (this.#sync) this.#stops.push(this.#sync.listen())
    await this.#mirror?.upkeep()
    if (drive === 'on-demand') return
    const firstStep = this.#step()
    await within(storeTimeoutMs, 'the first confirmation', () => firstStep).catch(() => {})
    this.#reassess()
    // Two loops, so that a disk that hangs does not cost the lease.
    this.#stops.push(
      repeat(pollMs, async () => this.#upkeep()),
      repeat(pollMs, async () => {
        await firstStep
        await this.#step()
      }),
    )
  }

  check(subject: HaltSubject): HaltVerdict | undefined {
    return this.#state.set.verdict(subject) ?? this.#suspension()
  }

  refresh(): Promise<void> | undefined {
    return this.#onDemand?.ask()
  }

  onChange(listener: () => void): () => void {
    return this.#state.onChange(listener)
  }

  async engage(request: EngageRequest): Promise<{ halt: Halt; durability: Durability }> {
    const entry = newHalt(request, this.#mark(this.#afterSuperseded(request)))
    this.#state.learn([entry])
    const missing = await this.#spread(entry)
    return { halt: this.#shown(entry.id), durability: this.#durability(entry.id, missing) }
  }

  async record(
    step: NewStep,
    notBeforeMs = 0,
  ): Promise<{ id: string; atMs: number; durability: Durability }> {
    const entry = newStep(step, this.#mark(notBeforeMs))
    const closes = entry.kind === 'validation' && !entry.passed
    if (closes) this.#state.learn([entry])
    const missing = closes ? await this.#spread(entry) : await this.#storeFirst(entry)
    return { id: entry.id, atMs: entry.atMs, durability: this.#durability(entry.id, missing) }
  }

  async clear(
    haltId: string,
    by: string,
    reason: string,
    right: ClearanceRight = { how: 'commander' },
  ): Promise<{ halt: Halt; durability: Durability }> {
    const known = this.#state.set.known(haltId)
    if (known === undefined) throw new GatewayError('not_found', `there is no halt ${haltId}`)
    const entry = newClearance({ haltId, by, reason }, right, this.#mark())
    const withIt = this.#state.set.wayWith(entry)
    refuseIfOver(known)
    if (!withIt?.clearances.some(({ id }) => id === entry.id)) refuseClearance(known, this.#nowMs())
    if (this.#clearing.has(haltId))
      throw new GatewayError('conflict', 'somebody else is clearing it just now')
    this.#clearing.add(haltId)
    try {
      const missing = await this.#storeFirst(entry)
      return { halt: this.#shown(haltId), durability: this.#durability(entry.id, missing) }
    } finally {
      this.#clearing.delete(haltId)
    }
  }

  known(haltId: string): KnownHalt | undefined {
    return this.#state.set.known(haltId)
  }

  allKnown(): readonly KnownHalt[] {
    return this.#state.set.allKnown()
  }

  list(): Halt[] {
    return this.#state.set.halts().map((halt) => this.#withAcknowledgement(halt))
  }

  entries(): readonly HaltEntry[] {
    return this.#state.set.entries()
  }

  genesis(): Genesis | undefined {
    return this.#state.genesis
  }

  health(): HaltHealth {
    const suspension = this.#suspension()
    return {
      suspended: suspension ? { since: suspension.since, why: suspension.why } : false,
      leaseAgeMs: this.#sync ? this.#lease.ageMs() : 0,
      unacknowledged: this.#state.unacknowledged(),
      storeErrors: (this.#mirror?.errors ?? 0) + (this.#sync?.errors ?? 0),
    }
  }

  async close(): Promise<void> {
    this.#callOffLeaseEnd()
    const stops = this.#stops.splice(0)
    const ended = Promise.all(stops.map((stop) => stop()))
    await within(this.#options.storeTimeoutMs, 'a store', () => ended).catch(() => {})
    this.#callOffLeaseEnd()
  }

  /** Whether this gateway may not serve because it does not know. Computed anew at every call, from the clock. */
  #suspension(): Suspended | undefined {
    const why = this.#whySuspended()
    if (why === undefined) this.#suspended = undefined
    else if (this.#suspended?.why !== why) {
      this.#suspended = { kind: 'suspended', since: this.#suspended?.since ?? this.#nowMs(), why }
    }
    return this.#suspended
  }

  #whySuspended(): Suspended['why'] | undefined {
    if (this.#sync === undefined) return this.#mirror?.known ? undefined : 'unknown-store'
    if (this.#sync.unknown) return 'unknown-store'
    return this.#lease.valid() ? undefined : 'lease'
  }

  /** Tells the listeners when the suspension has begun or ended since they were last told. */
  #reassess(): void {
    const why = this.#suspension()?.why
    if (why === this.#announced) return
    this.#announced = why
    if (why === undefined) this.#options.logger.warn({}, 'AI replies are no longer suspended')
    else this.#options.logger.error({ why }, 'AI replies are suspended: the halt state cannot be confirmed')
    this.#state.notify()
  }

  /** One turn with the shared store. */
  async #step(): Promise<void> {
    await this.#sync?.step()
    this.#reassess()
    this.#awaitLeaseEnd()
  }

  async #upkeep(): Promise<void> {
    await this.#mirror?.upkeep()
    this.#reassess()
    await this.#compactWhenDue()
  }

  /** Idle streams ask nothing by themselves: the listeners are called at the moment the lease runs out. */
  #awaitLeaseEnd(): void {
    this.#callOffLeaseEnd()
    if (this.#options.drive !== 'timer' || !this.#lease.valid()) return
    this.#callOffLeaseEnd = later(this.#lease.leftMs() + 1, () => {
      this.#reassess()
      this.#awaitLeaseEnd()
    })
  }

  async #compactWhenDue(): Promise<void> {
    const { mirror, shared, storeTimeoutMs, clock, logger } = this.#options
    const due =
      this.#compactedAtMs === undefined || clock.monotonicMs() - this.#compactedAtMs >= compactEveryMs
    if (!due || this.#suspension() !== undefined) return
    this.#compactedAtMs = clock.monotonicMs()
    const stores = [shared, mirror].filter((store) => store !== undefined)
    const compacted = compactHalts(this.#state, stores, clock.wallMs(), logger)
    await within(2 * storeTimeoutMs, 'compacting old halts', () => compacted).catch(() => {})
  }

  /** An id that was used before would give a new halt an old one's way back. */
  #mark(notBeforeMs = 0): Mark {
    const id = this.#options.newId()
    const atMs = Math.max(this.#nowMs(), Math.ceil(notBeforeMs))
    return { id: this.#state.set.knows(id) ? crypto.randomUUID() : id, atMs }
  }

  /** The one that stands in is the younger one, whatever this gateway's clock says. */
  #afterSuperseded({ supersedes }: EngageRequest): number {
    const older = supersedes === undefined ? undefined : this.#state.set.known(supersedes)
    return older === undefined ? 0 : older.halt.atMs + 1
  }

  /** Puts an entry that is in force already where it must be. Returns why it is not durable there. */
  async #spread(entry: HaltEntry): Promise<(string | undefined)[]> {
    const elsewhere = this.#options.inForceElsewhere()
    const missing = await Promise.all([this.#saveToDisk(), this.#share(entry)])
    await elsewhere
    return missing
  }

  /** Returns why the own disk does not hold all it should. */
  async #saveToDisk(): Promise<string | undefined> {
    const missing = await this.#mirror?.save()
    return missing === undefined ? undefined : `own disk: ${missing}`
  }

  /** Sends an entry that is in force already. Returns why the shared store has not made it durable. */
  async #share(entry: HaltEntry): Promise<string | undefined> {
    try {
      const outcome = await this.#sync?.append([entry])
      if (outcome === undefined || outcome.durable) return undefined
      return `shared store: ${outcome.missing ?? 'not on a majority of its nodes'}`
    } catch (error) {
      return `shared store: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /**
   * What opens takes effect only when it is stored. One that got through to too few nodes may already be spreading, so
   * it takes effect here too, and is reported as not acknowledged.
   */
  async #storeFirst(entry: ClearanceEntry): Promise<(string | undefined)[]> {
    const { mirror, storeTimeoutMs } = this.#options
    try {
      if (this.#sync) {
        const { durable, missing } = await this.#sync.append([entry])
        this.#state.learn([entry], durable ? 'shared' : undefined)
        const shortOf = durable ? undefined : `shared store: ${missing ?? 'not on a majority of its nodes'}`
        return [shortOf, await this.#saveToDisk()]
      }
      if (mirror) await within(storeTimeoutMs, 'the own disk', () => mirror.append([entry]))
      this.#state.learn([entry], 'disk')
      return []
    } catch (cause) {
      throw new GatewayError(
        'not_durable',
        'it was not confirmed, so nothing is opened here; it may still arrive: look at the halt, then try again',
        { cause },
      )
    }
  }

  #durability(entryId: string, missing: (string | undefined)[]): Durability {
    if (this.#state.acknowledged(entryId)) return { acknowledged: true }
    const why = missing.filter((part) => part !== undefined).join('; ') || 'not confirmed yet'
    this.#state.expectLate(entryId)
    this.#options.logger.error({ id: entryId, missing: why }, 'in force here, but not acknowledged; retrying')
    return { acknowledged: false, missing: why }
  }

  #shown(haltId: string): Halt {
    const halt = this.list().find(({ id }) => id === haltId)
    if (halt === undefined) throw new GatewayError('internal', 'the halt has been compacted meanwhile')
    return halt
  }

  /** Of a halt counts what put it where it is. */
  #withAcknowledgement(halt: Omit<Halt, 'acknowledged'>): Halt {
    const way = this.#state.set.known(halt.id)?.way
    const ids = [halt.id, way?.clearances[0]?.id ?? way?.ramp?.id ?? halt.id]
    return { ...halt, acknowledged: ids.every((id) => this.#state.acknowledged(id)) }
  }

  #nowMs(): number {
    return Math.max(0, Math.floor(this.#options.clock.wallMs()))
  }
}
