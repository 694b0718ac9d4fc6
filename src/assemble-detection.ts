import { assembleProbes } from './assemble-probes.ts'
import { type Clearance, createClearance } from './breakers/clearance.ts'
import type { EngagedEntry } from './breakers/halt-entry.ts'
import { type EngineName, engineNames } from './engines/engine.ts'
import { signalProofOf } from './probes/signal-proof.ts'
import { resultOfRun } from './probes/validation-run.ts'

type ProbeParts = Parameters<typeof assembleProbes>[0]

/** How well crisis detection works, and the way back from halts: each needs the other. */
export function assembleDetection(
  parts: Omit<ProbeParts, 'clearance'> & {
    findPerson(nameOrId: string): Promise<{ id: string; name: string } | undefined>
  },
) {
  const { config, halt, clock, logger, actor, store } = parts

  const clearance: Clearance = createClearance({
    halt,
    clock,
    logger,
    actor,
    rules: () => ({ ...config().plan.clearance, timeScale: config().plan.timeScale }),
    engineVersion: (entry) => probes.versionOf(engineOf(entry)),
    startValidation(entry, request, by) {
      const engine = engineOf(entry)
      const { engineVersion } = request
      return probes.validate({ haltId: entry.id, engine, engineVersion }, async (result) => {
        await clearance.recordValidation(entry.id, resultOfRun(result, engineVersion), request, by)
      })
    },
    validationProgress: (haltId) => probes.validationProgress(haltId),
    signalProof: async (entry) =>
      signalProofOf(await probes.runNow(engineOf(entry), signalProbes), config().plan.thresholds),
    findPerson: parts.findPerson,
  })
  const probes = assembleProbes({ ...parts, clearance })

  return {
    ...probes,
    clearance,
    async close() {
      await probes.close()
      await store.close()
    },
  }
}

/** How many probes tell whether an engine answers in time and without errors again. */
const signalProbes = 40

/** The engine that is to prove itself: the one the halt names, else the one that serves when all is well. */
function engineOf({ scope }: EngagedEntry): EngineName {
  return engineNames.find((name) => scope === `engine:${name}`) ?? 'primary'
}
