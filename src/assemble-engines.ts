import type { Breaker } from './breakers/breaker.ts'
import { createOpossumBreaker, type OpossumBreakerOptions } from './breakers/opossum.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import { type EngineName, engineNames } from './engines/engine.ts'
import { createRoute, type Route, type RouteOptions } from './engines/route.ts'
import { createUndiciEngine } from './engines/undici.ts'
import { errorFields, type Logger } from './logger.ts'
import type { GuardedEngine } from './middleware/call-engine.ts'
import type { OperatorState } from './stores/operator-state.ts'

/** The configured engines with their breakers, and the way between them. */
export interface Engines {
  guarded: Partial<Record<EngineName, GuardedEngine>>
  route: Route
  /** What an operator set by hand: holds and a pin outlive a reload and a restart. */
  operatorState(): OperatorState
  setOperatorState(state: OperatorState): void
  /** Lets running calls end, then closes. */
  close(): Promise<void>
}

/**
 * Makes the engines of a configuration. `make`: other breakers and another route, where several processes share them.
 * Throws `Error` for an address or credential that cannot be used.
 */
export function assembleEngines(
  options: Config['engines'],
  slowMs: number,
  clock: Clock,
  make: {
    breaker?(options: OpossumBreakerOptions & { name: EngineName }): Breaker
    route?(options: RouteOptions): Route
  } = {},
): Engines {
  const { breaker: makeBreaker = createOpossumBreaker, route: makeRoute = createRoute } = make
  const guarded: Partial<Record<EngineName, GuardedEngine>> = {}
  const breakers: Partial<Record<EngineName, Breaker>> = {}
  for (const name of engineNames) {
    const engine = options[name]
    if (engine === undefined) continue
    const breaker = makeBreaker({ name, ...engine.breaker })
    breakers[name] = breaker
    const { maxReplyBytes, maxStreamBytes, maxEventBytes } = engine
    guarded[name] = {
      engine: createUndiciEngine({ ...engine, name }, clock),
      breaker,
      limits: { maxReplyBytes, maxStreamBytes, maxEventBytes },
      ownCredential: engine.credential !== undefined,
    }
  }
  const { primary, backup, previous } = guarded
  const route = makeRoute({
    engines: {
      primary,
      ...(backup === undefined ? {} : { backup }),
      ...(previous === undefined ? {} : { previous }),
    },
    breakers,
    failback: { ...options.failback, slowMs },
    clock,
  })

  return {
    guarded,
    route,
    operatorState: () => ({
      held: engineNames.filter((name) => breakers[name]?.state === 'held'),
      ...(route.state === 'pinned' ? { pinned: route.serving } : {}),
    }),
    setOperatorState({ held, pinned }) {
      for (const name of held) breakers[name]?.hold()
      if (pinned !== undefined && guarded[pinned] !== undefined) route.pin(pinned)
    },
    async close() {
      for (const name of engineNames) {
        breakers[name]?.close()
        await guarded[name]?.engine.close()
      }
    },
  }
}

/** From the first byte of a request to the last of its reply, one engine tried after the other. */
export function longestExchangeMs({ traffic, engines }: Pick<Config, 'traffic' | 'engines'>): number {
  const totals = engineNames.map((name) => engines[name]?.totalTimeoutMs ?? 0)
  return totals.reduce((sum, totalMs) => sum + totalMs, traffic.bodyTimeoutMs)
}

/** Engines that a new configuration has replaced: requests that began with them still end with them. */
export function retiredEngines(logger: Logger) {
  const waiting = new Map<Engines, ReturnType<typeof setTimeout>>()

  async function end(engines: Engines) {
    clearTimeout(waiting.get(engines))
    waiting.delete(engines)
    await engines
      .close()
      .catch((error) => logger.warn(errorFields(error), 'the old engines did not close cleanly'))
  }

  return {
    /** Closes them after this time. */
    add(engines: Engines, afterMs: number) {
      const timer = setTimeout(() => void end(engines), afterMs)
      timer.unref()
      waiting.set(engines, timer)
    },
    /** Closes them now. */
    close: async () => void (await Promise.all([...waiting.keys()].map(end))),
  }
}
