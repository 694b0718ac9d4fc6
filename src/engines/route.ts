import type { Breaker } from '../breakers/breaker.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { EngineName } from './engine.ts'

/**
 * Which engine serves the next exchange: failing over to the backup, and back.
 *
 * | state | serves | leaves when |
 * |---|---|---|
 * | `primary` | primary, then backup | its circuit opens or is held, or `failOver` (a critical breach): `backup` |
 * | `backup` | backup, then primary | `retryAfterMs` have passed and the primary's circuit is not open: `trial` |
 * | `trial` | every `trialEvery`th exchange primary, then backup; the others backup, then primary | a failed or too slow exchange of the primary, its circuit opens, or `failOver`: `backup`; no such thing for `healthyForMs` and at least `minSuccesses` successes: `primary` |
 * | `pinned` | the pinned engine alone | `unpin`: `primary` if that was pinned or there is no backup, else `backup` |
 *
 * The fallback ("then") is the engine to try before the first byte has gone out when the first one fails; an engine whose circuit is
 * open or held is left out while the other one's is not. Without a backup the state stays `primary`. `previous` serves
 * only when an operator (or a rollback) pins it.
 */
export type RouteState = 'primary' | 'backup' | 'trial' | 'pinned'

export interface RoutePlan {
  first: EngineName
  fallback: EngineName | undefined
  state: RouteState
}

export interface FailbackOptions {
  /** How long after failing over the primary is tried again. */
  retryAfterMs: number
  /** How long the tried primary must stay without a failure before it serves again. */
  healthyForMs: number
  /** While it is tried, every how many exchanges one goes to it first. Default 10. */
  trialEvery?: number
  /** Successes that a trial needs besides the time, so that a quiet night proves nothing. Default 3. */
  minSuccesses?: number
  /** In a trial a slower success counts as a failure. Default: no limit. */
  slowMs?: number
}

export interface RouteOptions {
  /** Which engines are configured; the values are not looked at. */
  engines: { primary: unknown; backup?: unknown; previous?: unknown }
  breakers: Partial<Record<EngineName, Pick<Breaker, 'state' | 'onChange'>>>
  failback: FailbackOptions
  clock: Clock
}

export interface Route {
  /** In a trial each call counts towards the primary's share, so ask once per exchange. */
  plan(): RoutePlan
  /** What became of an exchange. Those that the client left or a halt cut say nothing and are not reported. */
  report(outcome: { engine: EngineName; ok: boolean; totalMs: number }): void
  /** Turns to the backup. False, and nothing happens, where no backup stands ready or an engine is pinned. */
  failOver(reason: string): boolean
  /** Serves from this engine alone until `unpin`. Throws `GatewayError` `not_found` for one that is not configured. */
  pin(engine: EngineName): void
  unpin(): void
  readonly state: RouteState
  /** The engine that serves, trials left aside. */
  readonly serving: EngineName
  /** `reason` is for logs and incidents, and holds no message text. The listener must not throw. */
  onChange(listener: (state: RouteState, reason: string) => void): void
}

export function createRoute({ engines, breakers, failback, clock }: RouteOptions): Route {
  const {
    retryAfterMs,
    healthyForMs,
    trialEvery = 10,
    minSuccesses = 3,
    slowMs = Number.POSITIVE_INFINITY,
  } = failback
  const hasBackup = engines.backup !== undefined
  const listeners: ((state: RouteState, reason: string) => void)[] = []
  let state: RouteState = 'primary'
  let sinceMs = clock.monotonicMs()
  let pinned: EngineName | undefined
  let trialTurns = 0
  let trialSuccesses = 0

  function enter(next: RouteState, reason: string) {
    state = next
    sinceMs = clock.monotonicMs()
    trialTurns = 0
    trialSuccesses = 0
    for (const listener of listeners) listener(next, reason)
  }

  const takesCalls = (engine: EngineName) => {
    const circuit = breakers[engine]?.state
    return circuit !== 'open' && circuit !== 'held'
  }

  /** What time alone brings about. */
  function advance() {
    const forMs = clock.monotonicMs() - sinceMs
    if (state === 'primary' && hasBackup && !takesCalls('primary'))
      enter('backup', 'the circuit of primary is open')
    else if (state === 'backup' && forMs >= retryAfterMs && takesCalls('primary'))
      enter('trial', 'primary is tried again')
    else if (state === 'trial' && forMs >= healthyForMs && trialSuccesses >= minSuccesses)
      enter('primary', 'primary has been healthy')
  }

  breakers.primary?.onChange((circuit) => {
    const failed = circuit === 'open' || circuit === 'held'
    if (failed && hasBackup && (state === 'primary' || state === 'trial')) {
      enter('backup', `the circuit of primary is ${circuit}`)
    }
  })

  return {
    plan() {
      if (pinned !== undefined) return planOf(pinned, undefined, state)
      if (!hasBackup) return planOf('primary', undefined, state)
      advance()
      const primaryFirst = state === 'primary' || (state === 'trial' && trialTurns++ % trialEvery === 0)
      return primaryFirst
        ? inOrder('primary', 'backup', state, takesCalls)
        : inOrder('backup', 'primary', state, takesCalls)
    },

    report({ engine, ok, totalMs }) {
      if (state !== 'trial' || engine !== 'primary') return
      if (!ok) enter('backup', 'primary failed while it was tried')
      else if (totalMs > slowMs) enter('backup', 'primary was too slow while it was tried')
      else {
        trialSuccesses++
        advance()
      }
    },

    failOver(reason) {
      if (!hasBackup || !takesCalls('backup') || (state !== 'primary' && state !== 'trial')) return false
      enter('backup', reason)
      return true
    },

    pin(engine) {
      if (engines[engine] === undefined)
        throw new GatewayError('not_found', `no ${engine} engine is configured`)
      pinned = engine
      enter('pinned', `${engine} is pinned by an operator`)
    },

    unpin() {
      if (pinned === undefined) return
      const toPrimary = pinned === 'primary' || !hasBackup
      pinned = undefined
      enter(toPrimary ? 'primary' : 'backup', 'no engine is pinned any more')
    },

    get state() {
      if (pinned === undefined && hasBackup) advance()
      return state
    },

    get serving() {
      if (pinned !== undefined) return pinned
      return state === 'backup' || state === 'trial' ? 'backup' : 'primary'
    },

    onChange(listener) {
      listeners.push(listener)
    },
  }
}

/** Who is asked first and who then, an engine that takes no calls left out while the other one does. */
export function inOrder(
  first: EngineName,
  fallback: EngineName,
  state: RouteState,
  takesCalls: (engine: EngineName) => boolean,
): RoutePlan {
  if (takesCalls(first)) return planOf(first, takesCalls(fallback) ? fallback : undefined, state)
  return planOf(takesCalls(fallback) ? fallback : first, undefined, state)
}

function planOf(first: EngineName, fallback: EngineName | undefined, state: RouteState): RoutePlan {
  return { first, fallback, state }
}
