import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { CanaryStore } from '../stores/halt-store.ts'
import type { ClearedEntry, EngagedEntry, HaltEntry } from './halt-entry.ts'
import type { HaltGate } from './halt-gate.ts'
import { HaltSet } from './halt-set.ts'
import { later, within } from './timers.ts'

/** The tenant of the canary's exchanges; nobody else's, and no halt of anybody names it. */
export const canaryTenant = 'haltgate-canary'

/** What became of the canary's exchanges; each goes through the gateway's own request path. */
export interface CanaryExchanges {
  /** A stream that runs until it is cut. Resolves with its first words; rejects when none come. */
  begin(gate: HaltGate): Promise<RunningCanary>
  /** A whole exchange: whether it was answered by the engine or by a halt. */
  ask(gate: HaltGate): Promise<'engine' | 'halted' | 'neither'>
}

export interface RunningCanary {
  /** How it ended: cut by the halt with the safe reply as its last words, or otherwise. */
  over: Promise<'safe-reply' | 'otherwise'>
  stop(): void
}

export interface HaltLiveness {
  /** Since the last proof, or since the start when there was none yet, in milliseconds. */
  ageMs(): number
  /** Why the last attempt failed; `undefined` after a success. */
  readonly failure: string | undefined
  start(): void
  close(): Promise<void>
}

/** How long a cut may take until it counts as none. */
const patienceMs = 5_000

/**
 * Proves again and again that the switch could still halt: a halt is written to every store and read back, a running
 * stream is seen to be cut by it, a new exchange to be answered by it, and after its clearance one to be served. All of
 * that in a scope and in a place of the stores that belong to the canary alone.
 */
export function createHaltLiveness(parts: {
  gatewayId: string
  stores: readonly CanaryStore[]
  exchanges: CanaryExchanges
  everyMs(): number
  newId(): string
  clock: Clock
  logger: Logger
}): HaltLiveness {
  const { gatewayId, stores, exchanges, clock, logger } = parts
  let provedAtMs = clock.monotonicMs()
  let failure: string | undefined
  let closed = false
  let callOff = () => {}
  let proving: Promise<void> = Promise.resolve()

  async function prove(): Promise<void> {
    const gate = canaryGate()
    const running = await within(patienceMs, 'the canary exchange', () => exchanges.begin(gate))
    try {
      const halt = haltOf(parts.newId(), clock)
      gate.learn(await written([halt]))
      const ending = await Promise.race([running.over, tooLate()])
      if (ending !== 'safe-reply') throw new Error('the running stream was not cut by the halt')
      if ((await asked(gate)) !== 'halted') throw new Error('a new exchange was not halted')
      gate.learn(await written([halt, clearanceOf(halt, parts.newId(), clock)]))
      if ((await asked(gate)) !== 'engine') throw new Error('an exchange was not served after the clearance')
    } finally {
      running.stop()
    }
  }

  const asked = (gate: HaltGate) => within(patienceMs, 'the canary exchange', () => exchanges.ask(gate))

  /** What all stores give back of these entries. */
  async function written(entries: HaltEntry[]): Promise<HaltEntry[]> {
    const read = await Promise.all(stores.map((store) => store.exchangeCanary(gatewayId, entries)))
    for (const { durable, missing, entries: kept } of read) {
      if (!durable) throw new Error(`the canary is not durable: ${missing ?? 'not said why'}`)
      if (kept.length !== entries.length) throw new Error('a halt store gave back other entries')
    }
    return read.flatMap(({ entries: kept }) => kept)
  }

  function turn() {
    proving = prove()
      .then(() => {
        provedAtMs = clock.monotonicMs()
        if (failure !== undefined) logger.info({}, 'the canary is halted again as it should be')
        failure = undefined
      })
      .catch((error: unknown) => {
        failure = error instanceof Error ? error.message : String(error)
        logger.error(errorFields(error), 'the canary was not halted: it is not proved that a halt would hold')
      })
      .finally(() => {
        if (!closed) callOff = later(parts.everyMs(), turn)
      })
  }

  return {
    ageMs: () => clock.monotonicMs() - provedAtMs,
    get failure() {
      return failure
    },
    start: turn,
    async close() {
      closed = true
      callOff()
      await proving
    },
  }
}

function tooLate(): Promise<'otherwise'> {
  return new Promise((resolve) => later(patienceMs, () => resolve('otherwise')))
}

/** A gate as the request path knows it, over a set of the canary's own. */
function canaryGate(): HaltGate & { learn(entries: readonly HaltEntry[]): void } {
  const set = new HaltSet()
  const listeners = new Set<() => void>()
  return {
    check: (subject) => set.verdict(subject),
    refresh: () => undefined,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    learn(entries) {
      set.merge(entries)
      for (const listener of [...listeners]) listener()
    },
  }
}

function haltOf(id: string, clock: Clock): EngagedEntry {
  const said = { by: 'haltgate', reason: 'proof that a halt would hold' }
  const atMs = Math.max(0, Math.floor(clock.wallMs()))
  return { ...said, kind: 'engaged', id, atMs, scope: `tenant:${canaryTenant}`, cause: 'drill' }
}

function clearanceOf({ id: haltId, by, reason }: EngagedEntry, id: string, clock: Clock): ClearedEntry {
  return { kind: 'cleared', id, haltId, by, reason, atMs: Math.max(0, Math.floor(clock.wallMs())) }
}
