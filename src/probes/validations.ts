import type { EngineName } from '../engines/engine.ts'
import { GatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'
import { planValidationRun } from './draw.ts'
import type { ProbeSet } from './probe-set.ts'
import type { Probing } from './probing.ts'
import { runValidation, type ValidationResult, type ValidationRules } from './validation-run.ts'

export interface ValidationProgress {
  runId: string
  total: number
  done: number
}

export interface ValidationRequest {
  haltId: string
  engine: EngineName
  engineVersion: string
}

/** Validation runs under way on this gateway, one for a halt at a time. */
export interface Validations {
  /** Begins a run; `onResult` records what came of it. Throws `GatewayError` `conflict` while one is under way. */
  start(request: ValidationRequest, onResult: (result: ValidationResult) => Promise<void>): ValidationProgress
  progress(haltId: string): ValidationProgress | undefined
  close(): Promise<void>
}

export function createValidations(parts: {
  probing: Probing
  set(): ProbeSet
  size(): number
  rules(): ValidationRules
  concurrency(): number
  random(): number
  logger: Logger
}): Validations {
  const running = new Map<
    string,
    { progress: ValidationProgress; stop: AbortController; over: Promise<void> }
  >()

  async function run(
    { haltId, engine, engineVersion }: ValidationRequest,
    progress: ValidationProgress,
    signal: AbortSignal,
    onResult: (result: ValidationResult) => Promise<void>,
    plan: ReturnType<typeof planValidationRun>,
  ) {
    try {
      const result = await runValidation(plan, {
        engine,
        engineVersion,
        setVersion: parts.set().version,
        rules: parts.rules(),
        concurrency: parts.concurrency(),
        send: async (probe) => (await parts.probing.send(engine, probe)).engine,
        onProgress: (done) => {
          progress.done = done
        },
        signal,
      })
      // Half a run proves nothing, neither way.
      if (!signal.aborted) await onResult(result)
    } catch (error) {
      parts.logger.error({ haltId, engine, ...errorFields(error) }, 'a validation run came to nothing')
    } finally {
      running.delete(haltId)
    }
  }

  return {
    start(request, onResult) {
      const { haltId } = request
      if (running.has(haltId))
        throw new GatewayError('conflict', 'a validation of this halt is under way: wait for its result')
      const plan = planValidationRun(parts.set(), parts.size(), parts.random)
      const progress = { runId: crypto.randomUUID(), total: plan.length, done: 0 }
      const stop = new AbortController()
      running.set(haltId, { progress, stop, over: run(request, progress, stop.signal, onResult, plan) })
      return progress
    },
    progress: (haltId) => running.get(haltId)?.progress,
    async close() {
      const all = [...running.values()]
      for (const { stop } of all) stop.abort()
      await Promise.all(all.map(({ over }) => over))
    },
  }
}
