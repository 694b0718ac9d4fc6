import { createRecentMap } from '../recent-map.ts'

/** Remembers which sessions had a crisis in them lately: after a halt they join last, when all is known to be well. */
export interface RecentCrises {
  note(session: string | undefined, nowMs: number): void
  has(session: string | undefined, nowMs: number): boolean
}

const keptMs = 24 * 3_600_000

/** In memory and bounded. Each gateway knows of those that it heard itself, and of none after a restart. */
export function createRecentCrises(maxSessions = 100_000): RecentCrises {
  const heard = createRecentMap<number>(maxSessions)
  return {
    note(session, nowMs) {
      if (session !== undefined) heard.set(session, nowMs)
    },
    has(session, nowMs) {
      const atMs = session === undefined ? undefined : heard.get(session)
      return atMs !== undefined && nowMs - atMs < keptMs
    },
  }
}
