import type { Clock } from '../clock.ts'
import type { UserDetector, UserReport } from '../detectors/detector.ts'
import type { CrisisCategory, CrisisFinding } from '../detectors/finding.ts'
import type { HarmfulReplyDetector } from '../detectors/harmful-reply/harmful-reply.ts'
import { personStateOf } from '../detectors/harmful-reply/person-state.ts'
import { combine } from '../detectors/remote/combine.ts'
import type { RemoteScreen } from '../detectors/remote/screen.ts'
import type { Message } from '../exchange.ts'
import type { Logger } from '../logger.ts'
import { crisisAction, type SafetyPolicy } from '../plan/policy.ts'
import type { CrisisRecorder, DisclosureSource } from '../referrals/disclosure.ts'
import { variantOf } from '../safe-reply/variant-of.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { LiveExchange } from './live-exchange.ts'
import { logFault } from './log-fault.ts'
import { type ReviewDesk, reviewAtEnd } from './note-review.ts'
import type { RecentCrises } from './recent-crises.ts'
import type { Screening } from './screening.ts'

/** What listens to the person, and where what it hears goes. */
export interface ListenParts {
  crisis: UserDetector
  policy: SafetyPolicy
  /** Other opinions; `undefined` when none is configured. */
  remote: RemoteScreen | undefined
  recorder: CrisisRecorder
  recentCrises: RecentCrises
  /** Undefined where nobody looks at exchanges. */
  reviews: ReviewDesk | undefined
  harmfulReply: HarmfulReplyDetector
  metrics: Metrics
  clock: Clock
  logger: Logger
}

/**
 * Reads what the person wrote, before the halt is looked at: a halt stops AI text, not listening. Fills in
 * `exchange.screening`; what it found is recorded when the exchange ends, once.
 */
export function screenMessage(parts: ListenParts): (exchange: LiveExchange) => void {
  return function screenMessage(exchange) {
    const { conversation } = exchange
    if (conversation === undefined) return
    const { messages } = conversation.request
    const report = inspect(parts, exchange, messages)
    const source: DisclosureSource = parts.policy.mode === 'observe' ? 'observed' : 'engine'
    const screening: Screening = {
      ...judged(parts, exchange, report),
      words: messages.findLast(({ role }) => role === 'user')?.text ?? '',
      given: { source, textVersion: undefined },
      remote: undefined,
    }
    exchange.screening = screening
    noteCrisis(parts, exchange, screening)
    reviewAtEnd(parts, exchange, screening)
    askRemote(parts, exchange, screening, messages)
    if (report.outcome !== 'clear' || screening.remote !== undefined) recordAtEnd(parts, exchange, screening)
  }
}

/** Takes in the other opinion, where one was asked for; waits for it no longer than its own deadline. */
export async function hearRemote(parts: ListenParts, exchange: LiveExchange): Promise<void> {
  const { screening } = exchange
  if (screening?.remote === undefined) return
  const asked = screening.remote
  const verdict = await asked
  // Whoever waited beside us has taken it in.
  if (screening.remote !== asked) return
  screening.remote = undefined
  Object.assign(screening, judged(parts, exchange, combine(screening.report, verdict)))
  noteCrisis(parts, exchange, screening)
  remember(parts, exchange, screening)
}

/** Whoever is in a crisis is among the last to get AI replies back after a halt. */
function noteCrisis(
  { recentCrises, clock }: ListenParts,
  exchange: LiveExchange,
  { state }: Screening,
): void {
  if (state === 'crisis') recentCrises.note(sessionOf(exchange), clock.wallMs())
}

/** What others have found weighs on the conversation as what we find ourselves. */
function remember(parts: ListenParts, exchange: LiveExchange, { finding }: Pick<Screening, 'finding'>): void {
  const session = sessionOf(exchange)
  if (finding !== undefined && session !== undefined)
    parts.crisis.note(session, finding, parts.clock.wallMs())
}

/** A fault of ours counts as what the policy says, and never as "nothing found" by itself. */
function inspect(parts: ListenParts, exchange: LiveExchange, messages: readonly Message[]): UserReport {
  const { metrics, policy } = parts
  try {
    const session = sessionOf(exchange)
    const report = parts.crisis.inspect({ messages, session, nowMs: parts.clock.wallMs() })
    parts.recorder.screened('message', policy.mode)
    if (report.bypass === undefined) metrics.scannedMessages.inc({ outcome: report.outcome })
    else metrics.unscannedMessages.inc({ cause: report.bypass })
    return report
  } catch (error) {
    metrics.unscannedMessages.inc({ cause: 'error' })
    logFault(parts.logger, exchange.requestId, error)
    return {
      outcome: policy.onError.message,
      score: 0,
      findings: [],
      risk: 0,
      isCritical: false,
      isOwn: false,
      isRepeat: false,
      bypass: undefined,
      isPartial: false,
    }
  }
}

function judged({ policy }: ListenParts, exchange: LiveExchange, report: UserReport) {
  const state = personStateOf(report.outcome)
  const finding =
    report.outcome === 'alert' && report.isOwn
      ? report.findings.find(({ level }) => level !== 'history')
      : undefined
  const isMinor = exchange.who.ageBand === 'minor'
  const usual = state === 'none' || policy.crisis.default === 'observe' ? 'observe' : 'support'
  return {
    report,
    state,
    finding,
    action: finding === undefined ? usual : crisisAction(policy.crisis, finding.category, finding.level),
    variant: finding === undefined ? (isMinor ? 'minor' : 'none') : variantOf(mostUrgent(finding), isMinor),
  } satisfies Partial<Screening>
}

/** Where somebody is already dying, the writer or another, the emergency number comes before any other words. */
function mostUrgent({ category, level }: CrisisFinding): CrisisCategory {
  const isViolence = category === 'abuse' || category === 'harm-to-others'
  return level === 'attempt' && !isViolence ? 'medical-emergency' : category
}

function askRemote(
  parts: ListenParts,
  exchange: LiveExchange,
  screening: Screening,
  messages: readonly Message[],
): void {
  const { remote, metrics } = parts
  if (remote === undefined) return
  const { outcome, bypass } = screening.report
  const isSample = outcome === 'clear' && bypass === undefined
  if (outcome === 'alert' || bypass === 'empty' || (isSample && !remote.samples())) return
  const why = isSample ? 'sample' : bypass === undefined ? 'uncertain' : 'language'
  const asked = remote.ask(messages, why).then((verdict) => {
    metrics.remoteVerdicts.inc({ why, verdict: verdict.kind === 'down' ? verdict.cause : verdict.kind })
    return verdict
  })
  // Nobody waits for a sample: it says what inline detection misses.
  if (!isSample) screening.remote = asked
  else
    void asked.then((verdict) => {
      const report = combine(screening.report, verdict)
      const other = { ...screening, ...judged(parts, exchange, report) }
      remember(parts, exchange, other)
      record(parts, exchange, other)
    })
}

/** When the exchange ends it is known what the person got. */
function recordAtEnd(parts: ListenParts, exchange: LiveExchange, screening: Screening): void {
  const { finish } = exchange
  let isRecorded = false
  const finishAndRecord: LiveExchange['finish'] = (outcome, status, code) => {
    if (!isRecorded) {
      isRecorded = true
      // Where the engine's reply did not come through and no words of ours stand in its place, there was no help.
      const { source } = screening.given
      if (outcome !== 'ok' && (source === 'engine' || source === 'observed'))
        screening.given = { source: 'none', textVersion: undefined }
      // A halted exchange waits for nobody; what another opinion finds is recorded all the same.
      if (screening.remote === undefined) record(parts, exchange, screening)
      else void hearRemote(parts, exchange).then(() => record(parts, exchange, screening))
    }
    finish(outcome, status, code)
  }
  exchange.finish = finishAndRecord
}

function record(parts: ListenParts, exchange: LiveExchange, screening: Screening): void {
  const { finding, report, given } = screening
  if (finding === undefined || report.isRepeat) return
  const { category, level, score, version } = finding
  parts.metrics.disclosures.inc({ category, level, source: given.source })
  parts.recorder.disclosed({
    id: crypto.randomUUID(),
    atMs: parts.clock.wallMs(),
    outcome: 'alert',
    category,
    level,
    score,
    detectorVersion: version,
    who: exchange.who,
    planned: screening.action,
    source: given.source,
    textVersion: given.textVersion,
    engine: exchange.engine ?? exchange.plan.first,
    mode: parts.policy.mode,
  })
}

/** What is remembered from one exchange to the next belongs to this; `undefined` when the caller names nobody. */
export function sessionOf({
  who: { tenant = '', session, user },
}: Pick<LiveExchange, 'who'>): string | undefined {
  const name = session ?? user
  return name === undefined ? undefined : `${tenant}\n${name}`
}
