import { type EngineName, engineNames } from '../engines/engine.ts'
import { GatewayError } from '../errors.ts'
import { countedSignals } from '../plan/default-plan.ts'
import type { Plan } from '../plan/schema.ts'

/** A measurement that another system sends in. */
export interface PushedSample {
  /** A name from the plan's `pushedSignals`. */
  signal: string
  /** The value, or the mean of `samples` values. */
  value: number
  /** How many measurements `value` stands for; 1 unless given. */
  samples?: number | undefined
  /** Whom it is about; absent: the service as a whole. */
  engine?: EngineName | undefined
  /** Epoch milliseconds of the measurement; now unless given. The future counts as now. */
  atMs?: number | undefined
}

/** Throws `GatewayError` `invalid_request` that says what would be right. */
export function checkPush(
  { signal, value, samples = 1, engine, atMs }: PushedSample,
  { pushedSignals }: Pick<Plan, 'pushedSignals'>,
): void {
  if (Object.hasOwn(countedSignals, signal))
    throw invalid(`signal: expected another name: the gateway counts ${signal} by itself`)
  const range = Object.hasOwn(pushedSignals, signal) ? pushedSignals[signal] : undefined
  if (range === undefined) {
    const known = Object.keys(pushedSignals).join(', ')
    throw invalid(
      `signal: expected one of ${known}; others are declared under plan.pushedSignals in the configuration`,
    )
  }
  if (!(value >= range.min && value <= range.max)) {
    throw invalid(`value: expected a number from ${range.min} to ${range.max} for ${signal}, got ${value}`)
  }
  if (!Number.isInteger(samples) || samples < 1 || samples > maxSamplesPerPush) {
    throw invalid(`samples: expected a whole number from 1 to ${maxSamplesPerPush}, got ${samples}`)
  }
  if (engine !== undefined && !engineNames.includes(engine)) {
    throw invalid(`engine: expected one of ${engineNames.join(', ')}`)
  }
  if (atMs !== undefined && !Number.isFinite(atMs))
    throw invalid(`atMs: expected epoch milliseconds, got ${atMs}`)
}

export function invalid(message: string): GatewayError {
  return new GatewayError('invalid_request', message)
}

const maxSamplesPerPush = 1_000_000
