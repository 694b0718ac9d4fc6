import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newHaltId } from '../../src/assemble.ts'
import type { HaltSubject } from '../../src/breakers/halt-entry.ts'
import type { SafetyHalt } from '../../src/breakers/halt-gate.ts'
import { createSafetyHalt } from '../../src/breakers/safety-halt.ts'
import { systemClock } from '../../src/clock.ts'
import { silentLogger } from '../../src/logger.ts'
import { createSqliteHalts } from '../../src/stores/sqlite-halts.ts'
import type { Operation, Prepared } from './harness.ts'
import { type Inputs, manyOf } from './inputs.ts'

/** Asked before an exchange goes to the engine and before every write to the client. */
export const haltOperations: Operation[] = [
  {
    what: 'Nothing: what counting itself costs',
    prepare: () => ({ once: (at) => haltSubjects.at(at) }),
  },
  { what: 'Halt check, nothing is halted', prepare: () => prepareCheck([]) },
  {
    what: 'Halt check, three other tenants are halted',
    prepare: () => prepareCheck(['other-1', 'other-2', 'other-3']),
  },
]

const request = { cause: 'drill', reason: 'benchmark', by: 'bench' } as const

/** Exchanges of eight tenants, one after the other, as `check` is asked about them. */
export const haltSubjects: Inputs<HaltSubject> = manyOf(8, (number) => ({
  engine: 'primary',
  tenant: `bench-${number}`,
}))

/** A gateway's halt, on a disk of its own. */
export async function openHalt(): Promise<{ halt: SafetyHalt; end(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'haltgate-bench-'))
  const mirror = createSqliteHalts(join(folder, 'halts.db'))
  const halt = await createSafetyHalt({
    gatewayId: 'bench',
    mirror,
    shared: undefined,
    leaseMs: 10_000,
    clock: systemClock,
    logger: silentLogger,
    newId: newHaltId,
  })
  return {
    halt,
    async end() {
      await halt.close()
      await mirror.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function prepareCheck(otherTenants: readonly string[]): Promise<Prepared> {
  const { halt, end } = await openHalt()
  for (const tenant of otherTenants) await halt.engage({ ...request, scope: `tenant:${tenant}` })
  return {
    once(at) {
      const verdict = halt.check(haltSubjects.at(at))
      if (verdict !== undefined) throw new Error('the run is void: none of these tenants was halted')
      return at
    },
    end,
  }
}
