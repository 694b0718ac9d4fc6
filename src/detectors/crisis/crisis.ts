import { z } from 'zod'
import { defineDetector, type UserDetector, type UserReport, type UserSide } from '../detector.ts'
import type { CrisisFinding } from '../finding.ts'
import { type CrisisAssessor, createCrisisAssessor, type TextAssessment } from './assess.ts'
import {
  type ConversationRisk,
  calm,
  joinedMessages,
  nextRisk,
  outcomeInConversation,
  readTogether,
  riskAt,
} from './conversation.ts'
import { createRecentMap, type RecentMap } from './recent-map.ts'

const Options = z.strictObject({
  maxSessions: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('How many conversations are remembered; the one unused for longest goes first.'),
  maxMessages: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(50_000)
    .describe('How many findings of earlier messages are kept, so that they are not read again.'),
})

/**
 * Hears a crisis in what a person writes: thoughts of suicide, self-harm, danger from or to others, a medical emergency,
 * worry about somebody else. Findings carry evidence as UTF-16 offsets into the last message of the person.
 * Remembers the risk of each session and the findings of earlier messages by hash, both bounded, never the text.
 * Does not throw.
 * @see Posner et al. 2011, the Columbia-Suicide Severity Rating Scale, for the levels
 */
export const crisis = defineDetector({
  name: 'crisis',
  options: Options,
  create: ({ maxSessions, maxMessages }) =>
    createCrisisDetector(createCrisisAssessor(), maxSessions, maxMessages),
})

/** The detector over an assessor that is already built. */
export function createCrisisDetector(
  assessor: CrisisAssessor,
  maxSessions = 10_000,
  maxMessages = 50_000,
): UserDetector {
  const sessions = createRecentMap<SessionMemory>(maxSessions)
  const known = createRecentMap<TextAssessment>(maxMessages)
  return {
    name: 'crisis',
    version: assessor.version,
    inspect: (side) => inspect(side, assessor, sessions, known),
    note(session, finding, nowMs) {
      const kept = sessions.get(session)
      if (kept === undefined) return
      const found = { ...finding, outcome: 'alert' as const }
      const before = nextRisk(kept.before, found, nowMs)
      sessions.set(session, { ...kept, ...nextRisk(kept, found, nowMs), before })
    },
  }
}

interface SessionMemory extends ConversationRisk {
  /** How many messages of the person were there. */
  seen: number
  /** Of the last of them, and when it first came. */
  lastHash: string
  lastSeenMs: number
  /** The risk before the last of them, from which it is judged again when it is sent again. */
  before: ConversationRisk
}

/** The same message within this time is the same one, sent again. */
const retryWithinMs = 10 * 60 * 1000

function inspect(
  { messages, session, nowMs }: UserSide,
  assessor: CrisisAssessor,
  sessions: RecentMap<SessionMemory>,
  known: RecentMap<TextAssessment>,
): UserReport {
  const said = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
  const assess = (text: string) => known.getOrMake(hashText(text), () => assessor.assess(text))
  const lastText = said.at(-1) ?? ''
  const lastHash = hashText(lastText)
  const last = known.getOrMake(lastHash, () => assessor.assess(lastText))
  const together = readTogether(said)
  const joined = together === undefined ? undefined : assess(together)
  const found = joined !== undefined && joined.score > last.score ? joined : last

  const kept = session === undefined ? undefined : sessions.get(session)
  const isRetry =
    kept !== undefined &&
    kept.seen === said.length &&
    kept.lastHash === lastHash &&
    nowMs - kept.lastSeenMs < retryWithinMs
  let before: ConversationRisk = isRetry ? kept.before : (kept ?? calm)
  for (const text of said.slice(seenBefore(said, kept), -1)) before = nextRisk(before, assess(text), nowMs)
  const earlier = said.slice(-joinedMessages, -1).map(assess)
  const isOfEarlier =
    found === joined && last.outcome !== 'alert' && earlier.some(({ outcome }) => outcome === 'alert')
  const outcome = outcomeInConversation(before, found, assessor.thresholds, nowMs)
  // What an earlier message has raised already is not raised again by the calm one that is read together with it.
  const after = isRetry ? kept : nextRisk(before, isOfEarlier ? last : found, nowMs)
  if (session !== undefined && !isRetry)
    sessions.set(session, {
      risk: after.risk,
      heldUntilMs: after.heldUntilMs,
      lastMs: after.lastMs,
      seen: said.length,
      lastHash,
      lastSeenMs: nowMs,
      before: { risk: before.risk, heldUntilMs: before.heldUntilMs, lastMs: before.lastMs },
    })
  return {
    outcome,
    score: found.score,
    findings: found.category === undefined ? [] : [toFinding(found, last, assessor.version)],
    risk: riskAt(after, nowMs),
    isCritical: found.isCritical,
    isOwn: found.outcome === 'alert' && !isOfEarlier,
    isRepeat: isRetry || isOfEarlier,
    bypass: said.length === 0 ? 'empty' : found.bypass,
    isPartial: last.scanned === 'partial',
  }
}

/**
 * How many of the messages have counted already. A conversation that we have not met is read from its beginning, one that
 * we have only from where we left it, also when the caller has cut off its beginning since.
 */
function seenBefore(said: readonly string[], kept: SessionMemory | undefined): number {
  if (kept === undefined) return 0
  const { seen, lastHash } = kept
  const isAt = (at: number) => at >= 0 && hashText(said[at] ?? '') === lastHash
  if (seen <= said.length && isAt(seen - 1)) return seen
  for (let at = said.length - 2; at >= 0; at--) if (isAt(at)) return at + 1
  return seen <= said.length ? seen : 0
}

function toFinding(found: TextAssessment, last: TextAssessment, version: string): CrisisFinding {
  return {
    detector: 'crisis',
    version,
    category: found.category ?? 'suicidal-ideation',
    level: found.level ?? 'passive',
    score: found.score,
    // What only several messages say together has no place in the last one of its own.
    evidence: found === last ? found.evidence : last.evidence,
  }
}

/** 53 bits of two hashes and the length: enough that no two of some thousands of messages meet. */
function hashText(text: string): string {
  let one = 0x811c9dc5 | 0
  let two = 0x9747b28c | 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    one = Math.imul(one ^ unit, 0x01000193)
    two = Math.imul(two ^ unit, 0x85ebca6b) ^ (two >>> 13)
  }
  return `${(one >>> 0).toString(36)}.${(two >>> 0).toString(36)}.${text.length}`
}
