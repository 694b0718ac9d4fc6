/** For so long the rate goes straight from where it was to `perSecond`; `from` is where the first stage begins. */
export interface Stage {
  forMs: number
  perSecond: number
  /** Arrivals per second at the beginning; left out: as at the end of the stage before, in the first stage constant. */
  from?: number
}

/**
 * When exchanges are due, in milliseconds after the start. The plan is made before the first one is sent and knows nothing of
 * replies: a service that slows down does not slow down its load (an open loop), as people do not either.
 */
export function* arrivalTimesMs(stages: readonly Stage[]): Generator<number> {
  let beganMs = 0
  /** How much of the next arrival has come together. */
  let owed = 0
  let rate = stages[0]?.from ?? stages[0]?.perSecond ?? 0
  for (const { forMs, perSecond, from = rate } of stages) {
    for (let atMs = 0; atMs < forMs; atMs++) {
      owed += (from + (perSecond - from) * (atMs / forMs)) / 1_000
      const due = Math.floor(owed + 1e-9)
      for (let number = 0; number < due; number++) yield beganMs + atMs + number / due
      owed -= due
    }
    beganMs += forMs
    rate = perSecond
  }
}
