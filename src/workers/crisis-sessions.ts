import type { UserDetector } from '../detectors/detector.ts'
import type { RecentCrises } from '../middleware/recent-crises.ts'
import type { CrisisSession } from './messages.ts'

/** The sessions with a crisis in them that any worker has heard of. */
export interface CrisisSessions {
  note(heard: CrisisSession): void
  /** For a worker that begins. */
  all(): CrisisSession[]
}

/** As many as a process remembers by itself, or half of them. */
const mostSessions = 100_000

export function createCrisisSessions(maxSessions = mostSessions): CrisisSessions {
  // A Map keeps the order of insertion: what was heard of last stands at the end.
  const heard = new Map<string, CrisisSession>()
  return {
    note(latest) {
      const { session, finding = heard.get(session)?.finding } = latest
      heard.delete(session)
      heard.set(session, { ...latest, finding })
      if (heard.size <= maxSessions) return
      const [oldest] = heard.keys()
      if (oldest !== undefined) heard.delete(oldest)
    },
    all: () => [...heard.values()],
  }
}

/** What a worker remembers of sessions in a crisis. */
export interface CrisisMemory {
  crisis: UserDetector
  recentCrises: RecentCrises
}

/**
 * The same memory, which tells the other workers what it takes in: a session stays in a crisis, and joins last after a
 * halt, whichever worker its next message comes to.
 */
export function toldCrises(own: CrisisMemory, tell: (heard: CrisisSession) => void): CrisisMemory {
  const { crisis, recentCrises } = own
  return {
    crisis: {
      name: crisis.name,
      version: crisis.version,
      inspect(side) {
        const report = crisis.inspect(side)
        const [finding] = report.findings
        const isNew = report.outcome === 'alert' && report.isOwn && !report.isRepeat
        if (isNew && finding !== undefined && side.session !== undefined)
          tell({ session: side.session, atMs: side.nowMs, finding: weightOf(finding) })
        return report
      },
      note(session, finding, nowMs) {
        crisis.note(session, finding, nowMs)
        tell({ session, atMs: nowMs, finding: weightOf(finding) })
      },
    },
    recentCrises: {
      note(session, nowMs) {
        recentCrises.note(session, nowMs)
        if (session !== undefined) tell({ session, atMs: nowMs })
      },
      has: recentCrises.has,
    },
  }
}

/** Takes in what another worker has heard. */
export function hearOf({ session, atMs, finding }: CrisisSession, own: CrisisMemory): void {
  own.recentCrises.note(session, atMs)
  if (finding !== undefined) own.crisis.noteElsewhere?.(session, finding, atMs)
}

/** Evidence says where in a message it stands, and stays where the message is. */
const weightOf = ({ level, score }: NonNullable<CrisisSession['finding']>) => ({ level, score })
