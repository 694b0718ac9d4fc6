import type { LatencySignal } from '../plan/threshold.ts'
import { bucketOf, QuantileSketch } from './sketch.ts'
import { SlotRing } from './slots.ts'

/**
 * How an exchange ended, as far as it says something about the engine.
 * `ok`: the reply is whole. `error`: the engine failed (unreachable, 5xx, 429, garbage, broke off).
 * `timeout`: one of the four timers ran out; an error whose duration counts as latency too, so that an engine that
 * hangs does not look fast. `refused`: not sent, the circuit was open and nothing stood behind it; an error for the
 * person who waits. Not counted either way: `rejected` (the engine refused the caller's own mistake, 4xx),
 * `client-closed` (the caller left), `halted` (a halt, a suspension or an operator's hold kept it from the engine).
 */
export const exchangeOutcomes = [
  'ok',
  'error',
  'timeout',
  'refused',
  'rejected',
  'client-closed',
  'halted',
] as const
export type ExchangeOutcome = (typeof exchangeOutcomes)[number]

/** How one exchange went. Durations in milliseconds from sending to the engine. */
export interface ExchangeTimes {
  outcome: ExchangeOutcome
  /** Absent when no byte of the reply came. */
  firstByteMs?: number | undefined
  totalMs: number
  /** The reply was sent on while it came (SSE); then the person waits for the first byte, not for the end. */
  streamed?: boolean | undefined
}

/** Exchanges of one engine over one window. Fixed memory: about 230 KB. */
export class ExchangeWindow {
  private readonly ring: SlotRing<Slot>

  constructor(windowMs: number) {
    this.ring = new SlotRing(windowMs, createSlot, clearSlot)
  }

  /** Counts an exchange that has just ended. On the request path: allocates nothing. */
  record(nowMs: number, { outcome, firstByteMs, totalMs, streamed }: ExchangeTimes): void {
    const slot = this.ring.at(nowMs)
    if (slot === undefined) return
    slot.outcomes[outcome]++
    if (outcome !== 'ok' && outcome !== 'timeout') return
    const total = bucketOf(totalMs)
    if (total === undefined) return
    slot['total-latency'].recordIn(total, totalMs)
    const first = firstByteMs === undefined ? undefined : bucketOf(firstByteMs)
    if (first === undefined || firstByteMs === undefined) {
      slot['response-time'].recordIn(total, totalMs)
      return
    }
    slot['first-byte-latency'].recordIn(first, firstByteMs)
    // Who was left hanging in mid-stream has waited for the whole of it.
    if (streamed && outcome === 'ok') slot['response-time'].recordIn(first, firstByteMs)
    else slot['response-time'].recordIn(total, totalMs)
  }

  outcomes(nowMs: number): Record<ExchangeOutcome, number> {
    const sum = noOutcomes()
    this.ring.forEach(nowMs, (slot) => {
      for (const outcome of exchangeOutcomes) sum[outcome] += slot.outcomes[outcome]
    })
    return sum
  }

  latency(nowMs: number, signal: LatencySignal): QuantileSketch {
    const sum = new QuantileSketch()
    this.ring.forEach(nowMs, (slot) => sum.merge(slot[signal]))
    return sum
  }
}

/** Failed exchanges, and all that say something about the engine. */
export function errorCounts({ ok, error, timeout, refused }: Record<ExchangeOutcome, number>): {
  errors: number
  samples: number
} {
  const errors = error + timeout + refused
  return { errors, samples: ok + errors }
}

/** The mean of pushed values over one window. */
export class MeanWindow {
  private readonly ring: SlotRing<{ sum: number; samples: number }>

  constructor(windowMs: number) {
    this.ring = new SlotRing(
      windowMs,
      () => ({ sum: 0, samples: 0 }),
      (slot) => Object.assign(slot, { sum: 0, samples: 0 }),
    )
  }

  /** Counts `samples` measurements with mean `value`, made at `thenMs`. False: too old for the window. */
  record(thenMs: number, nowMs: number, value: number, samples: number): boolean {
    const slot = this.ring.atPast(thenMs, nowMs)
    if (slot === undefined) return false
    slot.sum += value * samples
    slot.samples += samples
    return true
  }

  /** `value` is absent while there is no sample. */
  read(nowMs: number): { value: number | undefined; samples: number } {
    let sum = 0
    let samples = 0
    this.ring.forEach(nowMs, (slot) => {
      sum += slot.sum
      samples += slot.samples
    })
    return { value: samples === 0 ? undefined : sum / samples, samples }
  }
}

type Slot = Record<LatencySignal, QuantileSketch> & { outcomes: Record<ExchangeOutcome, number> }

function createSlot(): Slot {
  return {
    outcomes: noOutcomes(),
    'response-time': new QuantileSketch(),
    'first-byte-latency': new QuantileSketch(),
    'total-latency': new QuantileSketch(),
  }
}

function clearSlot(slot: Slot): void {
  slot.outcomes = noOutcomes()
  slot['response-time'].clear()
  slot['first-byte-latency'].clear()
  slot['total-latency'].clear()
}

function noOutcomes(): Record<ExchangeOutcome, number> {
  return { ok: 0, error: 0, timeout: 0, refused: 0, rejected: 0, 'client-closed': 0, halted: 0 }
}
