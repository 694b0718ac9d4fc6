/**
 * Quantiles of durations in fixed memory: counts in logarithmic buckets, so that every quantile is right to within
 * 1 % of its own value however the durations are distributed, and sketches add up by adding their counts.
 * @see Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
 *   PVLDB 12(12), 2019, section 2
 */
export class QuantileSketch {
  /** Durations counted. A bucket holds 2^32 - 1 of them. */
  count = 0
  private readonly counts = new Uint32Array(bucketCount)
  // Quantiles are kept inside what was seen, so that equal durations are told exactly.
  private leastMs = Number.POSITIVE_INFINITY
  private greatestMs = 0

  /** Counts a duration. Below 0.1 ms counts as 0.1 ms, above an hour as an hour; NaN is not counted. */
  record(ms: number): void {
    const bucket = bucketOf(ms)
    if (bucket !== undefined) this.recordIn(bucket, ms)
  }

  /** `record` for a caller that counts one duration in several sketches and asks `bucketOf` once. */
  recordIn(bucket: number, ms: number): void {
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.count++
    if (ms < this.leastMs) this.leastMs = ms
    if (ms > this.greatestMs) this.greatestMs = ms
  }

  /** Adds everything that `other` has counted. */
  merge(other: QuantileSketch): void {
    if (other.count === 0) return
    const { counts } = this
    const last = bucketOf(other.greatestMs) ?? 0
    for (let i = bucketOf(other.leastMs) ?? 0; i <= last; i++) {
      counts[i] = (counts[i] ?? 0) + (other.counts[i] ?? 0)
    }
    this.count += other.count
    this.leastMs = Math.min(this.leastMs, other.leastMs)
    this.greatestMs = Math.max(this.greatestMs, other.greatestMs)
  }

  /** The nearest-rank quantile in milliseconds, `share` from 0 to 1; `undefined` while nothing is counted. */
  quantile(share: number): number | undefined {
    if (this.count === 0) return undefined
    const rank = Math.max(1, Math.ceil(share * this.count - roundingSlack))
    let seen = 0
    for (let i = 0; i < bucketCount; i++) {
      seen += this.counts[i] ?? 0
      if (seen >= rank) return this.clamp(middleOf(i))
    }
    return this.clamp(longestMs)
  }

  clear(): void {
    if (this.count === 0) return
    this.counts.fill(0)
    this.count = 0
    this.leastMs = Number.POSITIVE_INFINITY
    this.greatestMs = 0
  }

  private clamp(ms: number): number {
    return Math.min(longestMs, Math.max(shortestMs, this.leastMs, Math.min(this.greatestMs, ms)))
  }
}

/** The largest relative error of a quantile between 0.1 ms and an hour. */
export const relativeError = 0.01

const shortestMs = 0.1
const longestMs = 3_600_000
/** Each bucket ends at `growth` times its beginning. */
const growth = (1 + relativeError) / (1 - relativeError)
const perLog = 1 / Math.log(growth)
const logOffset = Math.log(shortestMs) * perLog
const bucketCount = Math.ceil(Math.log(longestMs) * perLog - logOffset) + 1
/** 0.95 * 20 must be rank 19, not the 20th by a rounding error. */
const roundingSlack = 1e-9

/** Which bucket counts this duration; `undefined` for NaN. Bucket i ends at `shortestMs * growth ** i`. */
export function bucketOf(ms: number): number | undefined {
  if (ms > shortestMs) {
    return ms < longestMs ? Math.ceil(Math.log(ms) * perLog - logOffset) : bucketCount - 1
  }
  return ms <= shortestMs ? 0 : undefined
}

/** The value that is within `relativeError` of everything in a bucket. */
function middleOf(bucket: number): number {
  return (2 * shortestMs * growth ** bucket) / (growth + 1)
}
