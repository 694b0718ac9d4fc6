import { outboxDepth } from './alerts/outbox.ts'
import { createOutboxWorker } from './alerts/outbox-worker.ts'
import { createWebhookChannel } from './alerts/webhook.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import type { Logger } from './logger.ts'
import { scaledMs } from './plan/schema.ts'
import { referralDelivered, referralFailed } from './referrals/delivery.ts'
import { createPagingWatch } from './referrals/paging-watch.ts'
import type { Keys } from './referrals/prepare.ts'
import { createCrisisRecorder } from './referrals/recorder.ts'
import type { Records } from './stores/records.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** Records what people disclose, and brings it to the team that can help. */
export function assembleReferrals(parts: {
  config(): Config
  records: Records
  migrate(): Promise<void>
  keys: Keys
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** Signs what the gateway does by itself. */
  actor: string
}) {
  const { records, clock, logger, metrics, actor } = parts
  const plan = () => parts.config().plan
  const webhook = createWebhookChannel({
    clock,
    target() {
      const { webhook } = parts.config().referrals
      if (webhook === undefined) return undefined
      const { url, secret, previousSecret, timeoutMs } = webhook
      return { url, timeoutMs, secrets: previousSecret === undefined ? [secret] : [secret, previousSecret] }
    },
  })
  const outbox = createOutboxWorker({
    records,
    clock,
    logger,
    holder: `${actor}:${crypto.randomUUID().slice(0, 8)}`,
    channel: (name) => (name === 'webhook' ? webhook : undefined),
    ends: {
      delivered: referralDelivered,
      failed: (trx, row, nowMs) =>
        referralFailed(
          trx,
          row,
          { undelivered: plan().crisisEvents.undelivered, actor, timeScale: plan().timeScale },
          nowMs,
        ),
    },
    onSent: ({ channel }, result) => metrics.deliveries.inc({ channel, result }),
  })
  const recorder = createCrisisRecorder({
    records,
    migrate: parts.migrate,
    keys: parts.keys,
    clock,
    logger,
    rules() {
      const { crisisEvents, harmfulReplies, timeScale } = plan()
      const { referrals, identify } = parts.config()
      return {
        pageWithinMs: scaledMs(crisisEvents.pageWithinMs, timeScale),
        giveUpAfterMs: referrals.webhook && scaledMs(referrals.webhook.giveUpAfterMs, timeScale),
        singleCountry: identify.singleCountry,
        replies: { ...harmfulReplies, actor, timeScale },
      }
    },
    onError: (verb) => metrics.recordErrors.inc({ verb }),
    onWritten: () => outbox.wake(),
  })
  const paging = createPagingWatch({
    records,
    clock,
    logger,
    rule: () => ({ overdue: plan().crisisEvents.overdue, actor, timeScale: plan().timeScale }),
  })
  let depth: Awaited<ReturnType<typeof outboxDepth>> = []
  const lookIntoOutbox = () =>
    outboxDepth(records).then(
      (found) => {
        depth = found
      },
      () => {},
    )
  outbox.start()
  paging.start()
  return {
    recorder,
    /** Disclosures of a plan, of intent or of an attempt that nobody has acknowledged in time. */
    overdue: () => paging.overdue,
    /** What waits in the outbox, as of the last look; each call looks again, and nobody waits for the database. */
    depth() {
      void lookIntoOutbox()
      return depth
    },
    /** Says in the log beside the register what is in force; once a day is enough, and more does no harm. */
    noteProtocol(detail: string) {
      recorder.noteProtocol({ kind: 'protocol', detail })
      if (parts.config().policy.mode === 'observe')
        recorder.noteProtocol({ kind: 'observe', detail: 'policy.mode' })
    },
    async close() {
      await paging.close()
      await recorder.close()
      await outbox.close()
    },
  }
}
