import { getHeapStatistics } from 'node:v8'
import { median, quantile } from '../figures.ts'

/** Something small that the gateway does again and again. */
export interface Operation {
  /** What is done once, for the table. */
  what: string
  /** Makes its inputs; not timed. */
  prepare(): Prepared | Promise<Prepared>
}

export interface Prepared {
  /**
   * Does it, and returns something that could not be known without having done it. `at` counts up from 0 and chooses the
   * input, so that no answer can be kept from the last time.
   */
  once(at: number): unknown
  /** `once` returns a promise, and the next begins when it has resolved. */
  awaits?: true
  /** How many of what is counted `once` does; 1 when left out. */
  units?: number
  end?(): void | Promise<void>
}

/** What one unit costs. Times are CPU time in nanoseconds, one value for each round behind them. */
export interface Cost {
  medianNs: number
  leastNs: number
  /** Half of the rounds lie between these two. */
  quarterNs: readonly [number, number]
  /** Allocated on the JavaScript heap. */
  bytes: number
  /** Whether rounds had stopped getting faster when counting began. */
  isWarm: boolean
}

export interface Effort {
  rounds: number
  /** CPU time of one round, at least. */
  roundMs: number
  /** CPU time after which counting begins even though rounds still get faster. */
  mostWarmUpMs: number
}

/** Rounds in a row without a new best, by more than the share below, until code counts as warm. */
const steadyRounds = 6
const fasterBy = 0.02

/**
 * Takes the cost of one operation. CPU time is that of the whole process, the collector's and the compiler's threads
 * included: what an operation leaves to be collected is part of its price. Throws for rounds without any.
 */
export async function costOf(
  { once, awaits, units = 1 }: Prepared,
  { rounds, roundMs, mostWarmUpMs }: Effort,
): Promise<Cost> {
  let at = 0
  const spend = async (times: number): Promise<number> => {
    const before = process.cpuUsage()
    await (awaits ? repeatAwaiting(once, at, times) : repeat(once, at, times))
    at += times
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  let times = 1
  let spentMs = 0
  let leastMs = Number.POSITIVE_INFINITY
  let steady = 0
  while (steady < steadyRounds && spentMs < mostWarmUpMs) {
    const tookMs = await spend(times)
    spentMs += tookMs
    const eachMs = tookMs / times
    if (tookMs < roundMs) times = Math.ceil(times * Math.min(2, Math.max(1.1, roundMs / tookMs)))
    steady = tookMs < roundMs / 2 || eachMs < leastMs * (1 - fasterBy) ? 0 : steady + 1
    leastMs = Math.min(leastMs, eachMs)
  }
  const tookNs: number[] = []
  const allocatedBefore = allocatedBytes()
  for (let round = 0; round < rounds; round++) tookNs.push(((await spend(times)) * 1e6) / times / units)
  const bytes = (allocatedBytes() - allocatedBefore) / (times * rounds * units)
  return {
    medianNs: median(tookNs),
    leastNs: Math.min(...tookNs),
    quarterNs: [quantile(tookNs, 0.25), quantile(tookNs, 0.75)],
    bytes,
    isWarm: steady >= steadyRounds,
  }
}

/** What came out last. Kept where the compiler cannot prove that nobody reads it, so that no result is left out. */
let sink: unknown
export const lastResult = (): unknown => sink

/**
 * Runs `once` so many times, counting up from `from`. Each result lives until the next one is there, in a variable: to keep
 * it in an old object would cost more than some of what is measured.
 */
export function repeat(once: (at: number) => unknown, from: number, times: number): void {
  let last: unknown
  for (let at = from; at < from + times; at++) last = once(at)
  sink = last
}

async function repeatAwaiting(once: (at: number) => unknown, from: number, times: number): Promise<void> {
  let last: unknown
  for (let at = from; at < from + times; at++) last = await once(at)
  sink = last
}

/** All that was ever allocated on the heap; unlike what is in use it never falls. */
const allocatedBytes = (): number => getHeapStatistics().total_allocated_bytes
