import type { Breaker } from '../breakers/breaker.ts'
import type { EngineName } from '../engines/engine.ts'
import { inOrder, type Route, type RouteOptions, type RouteState } from '../engines/route.ts'
import { GatewayError } from '../errors.ts'

/** Where the primary's route stands; `serving` is the pinned engine while one is pinned. */
export interface RouteView {
  state: RouteState
  serving: EngineName
}

export interface FollowedRoute extends Route {
  follow(view: RouteView): void
}

/**
 * The route of a worker: the primary decides, with the circuits of all workers before it, and this one does as it says.
 * Only what cannot wait is decided here: an engine whose circuit is open in this worker is left out at once. Of an engine
 * that is tried, each worker sends one exchange in `trialEvery`, and `tried` tells the primary how it went.
 */
export function createFollowedRoute(
  { engines, breakers, failback: { trialEvery = 10 } }: RouteOptions,
  tried: (outcome: { engine: EngineName; ok: boolean; totalMs: number }) => void,
): FollowedRoute {
  const hasBackup = engines.backup !== undefined
  const listeners: ((state: RouteState, reason: string) => void)[] = []
  let view: RouteView = { state: 'primary', serving: 'primary' }
  let trialTurns = 0

  const takesCalls = (engine: EngineName) => isPassing(breakers[engine])

  return {
    follow(next) {
      // An engine that is not configured here any more cannot serve.
      const serving = engines[next.serving] === undefined ? 'primary' : next.serving
      const changed = next.state !== view.state || serving !== view.serving
      view = { state: next.state, serving }
      if (!changed) return
      trialTurns = 0
      for (const listener of listeners) listener(view.state, 'the primary process says so')
    },

    plan() {
      const { state, serving } = view
      if (state === 'pinned') return { first: serving, fallback: undefined, state }
      if (!hasBackup) return { first: 'primary', fallback: undefined, state }
      const primaryFirst = state === 'primary' || (state === 'trial' && trialTurns++ % trialEvery === 0)
      return primaryFirst
        ? inOrder('primary', 'backup', state, takesCalls)
        : inOrder('backup', 'primary', state, takesCalls)
    },

    report(outcome) {
      if (view.state === 'trial' && outcome.engine === 'primary') tried(outcome)
    },

    failOver: () => false,
    pin: refuse,
    unpin: refuse,

    get state() {
      return view.state
    },
    get serving() {
      return view.serving
    },
    onChange(listener) {
      listeners.push(listener)
    },
  }
}

function isPassing(breaker: Pick<Breaker, 'state'> | undefined): boolean {
  return breaker?.state !== 'open' && breaker?.state !== 'held'
}

function refuse(): never {
  throw new GatewayError('internal', 'a worker follows the route of the primary process')
}
