import type { HaltGate } from '../breakers/halt-gate.ts'
import type { Route } from '../engines/route.ts'
import { type AnswerParts, answerHalted, onHaltHeader } from './answers.ts'
import { haltSubject, type SubjectParts } from './halt-subject.ts'
import type { LiveExchange } from './live-exchange.ts'
import { headerOf } from './platform.ts'

/**
 * The first of the two checks of the safety halt: before an exchange goes to an engine. The subject is the engine the
 * exchange is routed to; a halted engine is not evaded by failing over.
 */
export function haltGate(
  parts: AnswerParts & SubjectParts & { halt: HaltGate; route: Route },
): (exchange: LiveExchange) => Promise<Response | undefined> {
  const { halt, route } = parts
  return async function haltGate(exchange) {
    exchange.plan = route.plan()
    if (exchange.open) return undefined
    const stale = halt.refresh()
    if (stale !== undefined) await stale
    const verdict = halt.check(haltSubject(parts, exchange, exchange.plan.first))
    if (verdict === undefined) return undefined
    return answerHalted(parts, exchange, verdict, headerOf(exchange.headers, onHaltHeader) === 'error')
  }
}
