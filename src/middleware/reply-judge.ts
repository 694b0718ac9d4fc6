import type { Clock } from '../clock.ts'
import type { HarmFinding } from '../detectors/finding.ts'
import type { HarmfulReplyDetector } from '../detectors/harmful-reply/harmful-reply.ts'
import type { ReplyVerdict } from '../detectors/harmful-reply/reply-watch.ts'
import type { Logger } from '../logger.ts'
import { type ReplyAction, replyAction, type SafetyPolicy } from '../plan/policy.ts'
import type { CaughtReply } from '../referrals/disclosure.ts'
import type { LinesGiven } from '../referrals/lines-given.ts'
import type { ExchangeSignals } from '../signals/book.ts'
import { type AnswerParts, placeOf } from './answers.ts'
import type { LiveExchange } from './live-exchange.ts'
import { sessionOf } from './screen-message.ts'
import type { Screening } from './screening.ts'

/** What judges replies, and what is needed to act on it. */
export interface JudgeParts extends AnswerParts {
  signals: ExchangeSignals
  harmfulReply: HarmfulReplyDetector
  policy: SafetyPolicy
  linesGiven: LinesGiven
  clock: Clock
  logger: Logger
}

/** Applies the policy to what the detector finds in one reply. */
export interface ReplyJudge {
  /** What to do about a finding; `wasRead`: the person has it on the screen already. */
  found(finding: HarmFinding, wasRead: boolean): ReplyAction
  /**
   * What to do at the end of a choice that nothing was found in before: withhold it, or add `text` to it.
   * `canAdd`: no tool call and no JSON schema; `isSide`: reasoning or a tool call, which helps nobody.
   */
  ended(
    verdict: ReplyVerdict,
    text: { canAdd: boolean; wasRead: boolean; isSide: boolean },
  ): { action: ReplyAction; text?: string }
  /** The paragraph for a reply that goes out in spite of a finding. */
  annotation(): string
}

export function createReplyJudge(
  parts: JudgeParts,
  exchange: LiveExchange,
  screening: Screening,
): ReplyJudge {
  const { policy, metrics, recorder, safeReplies, clock } = parts
  const isObserved = policy.mode === 'observe'
  let isCaught = false
  let given: string | undefined
  let isHelp = false
  recorder.screened('reply', policy.mode)

  function found(finding: HarmFinding, wasRead: boolean): ReplyAction {
    const planned = replyAction(policy.harmfulReply, finding.kind)
    const action = isObserved ? 'observe' : planned
    const done: CaughtReply['action'] =
      action === 'annotate' ? 'annotated' : action === 'withhold' && !wasRead ? 'withheld' : 'released'
    if (!isCaught) {
      isCaught = true
      if (exchange.notes !== undefined) exchange.notes.caught = finding
      metrics.caughtReplies.inc({ kind: finding.kind, action: done })
      recorder.caught({
        id: crypto.randomUUID(),
        atMs: clock.wallMs(),
        kind: finding.kind,
        score: finding.score,
        detectorVersion: finding.version,
        who: exchange.who,
        engine: exchange.engine ?? exchange.plan.first,
        planned,
        action: done,
        mode: policy.mode,
      })
    }
    return action
  }

  /** The crisis lines for this person, in full or, where they were given lately, in one line; the same in every choice. */
  function lines(): string {
    given ??= writeLines()
    return given
  }

  function writeLines(): string {
    const { finding, variant } = screening
    const session = sessionOf(exchange)
    const nowMs = clock.wallMs()
    const since = { nowMs, withinMs: policy.repeatLinesAfterMs }
    const brief = finding === undefined || parts.linesGiven.areKnown(session, finding.level, since)
    const about = variant === 'none' || variant === 'unavailable' ? 'self' : variant
    const { text, version } = safeReplies.support({ variant: about, ...placeOf(parts, exchange), brief })
    if (finding !== undefined && !brief) parts.linesGiven.note(session, finding.level, nowMs)
    screening.given = { source: 'appended', textVersion: version }
    recorder.noticed(version)
    metrics.addedLines.inc({ length: brief ? 'brief' : 'full' })
    return `\n\n${text}`
  }

  return {
    found,
    annotation() {
      const { text, version } = safeReplies.annotation(placeOf(parts, exchange))
      screening.given = { source: 'appended', textVersion: version }
      recorder.noticed(version)
      return `\n\n${text}`
    },
    ended({ finding, hasResource }, { canAdd, wasRead, isSide }) {
      // What a reply leaves out can be added; where nothing may be added, an event and a header are all there is.
      const isOmission = finding?.kind === 'omission'
      if (finding !== undefined && !isOmission) {
        const action = found(finding, wasRead)
        if (action !== 'observe') return { action }
      }
      const lacks =
        (isOmission && screening.state === 'crisis') || (screening.finding !== undefined && !hasResource)
      if (isObserved || screening.action === 'observe') return { action: 'observe' }
      if (lacks && canAdd) return { action: 'observe', text: lines() }
      // One text of a reply that helps is help, whatever stands beside it and in whichever order they end.
      if (!lacks && !isSide) isHelp = true
      if (isHelp && screening.given.source === 'none') screening.given.source = 'engine'
      if (lacks && !isHelp && given === undefined)
        screening.given = { source: 'none', textVersion: undefined }
      return { action: 'observe' }
    },
  }
}
