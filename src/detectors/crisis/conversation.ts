import type { Assessment } from '../finding.ts'
import type { CrisisAssessor, TextAssessment } from './assess.ts'

/** What the gateway remembers of a conversation: how acute it was and when. Small, and never the text itself. */
export interface ConversationRisk {
  /** 0 to 1; falls with time and with calm messages. */
  risk: number
  /** Until when plan, intent or attempt keep the conversation at alert; epoch milliseconds. */
  heldUntilMs: number
  lastMs: number
}

export const calm: ConversationRisk = { risk: 0, heldUntilMs: 0, lastMs: 0 }

/** After a plan, an intent or an attempt the risk does not fall for this long. */
const holdMs = 24 * 60 * 60 * 1000
const halfLifeMs = 2 * 60 * 60 * 1000
/** What remains of the risk after one more message without a finding. */
const calmMessageFactor = 0.8
/** A conversation with earlier risk needs this much less to be uncertain again. */
const loweredEscalate = 0.5
const heldLevels = new Set(['plan', 'intent', 'attempt'])

/** The risk after one more message. */
export function nextRisk(
  before: ConversationRisk,
  found: Pick<TextAssessment, 'outcome' | 'level' | 'score'>,
  nowMs: number,
): ConversationRisk {
  const remaining = riskAt(before, nowMs)
  // After a plan, calm words are no reason to believe that the danger is over.
  const isKept = found.outcome !== 'clear' || nowMs < before.heldUntilMs
  const isHeld = found.outcome === 'alert' && found.level !== undefined && heldLevels.has(found.level)
  const told = found.level === 'history' ? 0.3 : found.outcome === 'clear' ? 0 : found.score
  return {
    risk: Math.max(told, isKept || told > 0 ? remaining : remaining * calmMessageFactor),
    heldUntilMs: isHeld ? Math.max(before.heldUntilMs, nowMs + holdMs) : before.heldUntilMs,
    lastMs: Math.max(before.lastMs, nowMs),
  }
}

/** The risk that is left at a moment. */
export function riskAt({ risk, heldUntilMs, lastMs }: ConversationRisk, nowMs: number): number {
  if (nowMs < heldUntilMs) return risk
  const elapsedMs = Math.max(0, nowMs - Math.max(lastMs, heldUntilMs))
  return risk * 0.5 ** (elapsedMs / halfLifeMs)
}

/** The outcome for the conversation: that of the message, unless what came before weighs more. */
export function outcomeInConversation(
  before: ConversationRisk,
  found: TextAssessment,
  thresholds: { alert: number; escalate: number },
  nowMs: number,
): Assessment {
  if (nowMs < before.heldUntilMs || found.outcome === 'alert') return 'alert'
  const remaining = riskAt(before, nowMs)
  if (remaining >= thresholds.alert)
    return remaining * calmMessageFactor >= thresholds.alert ? 'alert' : 'escalate'
  if (found.outcome === 'escalate') return 'escalate'
  return remaining > 0 && found.score >= thresholds.escalate * (1 - loweredEscalate * remaining)
    ? 'escalate'
    : 'clear'
}

/** How many of a person's last messages are also read as one, for what is said in pieces. */
export const joinedMessages = 3
/** What is said in pieces is said in short ones; longer messages speak for themselves, and reading them twice is dear. */
const maxJoinedUnits = 300

/** The last few short messages as one text, as many as are short enough; undefined when there is nothing to join. */
export function readTogether(said: readonly string[]): string | undefined {
  let count = 0
  // With a line feed between two.
  let units = -1
  while (count < Math.min(joinedMessages, said.length)) {
    units += 1 + (said[said.length - 1 - count]?.length ?? 0)
    if (units > maxJoinedUnits) break
    count++
  }
  return count > 1 ? said.slice(-count).join('\n') : undefined
}

/**
 * Reads a whole conversation at once, without memory of another: the last message, the last few as one, and what is left
 * of the worst that was said before.
 */
export function assessMessages(
  assessor: CrisisAssessor,
  messages: readonly { role: string; text: string }[],
): TextAssessment {
  const said = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
  let worst = assessor.assess(said.at(-1) ?? '')
  const together = readTogether(said)
  const candidates = said.slice(0, -1).map((text, index) => {
    const found = assessor.assess(text)
    const isHeld = found.outcome === 'alert' && found.level !== undefined && heldLevels.has(found.level)
    const score = isHeld ? found.score : found.score * fading ** (said.length - 1 - index)
    return { ...found, score, outcome: outcomeOf(score, assessor.thresholds) }
  })
  if (together !== undefined) candidates.push(assessor.assess(together))
  for (const candidate of candidates) if (candidate.score > worst.score) worst = candidate
  return worst
}

/** What is left of a finding with each message that follows it, when a conversation is read at once. */
const fading = 0.93

export function outcomeOf(
  score: number,
  { alert, escalate }: { alert: number; escalate: number },
): Assessment {
  return score >= alert ? 'alert' : score >= escalate ? 'escalate' : 'clear'
}
