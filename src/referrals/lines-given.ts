import { CrisisLevel } from '../detectors/finding.ts'
import { createRecentMap } from '../recent-map.ts'

/** Remembers in which sessions the crisis lines were given in full, so that one line is enough the next time. */
export interface LinesGiven {
  /** Whether they were given lately, at this level or a graver one. Without a session nobody knows. */
  areKnown(
    session: string | undefined,
    level: CrisisLevel,
    since: { nowMs: number; withinMs: number },
  ): boolean
  note(session: string | undefined, level: CrisisLevel, nowMs: number): void
}

/** In memory and bounded; after a restart the lines are given in full once more. */
export function createLinesGiven(maxSessions = 10_000): LinesGiven {
  const given = createRecentMap<{ rank: number; atMs: number }>(maxSessions)
  const rankOf = (level: CrisisLevel) => CrisisLevel.options.indexOf(level)
  return {
    areKnown(session, level, { nowMs, withinMs }) {
      const last = session === undefined ? undefined : given.get(session)
      return last !== undefined && nowMs - last.atMs < withinMs && rankOf(level) <= last.rank
    },
    note(session, level, atMs) {
      if (session !== undefined) given.set(session, { rank: rankOf(level), atMs })
    },
  }
}
