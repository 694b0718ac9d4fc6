import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { OutboxRow } from '../stores/crisis-tables.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import type { Channel, SendResult } from './channel.ts'
import { claimDue, markDelivered, markFailed, markRetry, pruneOutbox } from './outbox.ts'
import { outboxClasses, retryDelayMs } from './retry-delay.ts'

/** What else is written when a message has ended, in the same transaction. */
export interface OutboxEnds {
  delivered(trx: RecordsTransaction, row: OutboxRow, nowMs: number): Promise<void>
  /** For good: nothing tries again by itself. */
  failed(trx: RecordsTransaction, row: OutboxRow, nowMs: number): Promise<void>
}

export interface OutboxWorkerParts {
  records: Records
  /** The channel of this name as configured now; a message for one that is gone waits until it gives up. */
  channel(name: string): Channel | undefined
  ends: OutboxEnds
  clock: Clock
  logger: Logger
  /** Names this gateway in leases; another one for each process. */
  holder: string
  onSent?(message: Pick<OutboxRow, 'channel' | 'class'>, result: SendResult['kind'] | 'failed'): void
  /** From 0 to 1. */
  random?(): number
}

/** Sends what is in the outbox. Rows are the truth: it remembers nothing that a restart would lose. */
export interface OutboxWorker {
  /** Claims what is due now and resolves when each of it has been tried and its end written. Never rejects. */
  tick(): Promise<void>
  /** Looks for due messages several times a second from now on. */
  start(): void
  /** Looks at once; without effect before `start`. */
  wake(): void
  /** Starts nothing new; gives what is under way three seconds, and waits until its end is written. */
  close(): Promise<void>
}

/** How long one attempt may take, whatever the channel allows itself. Well within the lease. */
const attemptTimeoutMs = 20_000
/** Longer than an attempt and the write of its result, so that a lease that ran out belongs to nobody alive. */
const leaseMs = 30_000
/** How long attempts under way may still take once the gateway stops; then they are due again, for whoever is there. */
const closeWithinMs = 3_000
const pollMs = 250
const mostAtOnce = 20
const pruneEveryMs = 3_600_000
const keepDeliveredMs = 30 * 86_400_000

/**
 * Delivers at least once: a message whose receiver answered just before this process or the database went away is sent
 * again, with the same id. Several gateways share one outbox.
 */
export function createOutboxWorker(parts: OutboxWorkerParts): OutboxWorker {
  const { records, clock, logger, random = Math.random } = parts
  const underWay = new Set<Promise<void>>()
  let claiming: Promise<Promise<void>[]> | undefined
  let again = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let started = false
  let closed = false
  let prunedAtMs = Number.NEGATIVE_INFINITY
  const stop = new AbortController()

  /** Claims what is due and begins to send it. */
  async function begin(): Promise<Promise<void>[]> {
    const limit = mostAtOnce - underWay.size
    if (limit <= 0) return []
    const nowMs = clock.wallMs()
    const rows = await claimDue(records, { holder: parts.holder, limit, leaseMs, nowMs })
    return rows.map((row) => {
      const sending = deliver(row).finally(() => underWay.delete(sending))
      underWay.add(sending)
      return sending
    })
  }

  /** One claim at a time; whoever asks meanwhile gets a further look. */
  function look(): Promise<Promise<void>[]> {
    claiming ??= begin()
      .catch((error) => {
        // The database is away: the rows are still there when it is back.
        if (!isAway(error))
          logger.error(errorFields(error), 'the outbox could not be read; it is tried again')
        return []
      })
      .finally(() => {
        claiming = undefined
      })
    return claiming
  }

  async function deliver(row: OutboxRow): Promise<void> {
    const result = await attempt(row)
    try {
      await conclude(row, result)
    } catch (error) {
      // The lease runs out, and somebody sends it again.
      logger.warn({ message: row.id, ...errorFields(error) }, 'what became of a message could not be written')
    }
  }

  async function attempt(row: OutboxRow): Promise<SendResult> {
    const channel = parts.channel(row.channel)
    if (channel === undefined) return { kind: 'retry', why: `no channel ${row.channel} is configured` }
    const timeout = new AbortController()
    const timeoutTimer = setTimeout(() => timeout.abort(new Error('timed out')), attemptTimeoutMs)
    const signal = AbortSignal.any([timeout.signal, stop.signal])
    const { id, target, payload, attempts } = row
    try {
      return await Promise.race([
        channel.send({ id, target, payload, attempt: attempts }, signal),
        aborted(signal),
      ])
    } catch (error) {
      return { kind: 'retry', why: error instanceof Error ? error.message : 'unknown error' }
    } finally {
      clearTimeout(timeoutTimer)
    }
  }

  async function conclude(row: OutboxRow, result: SendResult): Promise<void> {
    const nowMs = clock.wallMs()
    const fields = { message: row.id, channel: row.channel, target: row.target, attempts: row.attempts }
    if (result.kind === 'delivered') {
      await records.write(async (trx) => {
        const ended = await markDelivered(trx, row.id, { nowMs, providerRef: result.providerRef })
        if (ended !== undefined) await parts.ends.delivered(trx, ended, nowMs)
      })
      parts.onSent?.(row, 'delivered')
      return
    }
    const urgency = outboxClasses.find((one) => one === row.class) ?? 'safety'
    const delayMs = retryDelayMs(
      urgency,
      row.attempts,
      random(),
      result.kind === 'retry' ? result.afterMs : undefined,
    )
    if (result.kind === 'retry' && nowMs < row.give_up_at_ms) {
      logger.warn({ ...fields, why: result.why }, 'a message could not be delivered; it is tried again')
      // The last attempt is made at the time of giving up, not a delay before it.
      const nextAttemptAtMs = Math.min(nowMs + delayMs, row.give_up_at_ms)
      await records.write((trx) => markRetry(trx, row, { nextAttemptAtMs, why: result.why }))
      parts.onSent?.(row, 'retry')
      return
    }
    logger.error({ ...fields, why: result.why }, 'a message could not be delivered and is not tried again')
    await records.write(async (trx) => {
      const ended = await markFailed(trx, row, { nowMs, why: result.why })
      if (ended !== undefined) await parts.ends.failed(trx, ended, nowMs)
    })
    parts.onSent?.(row, result.kind === 'refused' ? 'refused' : 'failed')
  }

  async function prune() {
    const nowMs = clock.wallMs()
    if (nowMs - prunedAtMs < pruneEveryMs) return
    prunedAtMs = nowMs
    await pruneOutbox(records, nowMs - keepDeliveredMs).catch(() => {})
  }

  function run() {
    clearTimeout(timer)
    timer = undefined
    void look().then(async () => {
      await prune()
      if (closed) return
      if (again) {
        again = false
        run()
      } else timer = setTimeout(run, pollMs)
    })
  }

  return {
    async tick() {
      await claiming
      await Promise.all(await look())
    },
    start() {
      if (started || closed) return
      started = true
      run()
    },
    wake() {
      if (!started || closed) return
      if (timer === undefined) again = true
      else run()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      const stopTimer = setTimeout(() => stop.abort(new Error('the gateway stopped')), closeWithinMs)
      await claiming
      await Promise.all(underWay)
      clearTimeout(stopTimer)
    },
  }
}

const isAway = (error: unknown) => error instanceof GatewayError && error.code === 'unavailable'

/** Rejects when the signal is aborted, for a channel that does not listen to it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
