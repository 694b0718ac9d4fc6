import type { Breaker, BreakerState } from '../breakers/breaker.ts'
import { BreakerOpenError } from '../breakers/breaker.ts'
import type { EngineName } from '../engines/engine.ts'

/** The circuits of all workers, as they have reported them. */
export interface WorkerCircuits {
  report(worker: number, engine: EngineName, state: BreakerState): void
  /** A worker has ended. */
  forget(worker: number): void
  /** The breaker of an engine as the primary shows and holds it. */
  breaker(engine: EngineName): Breaker
}

const gravest = ['open', 'half-open'] as const

/**
 * Each worker has a breaker of its own around each engine. The primary sees them as one: open as soon as one of them is,
 * so that a failing engine is left by all workers when the first has noticed. A hold is the primary's, and no worker's
 * report can end it. Listeners must not throw.
 */
export function createWorkerCircuits(): WorkerCircuits {
  const reported = new Map<EngineName, Map<number, BreakerState>>()
  const watching = new Map<EngineName, Set<() => void>>()

  function worst(engine: EngineName): BreakerState {
    const states = [...(reported.get(engine)?.values() ?? [])]
    return gravest.find((state) => states.includes(state)) ?? 'closed'
  }

  const changed = (engine: EngineName) => {
    for (const look of [...(watching.get(engine) ?? [])]) look()
  }

  return {
    report(worker, engine, state) {
      const states = reported.get(engine) ?? new Map<number, BreakerState>()
      reported.set(engine, states)
      states.set(worker, state)
      changed(engine)
    },

    forget(worker) {
      for (const [engine, states] of reported) if (states.delete(worker)) changed(engine)
    },

    breaker(engine) {
      const listeners: ((state: BreakerState) => void)[] = []
      let held = false
      let shown = worst(engine)
      const state = () => (held ? 'held' : worst(engine))

      function look() {
        const now = state()
        if (now === shown) return
        shown = now
        for (const listener of listeners) listener(now)
      }

      const looks = watching.get(engine) ?? new Set()
      watching.set(engine, looks.add(look))

      return {
        get state() {
          return state()
        },
        async run(action) {
          const now = state()
          if (now === 'open' || now === 'held')
            throw new BreakerOpenError(`the circuit of engine ${engine} is ${now}`)
          return action()
        },
        /** The workers count. */
        recordLateFailure() {},
        hold() {
          held = true
          look()
        },
        release() {
          held = false
          look()
        },
        onChange(listener) {
          listeners.push(listener)
        },
        close() {
          looks.delete(look)
        },
      }
    },
  }
}
