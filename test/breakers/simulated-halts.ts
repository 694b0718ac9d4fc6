import type { HaltEntry } from '../../src/breakers/halt-entry.ts'
import { digestOf } from '../../src/breakers/halt-set.ts'
import { createSafetyHalt, type SafetyHaltOptions } from '../../src/breakers/safety-halt.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { silentLogger } from '../../src/logger.ts'
import type { Genesis, HaltStore } from '../../src/stores/halt-store.ts'

/** What a storage holds, kept as text as a real one would. */
export class SimulatedNode {
  genesis: Genesis | undefined
  entries = new Map<string, string>()

  copy(): SimulatedNode {
    const copy = new SimulatedNode()
    copy.genesis = this.genesis
    copy.entries = new Map(this.entries)
    return copy
  }

  empty(): void {
    this.genesis = undefined
    this.entries.clear()
  }

  ids(): string[] {
    return [...this.entries.keys()]
  }
}

/** How a call fares: done; refused; done but the answer lost; never answered; held until the link is mended. */
export type LinkMode = 'up' | 'down' | 'answers-lost' | 'hangs' | 'frozen'
export type PushMode = 'once' | 'twice' | 'lost'

/** A halt store in memory, seen through a link that can be broken in every way a network knows. */
export class SimulatedStore implements HaltStore {
  node: SimulatedNode
  mode: LinkMode = 'up'
  pushMode: PushMode = 'once'
  /** Whether this side has enough replicas. */
  durable = true
  /** How long a call is under way, there and back. */
  latencyMs = () => 0
  confirmations = 0
  readonly #peers: Set<SimulatedStore>
  readonly #subscribers = new Set<(entries: HaltEntry[]) => void>()
  #frozen: (() => void)[] = []

  constructor(node = new SimulatedNode(), peers = new Set<SimulatedStore>()) {
    this.node = node
    this.#peers = peers
    peers.add(this)
  }

  mend(): void {
    this.mode = 'up'
    for (const go of this.#frozen.splice(0)) go()
  }

  initialise(genesis: Genesis): Promise<Genesis> {
    return this.#call(() => {
      this.node.genesis ??= genesis
      return this.node.genesis
    })
  }

  read() {
    return this.#call(() => ({
      genesis: this.node.genesis,
      entries: [...this.node.entries.values()].map((text): HaltEntry => JSON.parse(text)),
    }))
  }

  append(entries: HaltEntry[]) {
    return this.#call(() => {
      for (const entry of entries) {
        if (!this.node.entries.has(entry.id)) this.node.entries.set(entry.id, JSON.stringify(entry))
      }
      for (const peer of this.#peers) if (peer !== this && peer.node === this.node) peer.#push(entries)
      return this.#outcome()
    })
  }

  confirm() {
    this.confirmations++
    return this.#call(() => ({
      ...this.#outcome(),
      digest: this.node.genesis && digestOf(this.node.ids()),
    }))
  }

  subscribe(onEntries: (entries: HaltEntry[]) => void): () => void {
    this.#subscribers.add(onEntries)
    return () => this.#subscribers.delete(onEntries)
  }

  compact(ids: string[]): Promise<void> {
    return this.#call(() => {
      for (const id of ids) this.node.entries.delete(id)
    })
  }

  async close(): Promise<void> {}

  #push(entries: HaltEntry[]): void {
    if (this.mode !== 'up' || this.pushMode === 'lost') return
    const times = this.pushMode === 'twice' ? 2 : 1
    for (let i = 0; i < times; i++) for (const subscriber of this.#subscribers) subscriber(entries)
  }

  #outcome() {
    return this.durable ? { durable: true } : { durable: false, missing: 'on 1 of 3 nodes' }
  }

  async #call<T>(work: () => T): Promise<T> {
    if (this.mode === 'frozen') await new Promise<void>((go) => this.#frozen.push(go))
    if (this.mode === 'hangs') await new Promise(() => {})
    if (this.mode === 'down') throw new Error('unreachable')
    const thereMs = this.latencyMs()
    if (thereMs > 0) await new Promise((arrive) => setTimeout(arrive, thereMs))
    const result = work()
    const backMs = this.latencyMs()
    if (backMs > 0) await new Promise((arrive) => setTimeout(arrive, backMs))
    if (this.mode === 'answers-lost') throw new Error('the answer was lost')
    return result
  }
}

/** The process's clocks, either of which can be moved. */
export class MovableClock implements Clock {
  monotonicOffsetMs = 0
  wallOffsetMs = 0

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.monotonicOffsetMs
  }

  wallMs(): number {
    return systemClock.wallMs() + this.wallOffsetMs
  }
}

let lastId = 0

/** A gateway with short times and fake parts; a test gives what it is about. */
export function startGateway(given: Partial<SafetyHaltOptions>) {
  return createSafetyHalt({
    gatewayId: `gateway-${++lastId}`,
    mirror: undefined,
    shared: undefined,
    leaseMs: 1_000,
    clock: systemClock,
    logger: silentLogger,
    newId: () => `entry-${String(++lastId).padStart(6, '0')}`,
    ...given,
  })
}

export const genesis: Genesis = { id: 'genesis-1', atMs: 1 }
export const someone = { engine: 'primary', tenant: 'acme' }
export const stopAll = { scope: 'all', cause: 'drill', reason: 'it answers harm', by: 'ada' } as const
