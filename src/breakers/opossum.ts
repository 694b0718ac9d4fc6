import CircuitBreaker from 'opossum'
import { GatewayError } from '../errors.ts'
import { type Breaker, BreakerOpenError, type BreakerState } from './breaker.ts'

export interface OpossumBreakerOptions {
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

/**
 * A circuit breaker with opossum's window, thresholds and reset timer. It differs from bare opossum where that would
 * be unsafe:
 *
 * - The hold is kept here. opossum's `open()` turns half-open after `resetTimeout`, its `disable()` lets calls through.
 * - opossum is told of a call when the call has ended, so that one which says nothing of the engine (the client left,
 *   the request could not be sent) is no call at all: it neither counts as a failure nor waters the error rate down.
 *   In half-open, where opossum would take it for the success that closes the circuit, it is a failed trial.
 * - Only the trial decides a half-open circuit, not a call that began before; a late failure opens it.
 * - Each closing counts anew, so old failures do not open it again at the first new one.
 *
 * Listeners must not throw.
 */
export function createOpossumBreaker(options: OpossumBreakerOptions): Breaker {
  const listeners: ((state: BreakerState) => void)[] = []
  let held = false
  let closed = false
  let trialUnderWay = false
  let circuit = newCircuit()

  function newCircuit() {
    const fresh = new CircuitBreaker((outcome: () => Promise<void>) => outcome(), {
      name: options.name,
      timeout: false,
      errorThresholdPercentage: options.errorThresholdPercentage,
      volumeThreshold: options.volumeThreshold,
      resetTimeout: options.resetTimeoutMs,
      rollingCountTimeout: options.rollingWindowMs,
      rollingCountBuckets: 10,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    })
    fresh.on('open', () => notify('open'))
    fresh.on('halfOpen', () => notify('half-open'))
    return fresh
  }

  function notify(state: BreakerState) {
    trialUnderWay = false
    for (const listener of listeners) listener(state)
  }

  /** A closed circuit with an empty window; calls that are under way belong to the old one and no longer count. */
  function startAnew() {
    circuit.shutdown()
    circuit = newCircuit()
  }

  function state(): BreakerState {
    if (held) return 'held'
    if (circuit.halfOpen) return 'half-open'
    return circuit.closed ? 'closed' : 'open'
  }

  /** What `fire` says of a call that succeeds, without its promises: nearly every exchange comes through here. */
  function countSuccess(began: typeof circuit) {
    if (closed || held || circuit !== began || !circuit.closed) return
    circuit.emit('fire', [])
    circuit.emit('success', undefined, 0)
  }

  /** Resolves when the state shows the outcome. */
  async function record(failure: unknown): Promise<void> {
    const told = circuit
    await told.fire(failure === undefined ? succeed : () => Promise.reject(failure)).catch(() => {})
  }

  async function onEnd(began: typeof circuit, trial: boolean, failure: unknown): Promise<void> {
    if (closed || held || circuit !== began) return
    if (trial) {
      trialUnderWay = false
      if (!circuit.halfOpen) return
      await record(failure)
      if (circuit === began && circuit.closed) {
        startAnew()
        notify('closed')
      }
    } else if (circuit.closed && !saysNothing(failure)) await record(failure)
  }

  return {
    get state() {
      return state()
    },

    async run(action) {
      const now = state()
      if (closed || now === 'open' || now === 'held' || (now === 'half-open' && trialUnderWay)) {
        throw new BreakerOpenError(`the circuit of engine ${options.name} is ${closed ? 'closed down' : now}`)
      }
      const began = circuit
      const trial = now === 'half-open'
      if (trial) trialUnderWay = true
      try {
        const value = await action()
        if (trial) await onEnd(began, trial, undefined)
        else countSuccess(began)
        return value
      } catch (error) {
        await onEnd(began, trial, error ?? new Error('rejected with nothing'))
        throw error
      }
    },

    recordLateFailure(error) {
      if (closed || saysNothing(error)) return
      const now = state()
      // `fire` decides before it returns whether it takes the call; what follows it settles by itself.
      if (now === 'closed' || now === 'half-open') void record(error)
    },

    hold() {
      if (held || closed) return
      held = true
      startAnew()
      notify('held')
    },

    release() {
      if (!held || closed) return
      held = false
      notify('closed')
    },

    onChange(listener) {
      listeners.push(listener)
    },

    close() {
      closed = true
      circuit.shutdown()
    },
  }
}

const succeed = () => Promise.resolve()

/** A failure that is not the engine's: its status is the caller's (4xx, `client_closed`). */
function saysNothing(failure: unknown): boolean {
  return failure instanceof GatewayError && failure.status < 500
}
