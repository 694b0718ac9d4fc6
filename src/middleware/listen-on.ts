import type { HarmFinding } from '../detectors/finding.ts'
import type { ReplyVerdict, ReplyWatch } from '../detectors/harmful-reply/reply-watch.ts'
import type { ReplyAction } from '../plan/policy.ts'

/**
 * Listens to one text of a reply, also behind a finding that the policy lets pass: what is allowed in one sentence must
 * not open the way for the next. Positions are UTF-16 units from the beginning of the text.
 */
export interface Listener {
  /** How much of the text may go out. */
  push(text: string): number
  end(): ReplyVerdict
  /** Something was found that must not go out. */
  isStopped(): boolean
  /** Something was found that goes out with a note behind it. */
  isDoubtful(): boolean
}

/** More findings than this that pass in one text are no accident. */
const mostPassed = 16

export function listenOn(
  openWatch: () => ReplyWatch,
  found: (finding: HarmFinding) => ReplyAction,
): Listener {
  let watch = openWatch()
  /** Where the watch's own text begins. */
  let base = 0
  let pushed = 0
  let safeUnits = 0
  let passed = 0
  let isStopped = false
  let isDoubtful = false

  /** Whether the finding lets the reply go on. */
  function passes(finding: HarmFinding): boolean {
    const action = found(shifted(finding, base))
    if (action === 'annotate') isDoubtful = true
    passed++
    isStopped = action === 'withhold' || passed > mostPassed
    return !isStopped
  }

  return {
    push(text) {
      pushed += text.length
      let rest = text
      while (!isStopped) {
        const { safeUnits: marked, found: finding } = watch.push(rest)
        if (finding === undefined) {
          safeUnits = base + marked
          break
        }
        if (!passes(finding)) break
        const end = Math.max(0, ...finding.evidence.map((one) => one.end))
        const behind = Math.max(base + end, pushed - rest.length)
        rest = rest.slice(behind - (pushed - rest.length))
        base = behind
        safeUnits = behind
        watch = openWatch()
        if (rest === '') break
      }
      return safeUnits
    },
    end() {
      const verdict = watch.end()
      return verdict.finding === undefined || base === 0
        ? verdict
        : { ...verdict, finding: shifted(verdict.finding, base) }
    },
    isStopped: () => isStopped,
    isDoubtful: () => isDoubtful,
  }
}

function shifted(finding: HarmFinding, by: number): HarmFinding {
  if (by === 0) return finding
  return {
    ...finding,
    evidence: finding.evidence.map(({ start, end }) => ({ start: start + by, end: end + by })),
  }
}
