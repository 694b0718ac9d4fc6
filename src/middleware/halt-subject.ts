import type { HaltSubject } from '../breakers/halt-entry.ts'
import type { Clock } from '../clock.ts'
import type { EngineName } from '../engines/engine.ts'
import type { LiveExchange } from './live-exchange.ts'
import type { RecentCrises } from './recent-crises.ts'
import { sessionOf } from './screen-message.ts'

export interface SubjectParts {
  recentCrises: RecentCrises
  clock: Clock
}

/** Whom a halt may concern: this exchange, served by this engine. */
export function haltSubject(
  { recentCrises, clock }: SubjectParts,
  exchange: LiveExchange,
  engine: EngineName,
): HaltSubject {
  const session = sessionOf(exchange)
  return {
    engine,
    tenant: exchange.who.tenant,
    session,
    joinsLast: exchange.screening?.state === 'crisis' || recentCrises.has(session, clock.wallMs()),
  }
}
