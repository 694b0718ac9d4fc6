import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { type Breaker, BreakerOpenError, type BreakerState } from './breaker.ts'

export interface ClockBreakerOptions {
  /** In messages: the engine's name. */
  name: string
  /** More than this share of failed calls in the window opens the circuit. */
  errorThresholdPercentage: number
  /** Calls in the window before the circuit may open. */
  volumeThreshold: number
  /** How long the circuit stays open before one call tries the engine again. */
  resetTimeoutMs: number
  /** Length of the rolling window, which moves in ten steps. */
  rollingWindowMs: number
}

interface Step {
  index: number
  calls: number
  failures: number
}

const steps = 10

/**
 * A circuit breaker without timers, for Workers: a timer there belongs to the request that set it and ends with it, so
 * opossum's window would stop moving and its open circuit would never be tried again. It opens, tries and closes as
 * `createOpossumBreaker` does; what time alone brings about happens when the circuit is next looked at. A trial whose
 * request was torn down never settles, so after `resetTimeoutMs` the next call is a trial too. Listeners must not throw.
 */
export function createClockBreaker(options: ClockBreakerOptions, clock: Clock): Breaker {
  const stepMs = options.rollingWindowMs / steps
  const listeners: ((state: BreakerState) => void)[] = []
  let current: BreakerState = 'closed'
  let window: Step[] = []
  let sinceMs = 0
  let trialAtMs: number | undefined
  /** Calls that began before the last change say nothing about the circuit as it is now. */
  let epoch = 0
  let closed = false

  function enter(next: BreakerState) {
    current = next
    sinceMs = clock.monotonicMs()
    window = []
    trialAtMs = undefined
    epoch++
    for (const listener of listeners) listener(next)
  }

  function state(): BreakerState {
    if (current === 'open' && clock.monotonicMs() - sinceMs >= options.resetTimeoutMs) enter('half-open')
    return current
  }

  function count(failed: boolean) {
    const index = Math.floor(clock.monotonicMs() / stepMs)
    window = window.filter((step) => step.index > index - steps)
    let step = window.at(-1)
    if (step?.index !== index) {
      step = { index, calls: 0, failures: 0 }
      window.push(step)
    }
    step.calls++
    if (!failed) return
    step.failures++
    const calls = window.reduce((sum, each) => sum + each.calls, 0)
    const failures = window.reduce((sum, each) => sum + each.failures, 0)
    if (calls >= options.volumeThreshold && (failures / calls) * 100 > options.errorThresholdPercentage)
      enter('open')
  }

  function onEnd(began: number, trial: boolean, failure: { error: unknown } | undefined) {
    if (closed || began !== epoch) return
    if (trial) enter(failure === undefined ? 'closed' : 'open')
    else if (failure === undefined || !saysNothing(failure.error)) count(failure !== undefined)
  }

  return {
    get state() {
      return state()
    },

    async run(action) {
      const now = state()
      const nowMs = clock.monotonicMs()
      const trialUnderWay = trialAtMs !== undefined && nowMs - trialAtMs < options.resetTimeoutMs
      if (closed || now === 'open' || now === 'held' || (now === 'half-open' && trialUnderWay))
        throw new BreakerOpenError(`the circuit of engine ${options.name} is ${closed ? 'closed down' : now}`)
      const began = epoch
      const trial = now === 'half-open'
      if (trial) trialAtMs = nowMs
      try {
        const value = await action()
        onEnd(began, trial, undefined)
        return value
      } catch (error) {
        onEnd(began, trial, { error })
        throw error
      }
    },

    recordLateFailure(error) {
      if (closed || saysNothing(error)) return
      const now = state()
      if (now === 'closed') count(true)
      else if (now === 'half-open') enter('open')
    },

    hold() {
      if (!closed && current !== 'held') enter('held')
    },

    release() {
      if (!closed && current === 'held') enter('closed')
    },

    onChange(listener) {
      listeners.push(listener)
    },

    close() {
      closed = true
    },
  }
}

/** A failure that is not the engine's: its status is the caller's (4xx, `client_closed`). */
function saysNothing(failure: unknown): boolean {
  return failure instanceof GatewayError && failure.status < 500
}
