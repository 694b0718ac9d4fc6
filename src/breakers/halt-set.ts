import {
  type ClearedEntry,
  type EngagedEntry,
  type HaltEntry,
  type HaltSubject,
  scopeApplies,
} from './halt-entry.ts'
import type { Halt, HaltVerdict } from './halt-gate.ts'
import { sha1Hex } from './sha1.ts'

/** Cleared halts are kept this long, so that nobody who was away for a while brings them back. */
export const clearedHaltsKeptMs = 30 * 24 * 60 * 60 * 1000

/**
 * The digest two holders of the set compare: SHA-1 hex of the ids in code-unit order, joined by commas.
 * Ids are ASCII, so this is byte order too. A Redis script that computes the same must sort by bytes (a sorted set
 * does); Lua's `table.sort` follows the server's locale.
 */
export function digestOf(ids: Iterable<string>): string {
  return sha1Hex([...ids].sort().join(','))
}

export function isEngaged(entry: HaltEntry): entry is EngagedEntry {
  return entry.kind === 'engaged'
}

export function isCleared(entry: HaltEntry): entry is ClearedEntry {
  return entry.kind === 'cleared'
}

/** What a merge changed. `conflicts`: ids that came with two contents, which is damage and must be reported. */
export interface Merged {
  added: HaltEntry[]
  conflicts: string[]
}

type Halted = Extract<HaltVerdict, { kind: 'halted' }>

/**
 * The set of halt entries, which only grows: merging in any order and any number of times gives the same set.
 * Entries must have been read by `parseHaltEntry`. Entries of unknown kinds are kept and have no effect.
 */
export class HaltSet {
  readonly #entries = new Map<string, HaltEntry>()
  /** Clearances by the halt they end, earliest first. */
  #clearances = new Map<string, ClearedEntry[]>()
  #active: { halt: EngagedEntry; verdict: Halted }[] = []
  #version = 0
  #digest: { of: string; value: string } | undefined

  constructor(entries: Iterable<HaltEntry> = []) {
    this.merge(entries)
  }

  /** Changes with every change of the set. */
  get version(): number {
    return this.#version
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  get(id: string): HaltEntry | undefined {
    return this.#entries.get(id)
  }

  entries(): readonly HaltEntry[] {
    return [...this.#entries.values()]
  }

  /** Adds what is new. Two contents under one id: the safer one wins on every gateway alike. */
  merge(entries: Iterable<HaltEntry>): Merged {
    const merged: Merged = { added: [], conflicts: [] }
    for (const entry of entries) {
      const held = this.#entries.get(entry.id)
      if (held === undefined) merged.added.push(entry)
      else if (fingerprint(held) !== fingerprint(entry)) merged.conflicts.push(entry.id)
      else continue
      this.#entries.set(entry.id, held === undefined ? entry : safer(held, entry))
    }
    if (merged.added.length > 0 || merged.conflicts.length > 0) this.#changed()
    return merged
  }

  /** Takes out what `expired` named, once every store has done so. */
  remove(ids: Iterable<string>): void {
    let removed = false
    for (const id of ids) removed = this.#entries.delete(id) || removed
    if (removed) this.#changed()
  }

  /** The oldest uncleared halt that applies; `undefined` when none does. Allocates nothing. */
  verdict(subject: HaltSubject): Halted | undefined {
    if (this.#active.length === 0) return undefined
    for (const { halt, verdict } of this.#active) if (scopeApplies(halt.scope, subject)) return verdict
    return undefined
  }

  /** All halts, newest first, without what only the stores know. */
  halts(): Omit<Halt, 'acknowledged'>[] {
    const engaged = [...this.#entries.values()].filter(isEngaged)
    return engaged
      .sort(byAge)
      .reverse()
      .map((halt) => toHalt(halt, this.clearanceOf(halt.id)))
  }

  /** The clearance in force for a halt: the earliest one. */
  clearanceOf(haltId: string): ClearedEntry | undefined {
    return this.#clearances.get(haltId)?.[0]
  }

  /** Ids of halts whose last clearance is over 30 days old, and of all their clearances; never of an uncleared halt. */
  expired(nowMs: number): string[] {
    const ids: string[] = []
    for (const [haltId, clearances] of this.#clearances) {
      const last = clearances.at(-1)
      if (last === undefined || nowMs - last.atMs <= clearedHaltsKeptMs) continue
      if (this.#entries.has(haltId)) ids.push(haltId)
      for (const { id } of clearances) ids.push(id)
    }
    return ids
  }

  /** The entries that count: all but the expired ones, which some gateways have compacted and others not. */
  live(nowMs: number): HaltEntry[] {
    const gone = new Set(this.expired(nowMs))
    return [...this.#entries.values()].filter(({ id }) => !gone.has(id))
  }

  digest(nowMs: number): string {
    // Asked four times a second. In one version, as many expired entries are the same ones.
    const of = `${this.#version} without ${this.expired(nowMs).length}`
    if (this.#digest?.of === of) return this.#digest.value
    const value = digestOf(this.live(nowMs).map(({ id }) => id))
    this.#digest = { of, value }
    return value
  }

  #changed(): void {
    this.#version++
    const cleared = [...this.#entries.values()].filter(isCleared).sort(byAge)
    this.#clearances = Map.groupBy(cleared, ({ haltId }) => haltId)
    this.#active = [...this.#entries.values()]
      .filter(isEngaged)
      .filter(({ id }) => !this.#clearances.has(id))
      .sort(byAge)
      .map((halt) => ({
        halt,
        verdict: { kind: 'halted', haltId: halt.id, scope: halt.scope, cause: halt.cause },
      }))
  }
}

function byAge(a: EngagedEntry | ClearedEntry, b: EngagedEntry | ClearedEntry): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1)
}

function toHalt(halt: EngagedEntry, clearance: ClearedEntry | undefined): Omit<Halt, 'acknowledged'> {
  const { id, scope, cause, reason, by, atMs } = halt
  const engaged = { id, scope, cause, reason, engagedBy: by, engagedAtMs: atMs }
  if (clearance === undefined) return { ...engaged, state: 'engaged' }
  return {
    ...engaged,
    state: 'cleared',
    clearedBy: clearance.by,
    clearedAtMs: clearance.atMs,
    clearedReason: clearance.reason,
  }
}

/**
 * Of two contents under one id the safer, whichever came first: a halt beats anything, and of two scopes `all` is
 * kept; an entry without effect beats a clearance; two clearances of different halts end neither.
 */
function safer(a: HaltEntry, b: HaltEntry): HaltEntry {
  const [first, second] = [a, b].sort(
    (x, y) => rank(y) - rank(x) || (fingerprint(x) < fingerprint(y) ? -1 : 1),
  )
  if (first === undefined || second === undefined) return a
  if (isEngaged(first) && isEngaged(second) && first.scope !== second.scope) return { ...first, scope: 'all' }
  if (isCleared(first) && isCleared(second) && first.haltId !== second.haltId) {
    return { id: first.id, kind: 'conflicting', atMs: Math.min(first.atMs, second.atMs) }
  }
  return first
}

function rank(entry: HaltEntry): number {
  if (isEngaged(entry)) return 2
  return isCleared(entry) ? 0 : 1
}

/** The same for the same content, whatever the order of its fields. */
function fingerprint(entry: HaltEntry): string {
  return JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
}
