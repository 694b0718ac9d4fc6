import { type Breaker, BreakerOpenError } from '../../src/breakers/breaker.ts'
import { createClockBreaker } from '../../src/breakers/clock-breaker.ts'
import { createOpossumBreaker } from '../../src/breakers/opossum.ts'
import { systemClock } from '../../src/clock.ts'
import { EngineBreaker } from '../../src/config/schema.ts'
import type { Operation } from './harness.ts'

/** A call through an engine's circuit that costs nothing itself; the promises of the call are part of it. */
export const breakerOperations: Operation[] = [
  passes('Breaker of Node (opossum)', openOpossum),
  passes('Breaker of Workers', () => createClockBreaker(options, systemClock)),
  {
    what: 'Breaker of Node (opossum): a call refused, the circuit is held open',
    prepare() {
      const breaker = openOpossum()
      breaker.hold()
      return { awaits: true, once: () => breaker.run(answer).catch(expectOpen), end: () => breaker.close() }
    },
  },
]

const options = { name: 'primary', ...EngineBreaker.parse({}) }

function openOpossum(): Breaker {
  return createOpossumBreaker(options)
}

function passes(what: string, open: () => Breaker): Operation {
  return {
    what: `${what}: a call that passes`,
    prepare() {
      const breaker = open()
      return { awaits: true, once: () => breaker.run(answer), end: () => breaker.close() }
    },
  }
}

async function answer(): Promise<number> {
  return 200
}

function expectOpen(error: unknown): string {
  if (error instanceof BreakerOpenError) return error.name
  throw error
}
