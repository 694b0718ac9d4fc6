import { isInForce, type SafetyHalt } from '../breakers/halt-gate.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/schema.ts'
import { type EngineName, engineNames } from '../engines/engine.ts'
import type { Route } from '../engines/route.ts'
import { listIncidents } from '../incidents/list.ts'
import type { GuardedEngine } from '../middleware/call-engine.ts'
import type { SignalBook } from '../signals/book.ts'
import type { Evaluator } from '../signals/evaluator.ts'
import type { Records } from '../stores/records.ts'
import type { EngineView } from './engines.ts'
import type { State } from './state.ts'

/** The gateway as operators see it, read from its live parts whenever somebody asks. */
export function gatewayState(parts: {
  version: string
  clock: Clock
  halt: SafetyHalt
  records: Records
  /** What waits for the records database. */
  keeper: { readonly waiting: number }
  book: SignalBook
  evaluator: Evaluator
  config(): Config
  engines(): { guarded: Partial<Record<EngineName, GuardedEngine>>; route: Route }
  workers(): State['workers']
  warnings(): string[]
}) {
  const { version, clock, halt, records, keeper, book, evaluator } = parts
  const startedAtMs = clock.wallMs()

  /** Whether AI replies go out, in one word. */
  function replies(): State['replies'] {
    if (halt.health().suspended !== false) return 'suspended'
    return halt.list().some(isInForce) ? 'halted' : 'on'
  }

  function engineViews(): EngineView[] {
    const lastMinute = book.read().engines.filter(({ windowMs }) => windowMs === 60_000)
    return engineNames.flatMap((name) => {
      const options = parts.config().engines[name]
      const guarded = parts.engines().guarded[name]
      if (options === undefined || guarded === undefined) return []
      return {
        name,
        url: new URL(options.url).origin,
        version: options.version,
        breaker: guarded.breaker.state,
        state: roleOf(name, parts.engines().route),
        signals: lastMinute.find(({ engine }) => engine === name),
      }
    })
  }

  async function state(): Promise<State> {
    const open = await listIncidents(records, { status: 'open', limit: 200 }).catch(() => undefined)
    const workers = parts.workers()
    const highest = open?.map(({ severity }) => severity).sort()[0]
    return {
      version,
      startedAtMs,
      nowMs: clock.wallMs(),
      timeScale: parts.config().plan.timeScale,
      replies: replies(),
      halts: halt.list().filter(isInForce),
      health: halt.health(),
      engines: engineViews(),
      breaches: evaluator.active(),
      incidents: { open: open?.length ?? 0, ...(highest === undefined ? {} : { highest }) },
      records: { reachable: open !== undefined, waiting: keeper.waiting },
      ...(workers === undefined ? {} : { workers }),
      warnings: parts.warnings(),
    }
  }

  return { replies, engineViews, state }
}

function roleOf(name: EngineName, { state, serving }: Route): EngineView['state'] {
  if (state === 'trial' && name === 'primary') return 'trial'
  if (name !== serving) return 'standby'
  return state === 'pinned' ? 'pinned' : 'active'
}
