import type { Clock } from './clock.ts'
import type { EngineName } from './engines/engine.ts'
import type { Route } from './engines/route.ts'
import { errorFields, type Logger } from './logger.ts'
import type { Plan } from './plan/schema.ts'
import type { RecordKeeper } from './responses/record-keeper.ts'
import { respondToBreaches } from './responses/respond-to-breaches.ts'
import type { SignalBook } from './signals/book.ts'
import { createEvaluator } from './signals/evaluator.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** The plan as it runs: the signals are judged again and again, and what the judgement asks for is done. */
export function runPlan(parts: {
  plan(): Plan
  book: SignalBook
  route(): Route
  keeper: RecordKeeper
  metrics: Metrics
  logger: Logger
  clock: Clock
  /** Signs what the gateway does by itself. */
  actor: string
  /** Called with each judgement. */
  onTick(): void
}) {
  const { book, keeper, metrics, logger, clock, actor } = parts
  const evaluator = createEvaluator({ plan: parts.plan(), book, clock })
  let respond: ReturnType<typeof respondToBreaches> = () => {}
  let tick: ReturnType<typeof setInterval> | undefined

  function evaluate() {
    try {
      respond(evaluator.tick())
      parts.onTick()
    } catch (error) {
      // One wrong signal must not end a gateway that people talk through.
      logger.error(errorFields(error), 'the signals could not be judged; tried again with the next tick')
    }
  }

  /** Goes on with the plan and the engines that are in force now. */
  function begin() {
    respond = respondToBreaches({
      metrics,
      logger,
      route: parts.route(),
      active: () => evaluator.active(),
      openIncident: keeper.openIncident,
      noteIncident: keeper.noteIncident,
      actor,
      timeScale: parts.plan().timeScale,
    })
    clearInterval(tick)
    tick = setInterval(evaluate, evaluator.tickMs)
  }

  return {
    evaluator,
    begin,
    /** An engine was found healthy: its breaches are over. */
    recovered: (engine: EngineName) => respond(evaluator.recovered(engine)),
    replan() {
      book.replan(parts.plan())
      respond(evaluator.replan(parts.plan()))
      begin()
    },
    close: () => clearInterval(tick),
  }
}
