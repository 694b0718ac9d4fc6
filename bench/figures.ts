/** One line of the results. */
export interface Figure {
  what: string
  /** The measured values, with their units. */
  measured: string
  goal: string
  met: boolean | undefined
}

/** A measure: its name for `--only`, and how to take it. */
export interface Measure {
  name: string
  run(options: MeasureOptions): Promise<Figure[]>
}

export interface MeasureOptions {
  quick: boolean
  long: boolean
  /** Tells whoever waits how far it is. */
  say(progress: string): void
}

/** The nearest-rank quantile of unsorted values, `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

/** As few digits as tell something. */
export function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}
