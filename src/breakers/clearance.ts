import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'
import { nameKeyOf } from '../name-key.ts'
import type { ClearanceRules } from '../plan/crisis-detection.ts'
import { scaledMs } from '../plan/schema.ts'
import { byAge, holdsAt, isAuthor, pairAt, proofFor, provesEnd } from './clearance-chain.ts'
import { missingFor, nextCommand, refuseClearance, refuseIfOver } from './clearance-missing.ts'
import {
  type ClearanceActor,
  type ProofResult,
  refuseBlindRepeat,
  type SignalProof,
  shortFacts,
  type ValidationRequest,
  wordOf,
  wordOfSignal,
} from './clearance-proof.ts'
import { type ClearanceStatus, clearanceStatus, type RunProgress } from './clearance-status.ts'
import {
  ApprovalRole,
  type EngagedEntry,
  type RampEntry,
  type RampShare,
  rampShares,
  scopeApplies,
  type ValidationEntry,
} from './halt-entry.ts'
import type { Durability, Halt, SafetyHalt } from './halt-gate.ts'
import type { KnownHalt } from './halt-set.ts'

export type { ClearanceActor, ProofResult, SignalProof, ValidationRequest } from './clearance-proof.ts'
export type { ClearanceStatus, RunProgress } from './clearance-status.ts'

export interface ClearanceParts {
  halt: SafetyHalt
  clock: Clock
  logger: Logger
  /** Signs what happens by itself: steps of a ramp, halts in place of others. */
  actor: string
  rules(): ClearanceRules & { timeScale: number }
  /** The version that would serve if this halt ended; `unknown` where nobody says. */
  engineVersion(halt: EngagedEntry): string
  /** Begins a probe run, whose result comes to `recordValidation`. Throws `GatewayError` when it cannot. */
  startValidation(
    halt: EngagedEntry,
    request: ValidationRequest & { engineVersion: string },
    by: string,
  ): Promise<RunStarted> | RunStarted
  /** The probe run of this halt that is under way here. */
  validationProgress(haltId: string): RunProgress | undefined
  /** Whether the signal behind a halt for latency or errors has recovered. */
  signalProof(halt: EngagedEntry): Promise<SignalProof> | SignalProof
  /** By name or id; `undefined` for nobody known. Without the records the name alone is compared. */
  findPerson(nameOrId: string): Promise<{ id: string; name: string } | undefined>
}

export interface RunStarted {
  runId: string
  total: number
}

/** What an act has made of a halt. */
export interface Outcome {
  status: ClearanceStatus
  durability: Durability
}

/**
 * The way back from a halt: engaged, validating, awaiting approval, ramping, cleared. Every verb rejects with
 * `GatewayError`: `not_found`, `conflict` with `missing` for a step out of turn, `forbidden`, or `not_durable`, when
 * nothing was opened. It keeps nothing itself: all that counts is in the halt's entries, which are judged where they
 * are read.
 */
export interface Clearance {
  /** Proves that the cause is gone, or begins to: a probe run takes its time. */
  validate(
    haltId: string,
    request: ValidationRequest,
    actor: ClearanceActor,
  ): Promise<{ started: RunStarted } | Outcome>
  /** What came of an attempt. A failure takes effect at once. */
  recordValidation(
    haltId: string,
    result: ProofResult,
    request: Pick<ValidationRequest, 'author' | 'repeatReason' | 'reason'>,
    by: string,
  ): Promise<Outcome>
  /** One person's approval of the newest validation. The second one begins the ramp. */
  approve(
    haltId: string,
    actor: ClearanceActor,
    request: {
      reason: string
      runHash?: string | undefined
      engineVersion?: string | undefined
      /** For who has both roles. */
      role?: ApprovalRole | undefined
    },
  ): Promise<Outcome>
  beginRamp(haltId: string): Promise<Outcome>
  /** Goes on with every ramp whose step has lasted long enough. One gateway calls it every second. Does not reject. */
  tick(): Promise<void>
  /** Ends any halt at once, by a commander. Loud: it opens an incident of its own. */
  breakGlass(haltId: string, actor: ClearanceActor, reason: string): Promise<HaltOutcome>
  /** Ends a drill or maintenance, by a commander; says for any other halt what is missing. */
  clear(haltId: string, actor: ClearanceActor, reason: string): Promise<HaltOutcome>
  /** Ends the way back of a halt by a new halt in its place; enforced at once. */
  reengage(haltId: string, reason: string): Promise<HaltOutcome>
  status(haltId: string): ClearanceStatus
  /**
   * The time and the id of the newest beginning of a ramp, or end, of a halt for crisis detection that this engine's people
   * were under; when it grows later, the engine's tests start anew.
   */
  epochOf(engine: string): string
  /** Whether this engine is watched more closely: during a ramp and for a time after a clearance. */
  surveillance(engine: string, nowMs: number): boolean
}

type HaltOutcome = { halt: Halt; durability: Durability }

export function createClearance(parts: ClearanceParts): Clearance {
  const { halt: halts, clock, logger, rules } = parts
  /** When each step of a ramp was first seen here: a wall clock that jumps must not shorten it. */
  const seenAtMs = new Map<string, number>()
  let ticking = false

  const nowMs = () => Math.max(0, Math.floor(clock.wallMs()))
  const scaled = (ms: number) => scaledMs(ms, rules().timeScale)

  function inForce(haltId: string): KnownHalt {
    const known = halts.known(haltId)
    if (known === undefined) throw new GatewayError('not_found', `there is no halt ${haltId}`)
    refuseIfOver(known)
    return known
  }

  function status(haltId: string): ClearanceStatus {
    const known = halts.known(haltId)
    if (known === undefined) throw new GatewayError('not_found', `there is no halt ${haltId}`)
    return clearanceStatus(known, parts.validationProgress(haltId), nowMs())
  }

  const outcome = (haltId: string, durability: Durability): Outcome => ({
    status: status(haltId),
    durability,
  })

  function refuseMeanwhile({ halt, way }: KnownHalt): void {
    if (way.ramp !== undefined)
      throw new GatewayError('conflict', `halt ${halt.id} is being ramped: the way back goes on by itself`)
    const run = parts.validationProgress(halt.id)
    if (run !== undefined)
      throw new GatewayError(
        'conflict',
        `a validation is under way (${run.done} of ${run.total} probes): wait for its result`,
      )
  }

  /** Proofs and approvals hold for one version; what runs now must be that one. */
  function refuseOtherVersion(halt: EngagedEntry, version: string): void {
    const running = parts.engineVersion(halt)
    if (running === 'unknown' || running === version) return
    throw new GatewayError('conflict', `the engine runs version ${running}, and this is about ${version}`, {
      missing: [`a passed validation of version ${running}`],
    })
  }

  async function validate(
    haltId: string,
    request: ValidationRequest,
    actor: ClearanceActor,
  ): Promise<{ started: RunStarted } | Outcome> {
    const known = inForce(haltId)
    const { halt } = known
    refuseMeanwhile(known)
    const engineVersion = request.engineVersion ?? parts.engineVersion(halt)
    refuseOtherVersion(halt, engineVersion)
    refuseBlindRepeat(known, engineVersion, request.repeatReason)
    const proof = proofFor(halt.cause)
    if (proof === 'probe-run')
      return { started: await parts.startValidation(halt, { ...request, engineVersion }, actor.name) }
    const result =
      proof === 'signal'
        ? wordOfSignal(halt, engineVersion, await parts.signalProof(halt), nowMs())
        : wordOf(actor, halt, engineVersion, request)
    return recordValidation(haltId, result, request, actor.name)
  }

  async function recordValidation(
    haltId: string,
    result: ProofResult,
    { author, repeatReason, reason }: Pick<ValidationRequest, 'author' | 'repeatReason' | 'reason'>,
    by: string,
  ): Promise<Outcome> {
    const person = await parts.findPerson(author).catch((error: unknown) => {
      logger.warn(errorFields(error), 'the author of a fix was not looked up; the name alone is compared')
      return undefined
    })
    const { halt, way } = inForce(haltId)
    if (!provesEnd(halt.cause, result.proof))
      throw new GatewayError('conflict', `a halt for ${halt.cause} asks for a ${proofFor(halt.cause)}`)
    // Good news comes too late for a ramp; bad news never does.
    if (result.passed && way.ramp !== undefined)
      throw new GatewayError('conflict', `halt ${haltId} is being ramped already`)
    const { durability } = await halts.record(
      {
        kind: 'validation',
        haltId,
        by,
        reason,
        proof: result.proof,
        passed: result.passed,
        runHash: result.runHash,
        engineVersion: result.engineVersion,
        authorId: person?.id ?? author,
        author: person?.name ?? author,
        attempt: 1 + Math.max(0, ...way.attempts.map(({ attempt }) => attempt)),
        ...(repeatReason === undefined ? {} : { repeatReason }),
        facts: shortFacts(result.facts),
      },
      1 + Math.max(halt.atMs, ...way.attempts.map(({ atMs }) => atMs)),
    )
    return outcome(haltId, durability)
  }

  const approve: Clearance['approve'] = async (haltId, actor, request) => {
    const known = inForce(haltId)
    const { halt, way } = known
    refuseMeanwhile(known)
    if (actor.kind !== 'person') throw new GatewayError('forbidden', 'a service cannot approve')
    const { passed } = way
    if (passed === undefined) refuseUnproven(known)
    if ((request.runHash ?? passed.runHash) !== passed.runHash)
      throw new GatewayError('conflict', `the newest passed run is ${passed.runHash}: look at it first`)
    if ((request.engineVersion ?? passed.engineVersion) !== passed.engineVersion)
      throw new GatewayError('conflict', `the newest passed run is of version ${passed.engineVersion}`)
    refuseOtherVersion(halt, passed.engineVersion)
    if (isAuthor(passed, { personId: actor.personId, by: actor.name }))
      throw new GatewayError('conflict', `${actor.name} made the fix: two others approve`)
    const held = way.approvals.filter((approval) => holdsAt(approval, nowMs()))
    if (
      held.some(({ personId, by }) => personId === actor.personId || nameKeyOf(by) === nameKeyOf(actor.name))
    )
      throw new GatewayError(
        'conflict',
        `${actor.name} has approved already: the other one is another person's`,
        {
          missing: missingFor(halt, way, nowMs()),
        },
      )
    const role = roleFor(actor, request.role, held)
    const fromMs = Math.max(nowMs(), passed.atMs)
    const { durability } = await halts.record(
      {
        kind: 'approval',
        haltId,
        validationId: passed.id,
        runHash: passed.runHash,
        engineVersion: passed.engineVersion,
        by: actor.name,
        reason: request.reason,
        personId: actor.personId,
        keyId: actor.keyId,
        role,
        expiresAtMs: Math.ceil(fromMs + scaled(rules().approvalMs)),
      },
      fromMs,
    )
    await beginIfApproved(haltId)
    return outcome(haltId, durability)
  }

  /** A ramp that cannot begin now begins with a later tick; the approval stands all the same. */
  async function beginIfApproved(haltId: string): Promise<void> {
    const known = halts.known(haltId)
    if (known === undefined || known.way.ramp !== undefined) return
    if (pairAt(known.way.approvals, nowMs()) === undefined) return
    await beginRamp(haltId).catch((error: unknown) =>
      logger.error({ haltId, ...errorFields(error) }, 'an approved ramp did not begin; it is tried again'),
    )
  }

  async function beginRamp(haltId: string): Promise<Outcome> {
    const known = inForce(haltId)
    const { halt, way } = known
    refuseMeanwhile(known)
    const { passed } = way
    if (passed === undefined) refuseUnproven(known)
    refuseOtherVersion(halt, passed.engineVersion)
    const pair = pairAt(way.approvals, nowMs())
    if (pair === undefined) refuseClearance(known, nowMs())
    const [one, two] = pair
    return recordStep(passed, [one.id, two.id], 0.1, Math.max(one.atMs, two.atMs))
  }

  async function recordStep(
    passed: ValidationEntry,
    approvalIds: RampEntry['approvalIds'],
    share: RampShare,
    fromMs: number,
  ): Promise<Outcome> {
    const { haltId, id: validationId } = passed
    const reason = `${100 * share} % of sessions, after attempt ${passed.attempt} passed and two people approved`
    const { durability } = await halts.record(
      {
        kind: 'ramp',
        haltId,
        validationId,
        approvalIds,
        share,
        stepMs: scaled(rules().rampStepMs),
        by: parts.actor,
        reason,
      },
      fromMs,
    )
    return outcome(haltId, durability)
  }

  /** One turn for one halt. */
  async function advance({ halt, way, supersededBy }: KnownHalt): Promise<void> {
    if (way.clearances.length > 0 || supersededBy !== undefined) return
    const { passed, ramp } = way
    if (passed === undefined) return
    if (ramp === undefined) return beginIfApproved(halt.id)
    const running = parts.engineVersion(halt)
    if (running !== 'unknown' && running !== passed.engineVersion) {
      // What was validated is not what serves.
      await reengage(halt.id, `the engine changed to version ${running} during the ramp`)
      return
    }
    if (!hasLasted(ramp)) return
    const next = rampShares[rampShares.indexOf(ramp.share) + 1]
    if (next !== undefined) await recordStep(passed, ramp.approvalIds, next, ramp.atMs + ramp.stepMs)
    else
      await halts.clear(halt.id, parts.actor, 'validated, approved by two people and ramped to the end', {
        how: 'ramp',
        rampId: ramp.id,
      })
  }

  /** By both clocks: the wall clock that others see too, and the one that cannot jump. */
  function hasLasted({ id, atMs, stepMs }: RampEntry): boolean {
    const monotonicMs = clock.monotonicMs()
    const seen = seenAtMs.get(id) ?? monotonicMs
    seenAtMs.set(id, seen)
    return nowMs() >= atMs + stepMs && monotonicMs - seen >= stepMs
  }

  async function tick(): Promise<void> {
    if (ticking) return
    ticking = true
    try {
      const all = halts.allKnown()
      const steps = new Set(all.map(({ way }) => way.ramp?.id))
      for (const id of seenAtMs.keys()) if (!steps.has(id)) seenAtMs.delete(id)
      for (const known of all)
        await advance(known).catch((error: unknown) =>
          logger.error(
            { haltId: known.halt.id, ...errorFields(error) },
            'a ramp did not go on; it is tried again',
          ),
        )
    } finally {
      ticking = false
    }
  }

  async function reengage(haltId: string, reason: string): Promise<HaltOutcome> {
    const { halt, way } = inForce(haltId)
    if (way.passed === undefined)
      throw new GatewayError('conflict', `halt ${haltId} is in force and not on its way back`)
    const { scope, cause } = halt
    return halts.engage({ scope, cause, reason, by: parts.actor, supersedes: haltId })
  }

  function refuseNoCommander({ roles }: ClearanceActor): void {
    if (!roles.includes('commander')) throw new GatewayError('forbidden', 'this needs the role commander')
  }

  /** Halts that people of this engine are under, be it with others. */
  function concerning(engine: string): readonly KnownHalt[] {
    return halts
      .allKnown()
      .filter(({ halt: { scope } }) => !scope.startsWith('tenant:') && scopeApplies(scope, { engine }))
  }

  return {
    validate,
    recordValidation,
    approve,
    beginRamp,
    tick,
    async breakGlass(haltId, actor, reason) {
      refuseNoCommander(actor)
      return halts.clear(haltId, actor.name, reason, { how: 'break-glass' })
    },
    async clear(haltId, actor, reason) {
      refuseNoCommander(actor)
      return halts.clear(haltId, actor.name, reason, { how: 'commander' })
    },
    reengage,
    status,
    epochOf(engine) {
      // A drill, or a halt for another cause, says nothing of what the tests have seen.
      const marks = concerning(engine)
        .filter(({ halt }) => halt.cause === 'crisis-detection')
        .flatMap(({ way: { rampBegan, clearances } }) =>
          [rampBegan, clearances[0]].filter((mark) => mark !== undefined),
        )
      const last = marks.sort(byAge).at(-1)
      return last === undefined ? '0:start' : `${last.atMs}:${last.id}`
    },
    surveillance(engine, atMs) {
      const lastsMs = scaled(rules().surveillanceMs)
      return concerning(engine).some(
        ({
          way: {
            ramp,
            clearances: [end],
          },
          supersededBy,
        }) =>
          end === undefined ? ramp !== undefined && supersededBy === undefined : atMs - end.atMs < lastsMs,
      )
    },
  }
}

function refuseUnproven({ halt, way }: KnownHalt): never {
  throw new GatewayError(
    'conflict',
    `there is no passed validation to approve; next: ${nextCommand(halt, way) ?? 'wait'}`,
    { missing: ['a passed validation'] },
  )
}

/** Whoever has both roles stands for the one that is still missing, and decides otherwise by saying so. */
function roleFor(
  { roles }: ClearanceActor,
  wanted: ApprovalRole | undefined,
  held: readonly { role: ApprovalRole }[],
): ApprovalRole {
  const possible = ApprovalRole.options.filter((role) => roles.includes(role))
  const [first] = possible
  if (first === undefined || (wanted !== undefined && !possible.includes(wanted)))
    throw new GatewayError('forbidden', `this needs one of the roles: ${wanted ?? 'clinical, commander'}`)
  return wanted ?? possible.find((role) => !held.some((one) => one.role === role)) ?? first
}
