import { byAge, readWayBack, type WayBack } from './clearance-chain.ts'
import { isAdmitted, seedOf } from './clearance-place.ts'
import { type CompactionGroup, compactionGroups } from './compaction-groups.ts'
import { fingerprint, joined } from './halt-conflict.ts'
import {
  type ClearanceEntry,
  type ClearedEntry,
  type EngagedEntry,
  type HaltEntry,
  type HaltSubject,
  isClearanceStep,
  isConflicting,
  isEngaged,
  type RampShare,
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

export { isCleared, isEngaged } from './halt-entry.ts'

/** What a merge changed. `conflicts`: ids that came with two contents, which is damage and must be reported. */
export interface Merged {
  added: HaltEntry[]
  conflicts: string[]
}

type Halted = Extract<HaltVerdict, { kind: 'halted' }>

/** A halt with what its entries prove about its end. */
export interface KnownHalt {
  halt: EngagedEntry
  way: WayBack
  /** The newer halt that stands in its place. */
  supersededBy: EngagedEntry | undefined
}

interface Active {
  halt: EngagedEntry
  verdict: Halted
  /** How many sessions pass it, and which. */
  share: 0 | RampShare
  seed: number
}

/**
 * The set of halt entries, which only grows: merging in any order and any number of times gives the same set.
 * Entries must have been read by `parseHaltEntry`. Entries of unknown kinds are kept and have no effect, and neither has
 * a step on the way back that lacks what it rests on: all is derived from the entries, at each change.
 */
export class HaltSet {
  readonly #entries = new Map<string, HaltEntry>()
  #halts = new Map<string, KnownHalt>()
  /** Every id that some entry refers to. */
  #named = new Set<string>()
  #steps = new Map<string, ClearanceEntry[]>()
  #damaged = new Set<string>()
  #groups: CompactionGroup[] = []
  #active: Active[] = []
  #salt: string | undefined
  #version = 0
  #digest: { of: string; value: string } | undefined

  constructor(entries: Iterable<HaltEntry> = []) {
    this.merge(entries)
  }

  /** Changes with every change of the set. */
  get version(): number {
    return this.#version
  }

  /** What ramps choose sessions by, the same on all replicas. Until there is one, no session is let in early. */
  set salt(salt: string | undefined) {
    if (salt === this.#salt) return
    this.#salt = salt
    for (const active of this.#active) active.seed = seedOf(salt, active.halt.id)
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /** Whether an entry has this id or refers to it, even if what it refers to is not here. */
  knows(id: string): boolean {
    return this.#entries.has(id) || this.#named.has(id)
  }

  get(id: string): HaltEntry | undefined {
    return this.#entries.get(id)
  }

  entries(): readonly HaltEntry[] {
    return [...this.#entries.values()]
  }

  /** Adds what is new. Two contents under one id: the safer of both is in force on every gateway alike. */
  merge(entries: Iterable<HaltEntry>): Merged {
    const merged: Merged = { added: [], conflicts: [] }
    for (const entry of entries) {
      const held = this.#entries.get(entry.id)
      if (held === undefined) merged.added.push(entry)
      else if (fingerprint(held) !== fingerprint(entry)) merged.conflicts.push(entry.id)
      else continue
      this.#entries.set(entry.id, held === undefined ? entry : joined(held, entry))
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

  /**
   * The oldest halt in force that applies and that no ramp lets the subject through; `undefined` when there is none.
   * Allocates nothing.
   */
  verdict(subject: HaltSubject): Halted | undefined {
    if (this.#active.length === 0) return undefined
    for (const { halt, verdict, share, seed } of this.#active)
      if (scopeApplies(halt.scope, subject) && !isAdmitted(seed, share, subject)) return verdict
    return undefined
  }

  /** All halts, newest first, without what only the stores know. */
  halts(): Omit<Halt, 'acknowledged'>[] {
    return [...this.#halts.values()].sort((a, b) => byAge(b.halt, a.halt)).map(toHalt)
  }

  /** A halt and what is proved about its end; `undefined` when there is none with this id. */
  known(haltId: string): KnownHalt | undefined {
    return this.#halts.get(haltId)
  }

  /** All halts with what is proved about their end, oldest first. */
  allKnown(): KnownHalt[] {
    return [...this.#halts.values()]
  }

  /** The clearance in force for a halt: the earliest one that rests on what it must. */
  clearanceOf(haltId: string): ClearedEntry | undefined {
    return this.#halts.get(haltId)?.way.clearances[0]
  }

  /** What would be proved about a halt's end if this step were in the set too. */
  wayWith(step: ClearanceEntry): WayBack | undefined {
    const halt = this.#halts.get(step.haltId)?.halt
    const steps = this.#steps.get(step.haltId) ?? []
    return halt && readWayBack(halt, [...steps, step], this.#damaged.has(step.haltId))
  }

  /**
   * Ids of halts that have been over for 30 days, with every step of their way back and with the halts that they
   * superseded; never of a halt in force. Steps of halts that are not here go 30 days after the last of them.
   */
  expired(nowMs: number): string[] {
    return this.#groups
      .filter(({ isOver, lastMs }) => isOver && nowMs - lastMs > clearedHaltsKeptMs)
      .flatMap(({ ids }) => ids)
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
    const entries = [...this.#entries.values()]
    const engaged = entries.filter(isEngaged).sort(byAge)
    this.#steps = Map.groupBy(entries.filter(isClearanceStep), ({ haltId }) => haltId)
    this.#damaged = new Set(entries.filter(isConflicting).flatMap(({ haltIds }) => haltIds))
    this.#named = new Set(entries.flatMap(idsNamedBy))
    const superseded = supersededIn(engaged)
    this.#halts = new Map(
      engaged.map((halt) => {
        const way = readWayBack(halt, this.#steps.get(halt.id) ?? [], this.#damaged.has(halt.id))
        return [halt.id, { halt, way, supersededBy: superseded.get(halt.id) }]
      }),
    )
    this.#groups = compactionGroups(entries, (id) => this.#isOver(id))
    this.#active = [...this.#halts.values()]
      .filter(({ halt }) => !this.#isOver(halt.id))
      .map(({ halt, way }) => ({
        halt,
        verdict: { kind: 'halted', haltId: halt.id, scope: halt.scope, cause: halt.cause },
        share: way.ramp?.share ?? 0,
        seed: seedOf(this.#salt, halt.id),
      }))
  }

  /** Without an effect of its own: cleared, or another stands in its place. */
  #isOver(haltId: string): boolean {
    const known = this.#halts.get(haltId)
    return known === undefined || known.supersededBy !== undefined || known.way.clearances.length > 0
  }
}

/**
 * Which halts another stands in for, by their ids. It must bar at least as much and ask for the same proof, and it must
 * be the younger one, so that no two stand in for each other.
 */
function supersededIn(engaged: readonly EngagedEntry[]): Map<string, EngagedEntry> {
  const halts = new Map(engaged.map((halt) => [halt.id, halt]))
  const found = new Map<string, EngagedEntry>()
  for (const newer of engaged) {
    const older = newer.supersedes === undefined ? undefined : halts.get(newer.supersedes)
    if (older === undefined || found.has(older.id)) continue
    if (newer.scope === older.scope && newer.cause === older.cause && newer.atMs > older.atMs)
      found.set(older.id, newer)
  }
  return found
}

function idsNamedBy(entry: HaltEntry): string[] {
  if (isEngaged(entry)) return entry.supersedes === undefined ? [] : [entry.supersedes]
  if (isConflicting(entry)) return entry.haltIds
  if (!isClearanceStep(entry)) return []
  if (entry.kind === 'approval') return [entry.haltId, entry.validationId]
  if (entry.kind === 'ramp') return [entry.haltId, entry.validationId, ...entry.approvalIds]
  if (entry.kind === 'cleared' && entry.rampId !== undefined) return [entry.haltId, entry.rampId]
  return [entry.haltId]
}

function toHalt({ halt, way, supersededBy }: KnownHalt): Omit<Halt, 'acknowledged'> {
  const { id, scope, cause, reason, by, atMs, supersedes } = halt
  const engaged = {
    id,
    scope,
    cause,
    reason,
    engagedBy: by,
    engagedAtMs: atMs,
    ...(supersedes === undefined ? {} : { supersedes }),
  }
  const [clearance] = way.clearances
  if (clearance !== undefined) {
    return {
      ...engaged,
      state: 'cleared',
      share: 1,
      clearedBy: clearance.by,
      clearedAtMs: clearance.atMs,
      clearedReason: clearance.reason,
      clearedHow: clearance.how ?? 'commander',
    }
  }
  if (supersededBy !== undefined)
    return { ...engaged, state: 'superseded', share: 0, supersededBy: supersededBy.id }
  if (way.ramp !== undefined) return { ...engaged, state: 'ramping', share: way.ramp.share }
  return { ...engaged, state: way.passed === undefined ? 'engaged' : 'awaiting-approval', share: 0 }
}
