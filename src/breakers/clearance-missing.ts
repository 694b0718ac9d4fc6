import { GatewayError } from '../errors.ts'
import { endsByCommander, holdsAt, pairAt, proofFor, type WayBack } from './clearance-chain.ts'
import type { EngagedEntry } from './halt-entry.ts'
import type { KnownHalt } from './halt-set.ts'

/** Exactly what is missing until this halt is cleared, in the order in which it has to come; empty when nothing is. */
export function missingFor(halt: EngagedEntry, way: WayBack, nowMs: number): string[] {
  if (way.clearances.length > 0) return []
  if (endsByCommander(halt.cause) && way.attempts.length === 0) return ['the word of a commander']
  const { passed, ramp } = way
  if (ramp !== undefined) return [restOfRamp(ramp.share)]
  return [
    ...(passed === undefined ? ['a passed validation'] : []),
    ...missingApprovals(way, nowMs),
    'the ramp (10, 50 and 100 % of sessions)',
  ]
}

/** The command that brings a halt one step on, for a person. */
export function nextCommand(halt: EngagedEntry, way: WayBack): string | undefined {
  const { id } = halt
  if (way.clearances.length > 0 || way.ramp !== undefined) return undefined
  if (endsByCommander(halt.cause) && way.attempts.length === 0) return `haltgate clear ${id} --reason "…"`
  if (way.passed !== undefined) return `haltgate approve ${id} --reason "…"`
  const proof = proofFor(halt.cause)
  const more = {
    'probe-run': '',
    signal: '',
    'reviewed-replies': ' --reviewed N --statement "…"',
    statement: ' --statement "…"',
  }
  return `haltgate validate ${id} --author NAME${more[proof]} --reason "…"`
}

/** Throws `GatewayError` `conflict` for a halt that is over. */
export function refuseIfOver({ halt, way, supersededBy }: KnownHalt): void {
  const [clearance] = way.clearances
  if (clearance !== undefined)
    throw new GatewayError('conflict', `halt ${halt.id} is already cleared by ${clearance.by}`)
  if (supersededBy !== undefined)
    throw new GatewayError(
      'conflict',
      `halt ${halt.id} is superseded by ${supersededBy.id}: that one is to be cleared`,
    )
}

/** Throws `GatewayError` `conflict` that says what is missing and how to go on. */
export function refuseClearance({ halt, way }: KnownHalt, nowMs: number): never {
  const next = nextCommand(halt, way)
  const goOn = next === undefined ? 'the ramp goes on by itself' : `next: ${next}`
  throw new GatewayError(
    'conflict',
    `a halt for ${halt.cause} ends by validation, two approvals and a ramp (or by breaking the glass); ${goOn}`,
    { missing: missingFor(halt, way, nowMs) },
  )
}

function missingApprovals({ approvals }: WayBack, nowMs: number): string[] {
  if (pairAt(approvals, nowMs) !== undefined) return []
  const held = approvals.filter((approval) => holdsAt(approval, nowMs))
  const has = (wanted: 'clinical' | 'commander') => held.some(({ role }) => role === wanted)
  if (has('clinical') && has('commander')) return ['an approval by a second person']
  return [
    ...(has('clinical') ? [] : ['an approval by a clinical person who is not the author']),
    ...(has('commander') ? [] : ['an approval by a commander who is not the author']),
  ]
}

function restOfRamp(share: number): string {
  return share === 1
    ? 'the time of the last step of the ramp (100 % of sessions)'
    : `the rest of the ramp (${100 * share} % of sessions now)`
}
