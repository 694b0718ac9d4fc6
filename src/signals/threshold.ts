import { isBeyond, isRegained, limitOf, type Threshold } from '../plan/threshold.ts'
import type { Measure } from './readings.ts'

/** How far one threshold is with one engine. `heldMs`: how long the readings have spoken for the next step. */
export type ThresholdState =
  | { phase: 'ok' }
  | { phase: 'pending'; heldMs: number; lastMs: number }
  | { phase: 'breached' }
  | { phase: 'recovering'; heldMs: number; lastMs: number }

/** The clocks of a threshold as they run, after `timeScale`. */
export interface ThresholdClocks {
  windowMs: number
  forMs: number
  clearForMs: number
}

export function isBreached({ phase }: ThresholdState): boolean {
  return phase === 'breached' || phase === 'recovering'
}

/**
 * The next state after one reading: ok -> pending -> breached -> recovering -> ok.
 *
 * Silence neither convicts nor acquits: with fewer than `minSamples` the state stays as it is and no clock runs, so a
 * breach never ends because traffic went away (the circuit opened, another engine took over), and none begins on time
 * that nobody measured. For the same reason one reading speaks for no more than its own window, however long the
 * process slept since the one before. Between the limit and what hysteresis asks for, a breach goes on.
 */
export function step(
  threshold: Threshold,
  clocks: ThresholdClocks,
  state: ThresholdState,
  reading: Measure,
  nowMs: number,
): ThresholdState {
  const { value } = reading
  if (value === undefined || reading.samples < threshold.minSamples) {
    return state.phase === 'pending' || state.phase === 'recovering' ? { ...state, lastMs: nowMs } : state
  }
  const limit = limitOf(threshold)
  if (!isBreached(state)) {
    const enoughErrors = (reading.errors ?? 0) >= threshold.minErrors
    if (!isBeyond(limit, value) || !enoughErrors) return { phase: 'ok' }
    const heldMs = held('pending', state, clocks, nowMs)
    return heldMs >= clocks.forMs ? { phase: 'breached' } : { phase: 'pending', heldMs, lastMs: nowMs }
  }
  if (!isRegained(limit, threshold.hysteresis, value)) return { phase: 'breached' }
  const heldMs = held('recovering', state, clocks, nowMs)
  return heldMs >= clocks.clearForMs ? { phase: 'ok' } : { phase: 'recovering', heldMs, lastMs: nowMs }
}

/** How long this phase has lasted, the time since the reading before included. */
function held(
  phase: 'pending' | 'recovering',
  state: ThresholdState,
  { windowMs }: ThresholdClocks,
  nowMs: number,
): number {
  if (state.phase !== phase) return 0
  return state.heldMs + Math.min(windowMs, Math.max(0, nowMs - state.lastMs))
}
