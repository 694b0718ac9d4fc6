import type { HarmFinding } from '../finding.ts'
import type { HarmfulReplyDetector } from './harmful-reply.ts'
import type { PhraseMark } from './phrase-watch.ts'
import type { ReplyAssessment } from './scan.ts'
import type { PersonState } from './tally.ts'

/**
 * How much of a running reply is kept back: what may still become a harmful phrase, or every sentence until it is judged,
 * or all of it.
 */
export type HoldBackMode = 'phrase' | 'sentence' | 'reply'

/** How much of a text may go out, in UTF-16 units from its beginning, and the first finding. */
export type ReplyMark = PhraseMark

/** The verdict at the end, and whether the person was told where help is. */
export interface ReplyVerdict extends ReplyAssessment {
  /** What the verdict rests on: the first finding while the text came, else the gravest of the whole. */
  finding: HarmFinding | undefined
  /** The text names a line, a service or a number to turn to. */
  hasResource: boolean
  safeUnits: number
}

/** Listens to one text of a reply: to one choice, or to what stands beside it. */
export interface ReplyWatch {
  /** After a finding nothing more becomes safe. `found` is the first one and stays. */
  push(text: string): ReplyMark
  end(): ReplyVerdict
}

export interface ReplyWatchOptions {
  mode: HoldBackMode
  state: PersonState
  /** What the person wrote. */
  user: string
  detector: HarmfulReplyDetector
  /** Reasoning or the arguments of a tool call: judged for what it says, never for what it leaves out. */
  side?: boolean
}

/** Joins the phrases, which are watched word by word, and the models, which judge at the end of each sentence. */
export function createReplyWatch({
  mode,
  state,
  user,
  detector,
  side = false,
}: ReplyWatchOptions): ReplyWatch {
  // Where whole sentences are held back, a phrase need not be stopped before its sentence ends.
  const phrases = mode === 'phrase' ? detector.openPhraseWatch() : undefined
  const scan = detector.createReplyScan(state, user, phrases === undefined)
  let safeUnits = 0
  let pushedUnits = 0
  let found: HarmFinding | undefined

  const advance = (marked: number) => {
    if (marked > safeUnits) safeUnits = marked
  }
  /** Where a text may be cut when something was found in it: before the first sentence that was not judged clean. */
  const take = (text: string, judged: HarmFinding | undefined) => {
    const phrase = phrases?.push(text)
    found = earliest(phrase?.found, judged)
    if (mode === 'sentence') advance(scan.clearedUnits())
    else if (phrase !== undefined)
      advance(found === undefined ? phrase.safeUnits : Math.min(phrase.safeUnits, scan.clearedUnits()))
  }
  return {
    push(text) {
      pushedUnits += text.length
      const [judged] = scan.push(text)
      if (found === undefined) take(text, judged)
      return { safeUnits, found }
    },
    end() {
      const whole = scan.end(!side)
      if (found === undefined) {
        found = earliest(phrases?.end().found, whole.finding)
        if (found === undefined) advance(pushedUnits)
      }
      return { ...joined(whole, found), finding: found, hasResource: scan.hasResource(), safeUnits }
    },
  }
}

function earliest(one: HarmFinding | undefined, other: HarmFinding | undefined): HarmFinding | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return (other.evidence[0]?.start ?? 0) < (one.evidence[0]?.start ?? 0) ? other : one
}

/** A phrase that was found makes a reply harmful whatever the models say. */
function joined(whole: ReplyAssessment, found: HarmFinding | undefined): ReplyAssessment {
  if (found === undefined || whole.findings.includes(found)) return whole
  const isGraver = !whole.harmful || found.score >= whole.score
  return {
    harmful: true,
    kind: isGraver ? found.kind : whole.kind,
    score: Math.max(found.score, whole.score),
    findings: [found, ...whole.findings],
    finding: found,
  }
}
