import type { Clearance } from '../breakers/clearance.ts'
import { scopeApplies } from '../breakers/halt-entry.ts'
import type { Halt, SafetyHalt } from '../breakers/halt-gate.ts'
import type { EngineName } from '../engines/engine.ts'
import type { EngineHalts } from '../responses/respond-to-detection.ts'

/**
 * The halts that stand for a failing crisis detection. Others may stand beside them: a halt of an operator ends by other
 * rules, and the proof that detection works must be asked for all the same.
 */
export function engineHaltsOf(halt: SafetyHalt, clearance: Pick<Clearance, 'reengage'>): EngineHalts {
  const ofDetection = (engine: EngineName) =>
    halt.list().filter((one) => one.cause === 'crisis-detection' && isInForce(one) && concerns(one, engine))
  return {
    isHalted: (engine) => ofDetection(engine).some(({ state }) => state !== 'ramping'),
    ramping: (engine) => ofDetection(engine).find(({ state }) => state === 'ramping')?.id,
    engage: (request) => halt.engage(request),
    reengage: (haltId, reason) => clearance.reengage(haltId, reason),
  }
}

const isInForce = ({ state }: Halt) => state !== 'cleared' && state !== 'superseded'

function concerns({ scope }: Halt, engine: EngineName): boolean {
  return !scope.startsWith('tenant:') && scopeApplies(scope, { engine })
}
