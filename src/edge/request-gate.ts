import type { HaltGate } from '../breakers/halt-gate.ts'
import { repeat } from '../breakers/timers.ts'

/** How often an exchange under way looks; it asks the store only when what is known is too old (`maxAgeMs`). */
const lookEveryMs = 100

/**
 * The safety halt as the exchanges of a Worker see it. One isolate serves many requests, the timers and streams of each
 * belong to it alone, and nothing runs between requests. So nobody is called back from the request that happened to
 * bring the news: each exchange looks for itself, and asks the store when what is known has become old. That cuts a
 * stream on which nothing moves, too. `keepAlive` (the platform's `waitUntil`) lets a question that others may be
 * waiting for outlive the request that sent it.
 */
export function requestGate(halt: HaltGate, keepAlive: (work: Promise<unknown>) => void): HaltGate {
  const refresh = () => {
    const asked = halt.refresh()
    if (asked !== undefined) keepAlive(asked)
    return asked
  }
  return {
    check: (subject) => halt.check(subject),
    refresh,
    onChange(listener) {
      let stopped = false
      const stop = repeat(lookEveryMs, async () => {
        await refresh()
        if (!stopped) listener()
      })
      return () => {
        stopped = true
        void stop()
      }
    },
  }
}
