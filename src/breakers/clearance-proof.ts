import { GatewayError } from '../errors.ts'
import { proofFor } from './clearance-chain.ts'
import type { EngagedEntry, ProofFacts, ProofKind } from './halt-entry.ts'
import type { KnownHalt } from './halt-set.ts'
import { sha1Hex } from './sha1.ts'

/** Who acts on a halt's way back. One person with two keys is one person. */
export interface ClearanceActor {
  personId: string
  keyId: string
  name: string
  kind: 'person' | 'service'
  roles: readonly string[]
}

/** A request to prove that the cause of a halt is gone. */
export interface ValidationRequest {
  /** Name or id of the person who made the fix; that one may not approve. */
  author: string
  /** Of the engine that is to serve; needed only where the configuration does not say. */
  engineVersion?: string | undefined
  /** What was found and done, where a person vouches for it. No message text. */
  statement?: string | undefined
  /** How many replies were read. */
  reviewed?: number | undefined
  /** Why the same version is tried again after a failure. */
  repeatReason?: string | undefined
  reason: string
}

/** What came of an attempt. */
export interface ProofResult {
  proof: ProofKind
  passed: boolean
  /** What approvals are bound to, with the version. */
  runHash: string
  engineVersion: string
  facts: ProofFacts
}

/** What a signal says now: passed when it has recovered. */
export interface SignalProof {
  passed: boolean
  facts: ProofFacts
}

/**
 * The proof that a person gives by word. Throws `GatewayError` `forbidden` or `invalid_request` for one who may not
 * vouch, or says too little.
 */
export function wordOf(
  actor: ClearanceActor,
  halt: EngagedEntry,
  engineVersion: string,
  { statement = '', reviewed }: ValidationRequest,
): ProofResult {
  if (actor.kind !== 'person') throw new GatewayError('forbidden', 'a service cannot vouch for anything')
  const proof = proofFor(halt.cause)
  if (statement.trim().length < 3)
    throw new GatewayError('invalid_request', 'statement: expected what was found and what was done')
  if (proof === 'reviewed-replies') {
    if (!actor.roles.includes('clinical'))
      throw new GatewayError(
        'forbidden',
        'after harmful replies a person with the role clinical says how many were read',
      )
    if (reviewed === undefined || reviewed < 1)
      throw new GatewayError('invalid_request', 'reviewed: expected how many replies were read, at least 1')
  } else if (actor.name !== halt.by && !actor.roles.includes('commander')) {
    throw new GatewayError('forbidden', `this needs ${halt.by}, who engaged the halt, or a commander`)
  }
  const facts: ProofFacts = { says: cut(statement), ...(reviewed === undefined ? {} : { reviewed }) }
  return {
    proof,
    passed: true,
    engineVersion,
    facts,
    runHash: hashOf({ halt: halt.id, actor: actor.personId, statement, facts }),
  }
}

/** The proof that a signal gives. */
export function wordOfSignal(
  halt: EngagedEntry,
  engineVersion: string,
  { passed, facts }: SignalProof,
  atMs: number,
): ProofResult {
  return { proof: 'signal', passed, engineVersion, facts, runHash: hashOf({ halt: halt.id, atMs, facts }) }
}

/**
 * After a failure the same version is not tried again without a reason: tried often enough, chance would pass it.
 * Throws `GatewayError` `conflict`.
 */
export function refuseBlindRepeat(
  { way }: KnownHalt,
  engineVersion: string,
  repeatReason: string | undefined,
): void {
  const last = way.attempts.at(-1)
  if (last === undefined || last.passed || last.engineVersion !== engineVersion) return
  if (repeatReason !== undefined && repeatReason.trim().length >= 3) return
  throw new GatewayError(
    'conflict',
    `attempt ${last.attempt} failed with this engine version (${engineVersion})`,
    { missing: ['a new engine version, or the reason to repeat (--repeat-reason "…")'] },
  )
}

/** Facts as an entry can hold them. */
export function shortFacts(facts: ProofFacts): ProofFacts {
  return Object.fromEntries(
    Object.entries(facts)
      .slice(0, 40)
      .map(([name, value]) => [name.slice(0, 60), typeof value === 'string' ? cut(value) : value]),
  )
}

const cut = (text: string) => text.trim().slice(0, 200)

/** Ties approvals to exactly these facts; it is not what protects them. */
const hashOf = (value: object) => sha1Hex(JSON.stringify(value))
