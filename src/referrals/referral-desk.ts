import { createOutboxWorker, type OutboxWorkerParts } from '../alerts/outbox-worker.ts'
import { createWebhookChannel } from '../alerts/webhook.ts'
import type { Clock } from '../clock.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { IncidentRule, Referrals } from '../plan/referrals.ts'
import { scaledMs } from '../plan/schema.ts'
import type { Records } from '../stores/records.ts'
import { referralDelivered, referralFailed } from './delivery.ts'
import { watchPaging } from './paging-watch.ts'
import type { Keys } from './prepare.ts'
import { type CrisisRecords, createCrisisRecorder } from './recorder.ts'
import { referralTarget } from './referral-message.ts'

/** What of the configuration and the plan matters here; asked for again each time, so that a reload holds at once. */
export interface ReferralSettings {
  webhook: Referrals['webhook']
  crisisEvents: { pageWithinMs: number; overdue: IncidentRule; undelivered: IncidentRule }
  harmfulReplies: { caught: IncidentRule; released: IncidentRule }
  timeScale: number
  singleCountry: string | undefined
}

export interface ReferralDeskParts {
  records: Records
  migrate(): Promise<void>
  keys: Keys
  clock: Clock
  logger: Logger
  /** Signs what the gateway does by itself. */
  actor: string
  settings(): ReferralSettings
  onError(verb: string): void
  onSent?: OutboxWorkerParts['onSent']
  fetch?: typeof fetch
}

/** Everything that follows a disclosure behind the request path: recorded, delivered, and watched. */
export interface ReferralDesk {
  recorder: CrisisRecords
  /** Disclosures that should have been acknowledged by now and have not been, as of the last look. */
  readonly overdue: number
  /** Begins to deliver and to watch. */
  start(): void
  close(): Promise<void>
}

const watchEveryMs = 5_000

export function createReferralDesk(parts: ReferralDeskParts): ReferralDesk {
  const { records, clock, logger, actor, settings } = parts
  let overdue = 0
  let watchTimer: ReturnType<typeof setTimeout> | undefined
  let watching: Promise<void> | undefined
  let closed = false

  const webhooks = createWebhookChannel({
    clock,
    ...(parts.fetch === undefined ? {} : { fetch: parts.fetch }),
    target(name) {
      const { webhook } = settings()
      if (name !== referralTarget.target || webhook === undefined) return undefined
      const { url, timeoutMs, secret, previousSecret } = webhook
      return { url, timeoutMs, secrets: [secret, ...(previousSecret === undefined ? [] : [previousSecret])] }
    },
  })
  const worker = createOutboxWorker({
    records,
    channel: (name) => (name === referralTarget.channel ? webhooks : undefined),
    ends: {
      delivered: referralDelivered,
      failed(trx, row, nowMs) {
        const { crisisEvents, timeScale } = settings()
        return referralFailed(trx, row, { undelivered: crisisEvents.undelivered, actor, timeScale }, nowMs)
      },
    },
    clock,
    logger,
    holder: `${actor}:${crypto.randomUUID()}`,
    ...(parts.onSent === undefined ? {} : { onSent: parts.onSent }),
  })
  const recorder = createCrisisRecorder({
    records,
    migrate: parts.migrate,
    keys: parts.keys,
    clock,
    logger,
    rules() {
      const { webhook, crisisEvents, harmfulReplies, timeScale, singleCountry } = settings()
      return {
        pageWithinMs: scaledMs(crisisEvents.pageWithinMs, timeScale),
        giveUpAfterMs: webhook && scaledMs(webhook.giveUpAfterMs, timeScale),
        singleCountry,
        replies: { ...harmfulReplies, actor, timeScale },
      }
    },
    onError: parts.onError,
    onWritten: () => worker.wake(),
  })

  async function watch() {
    const { crisisEvents, timeScale } = settings()
    try {
      overdue = await watchPaging(
        records,
        { overdue: crisisEvents.overdue, actor, timeScale },
        clock.wallMs(),
      )
    } catch (error) {
      // What is overdue stays overdue until the database is back.
      logger.warn(errorFields(error), 'overdue crisis events could not be looked for')
    }
    if (!closed) watchTimer = setTimeout(startWatch, Math.max(250, scaledMs(watchEveryMs, timeScale)))
  }

  function startWatch() {
    watching = watch()
  }

  return {
    recorder,
    get overdue() {
      return overdue
    },
    start() {
      worker.start()
      startWatch()
    },
    async close() {
      closed = true
      clearTimeout(watchTimer)
      await watching
      clearTimeout(watchTimer)
      await recorder.close()
      await worker.close()
    },
  }
}
