import { z } from 'zod'
import { createRecentMap, type RecentMap } from '../../recent-map.ts'
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
import { createTextHash } from './text-hash.ts'

const Options = z.strictObject({
  maxSessions: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'How many conversations are remembered at least, those that were used last; at most twice as many.',
    ),
  maxMessages: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(50_000)
    .describe(
      'How many findings of earlier messages are kept at least, so that they are not read again; at most twice as many.',
    ),
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
  const hashText = createTextHash()
  return {
    name: 'crisis',
    version: assessor.version,
    inspect: (side) => inspect(side, { assessor, sessions, known, hashText }),
    note(session, finding, nowMs) {
      const kept = sessions.get(session)
      if (kept !== undefined) weigh(session, kept, finding, nowMs)
    },
    noteElsewhere(session, finding, nowMs) {
      weigh(session, sessions.get(session) ?? notMet, finding, nowMs)
    },
  }

  function weigh(session: string, kept: SessionMemory, finding: NotedFinding, nowMs: number) {
    const found = { ...finding, outcome: 'alert' as const }
    const before = nextRisk(kept.before, found, nowMs)
    sessions.set(session, { ...kept, ...nextRisk(kept, found, nowMs), before })
  }
}

type NotedFinding = Parameters<UserDetector['note']>[1]

interface SessionMemory extends ConversationRisk {
  /** How many messages of the person were there. */
  seen: number
  /** Of the last of them, and when it first came. */
  lastHash: string
  lastSeenMs: number
  /** The risk before the last of them, from which it is judged again when it is sent again. */
  before: ConversationRisk
}

/** A session of which only somebody else has heard; its conversation is read from the beginning. */
const notMet: SessionMemory = { ...calm, seen: 0, lastHash: '', lastSeenMs: 0, before: calm }

interface DetectorParts {
  assessor: CrisisAssessor
  sessions: RecentMap<SessionMemory>
  /** What was found in each message, by the hash of its text. */
  known: RecentMap<TextAssessment>
  hashText(text: string): string
}

/** The same message within this time is the same one, sent again. */
const retryWithinMs = 10 * 60 * 1000

function inspect(
  { messages, session, nowMs }: UserSide,
  { assessor, sessions, known, hashText }: DetectorParts,
): UserReport {
  const said = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
  // Each message is hashed once: in a long conversation that is most of the work.
  const hashes: (string | undefined)[] = []
  const hashAt = (at: number) => {
    const hash = hashes[at] ?? hashText(said[at] ?? '')
    hashes[at] = hash
    return hash
  }
  const assess = (text: string, hash: string) => known.getOrMake(hash, () => assessor.assess(text))
  const assessAt = (at: number) => assess(said[at] ?? '', hashAt(at))
  const lastAt = Math.max(0, said.length - 1)
  const lastHash = hashAt(lastAt)
  const last = assessAt(lastAt)
  const together = readTogether(said)
  const joined = together === undefined ? undefined : assess(together, hashText(together))
  const found = joined !== undefined && joined.score > last.score ? joined : last

  const kept = session === undefined ? undefined : sessions.get(session)
  const isRetry =
    kept !== undefined &&
    kept.seen === said.length &&
    kept.lastHash === lastHash &&
    nowMs - kept.lastSeenMs < retryWithinMs
  let before: ConversationRisk = isRetry ? kept.before : (kept ?? calm)
  for (let at = seenBefore(said.length, hashAt, kept); at < lastAt; at++)
    before = nextRisk(before, assessAt(at), nowMs)
  let isOfEarlier = false
  if (found === joined && last.outcome !== 'alert')
    for (let at = Math.max(0, said.length - joinedMessages); at < lastAt; at++)
      if (assessAt(at).outcome === 'alert') isOfEarlier = true
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
function seenBefore(said: number, hashAt: (at: number) => string, kept: SessionMemory | undefined): number {
  if (kept === undefined) return 0
  const { seen, lastHash } = kept
  if (seen > 0 && seen <= said && hashAt(seen - 1) === lastHash) return seen
  for (let at = said - 2; at >= 0; at--) if (hashAt(at) === lastHash) return at + 1
  return seen <= said ? seen : 0
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
