import type { EngageRequest } from './breakers/halt-gate.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import { errorFields, type Logger } from './logger.ts'
import type { ReviewDesk } from './middleware/note-review.ts'
import { sampledSessions } from './middleware/note-review.ts'
import { scaledMs } from './plan/schema.ts'
import type { Pseudonyms } from './referrals/pseudonym.ts'
import { createMissResponder } from './responses/confirmed-miss.ts'
import { labelOutcomesSince } from './reviews/label-outcomes.ts'
import { createReviewRecorder } from './reviews/review-recorder.ts'
import type { Records } from './stores/records.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { deleteOldEvidence, rewrapEvidence } from './vault/evidence.ts'
import type { EvidenceCipher } from './vault/evidence-cipher.ts'

const upkeepEveryMs = 60_000
/** For misses whose gateway died before it could answer them. */
const missesEveryMs = 10_000

/** The review queue with its evidence, and what follows from decisions. */
export function assembleReviews(parts: {
  config(): Config
  records: Records
  migrate(): Promise<void>
  cipher: EvidenceCipher | undefined
  pseudonyms: Pseudonyms
  isHalted(engine: string): boolean
  engage(request: EngageRequest): Promise<unknown>
  actor: string
  metrics: Metrics
  clock: Clock
  logger: Logger
}) {
  const { config, records, cipher, clock, logger, metrics } = parts
  const plan = () => config().plan
  const recorder = createReviewRecorder({
    records,
    migrate: parts.migrate,
    cipher,
    pseudonyms: parts.pseudonyms,
    rules: () => ({
      evidenceKeptMs: scaledMs(plan().reviews.evidenceKeptMs, plan().timeScale),
      maxItems: plan().reviews.maxItems,
    }),
    clock,
    logger,
    onError: (verb) => metrics.recordErrors.inc({ verb }),
  })
  const isKnown = sampledSessions()
  const misses = createMissResponder({
    records,
    rules: () =>
      config().policy.mode === 'observe'
        ? { ...plan().crisisDetection, onConfirmedMiss: 'propose' }
        : plan().crisisDetection,
    isHalted: parts.isHalted,
    engage: parts.engage,
    actor: parts.actor,
    timeScale: () => plan().timeScale,
    clock,
    logger,
  })

  async function upkeep() {
    while ((await deleteOldEvidence(records, clock.wallMs())) > 0);
    if (cipher === undefined) return
    let after: string | undefined = ''
    while (after !== undefined) after = (await rewrapEvidence(records, cipher, after)).next
  }
  const timer = setInterval(
    () =>
      void upkeep().catch((error) =>
        logger.warn(errorFields(error), 'old evidence could not be looked for; tried again in a minute'),
      ),
    upkeepEveryMs,
  )
  const missesTimer = setInterval(() => void misses.answer(), missesEveryMs)

  const offer: ReviewDesk['offer'] = (item) => {
    const isTaken = recorder.offer(item)
    if (isTaken) metrics.reviewItems.inc({ kind: item.kind })
    return isTaken
  }

  return {
    /** For the request path, under the configuration in force. */
    desk: (next: Config): ReviewDesk => ({
      offer,
      sampleOfClears: next.plan.reviews.sampleOfClears,
      engines: next.engines,
      isKnown,
      random: Math.random,
    }),
    offer,
    dropped: () => recorder.dropped,
    readers: () => plan().reviews.readers,
    labelsSince: (seq: number, limit: number) => labelOutcomesSince(records, seq, limit),
    /** Answers a miss, if this item is one that has just been confirmed. */
    onDecided: (itemId: string) => misses.answer(itemId),
    async close() {
      clearInterval(timer)
      clearInterval(missesTimer)
      await misses.settled()
      await recorder.close()
    },
  }
}
