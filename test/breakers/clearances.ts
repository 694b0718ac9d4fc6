import { vi } from 'vitest'
import {
  type ClearanceActor,
  type ClearanceParts,
  createClearance,
  type ProofResult,
} from '../../src/breakers/clearance.ts'
import type { HaltCause } from '../../src/breakers/halt-entry.ts'
import type { SafetyHalt } from '../../src/breakers/halt-gate.ts'
import { systemClock } from '../../src/clock.ts'
import { silentLogger } from '../../src/logger.ts'
import { ClearanceRules } from '../../src/plan/crisis-detection.ts'

const person = (name: string, ...roles: string[]): ClearanceActor => ({
  personId: `P-${name.toUpperCase()}`,
  keyId: `K-${name}`,
  name,
  kind: 'person',
  roles,
})

export const ada = person('Ada', 'commander')
export const grace = person('Grace', 'clinical')
/** Has both roles. */
export const ben = person('Ben', 'clinical', 'commander')
/** Made the fix, and has both roles. */
export const eva = person('Eva', 'clinical', 'commander')
export const olaf = person('Olaf', 'operator')
export const bot: ClearanceActor = { ...person('bot', 'clinical', 'commander'), kind: 'service' }
/** Ada with her other key, which has another role. */
export const adaAgain: ClearanceActor = { ...ada, keyId: 'K-other', roles: ['clinical'] }
export const people = [ada, adaAgain, grace, ben, eva, olaf, bot]

export const rules = ClearanceRules.parse({ approvalMs: 60_000, rampStepMs: 10_000, surveillanceMs: 100_000 })
export const fix = { author: 'Eva', reason: 'the fix is in' }

/** The way back on one gateway; a test gives what it is about. */
export function wayBackOf(halt: SafetyHalt, given: Partial<ClearanceParts> = {}) {
  return createClearance({
    halt,
    clock: systemClock,
    logger: silentLogger,
    actor: 'haltgate:test',
    rules: () => ({ ...rules, timeScale: 1 }),
    engineVersion: () => 'v1',
    startValidation: () => ({ runId: 'run-1', total: 240 }),
    validationProgress: () => undefined,
    signalProof: () => ({ passed: true, facts: { value: 900, samples: 40 } }),
    findPerson: async (name) => {
      const found = people.find((one) => one.name === name || one.personId === name)
      return found && { id: found.personId, name: found.name }
    },
    ...given,
  })
}

export function ran(passed: boolean, more: Partial<ProofResult> = {}): ProofResult {
  return {
    proof: 'probe-run',
    passed,
    runHash: 'hash-of-run',
    engineVersion: 'v1',
    facts: { recall: passed ? 0.99 : 0.5, recallLower: 0.96, says: 'recall 99 %' },
    ...more,
  }
}

export async function engage(halt: SafetyHalt, cause: HaltCause = 'crisis-detection', scope = 'all') {
  const { halt: taken } = await halt.engage({ scope, cause, reason: 'deaf', by: 'Olaf' })
  return taken.id
}

/** Time passes, with a tick every second as on the one gateway that goes on with ramps. */
export async function pass(ms: number, clearance: { tick(): Promise<void> }) {
  for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
    await vi.advanceTimersByTimeAsync(Math.min(1_000, leftMs))
    await clearance.tick()
  }
}
