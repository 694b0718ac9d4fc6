import type { ExpressionBuilder } from 'kysely'
import type { Clock } from '../clock.ts'
import type { CrisisLevel } from '../detectors/finding.ts'
import { GatewayError } from '../errors.ts'
import type { Identity } from '../exchange.ts'
import { errorFields, type Logger } from '../logger.ts'
import { pagedLevels } from '../referrals/crisis-event.ts'
import type { Pseudonyms } from '../referrals/pseudonym.ts'
import { createRecordQueue } from '../responses/record-queue.ts'
import { appendAudit } from '../stores/audit.ts'
import type { Tables } from '../stores/record-tables.ts'
import { cleanText } from '../stores/record-values.ts'
import type { Records, RecordsTransaction } from '../stores/records.ts'
import type { ReviewItemRow } from '../stores/review-tables.ts'
import { keepEvidence } from '../vault/evidence.ts'
import type { EvidenceCipher, Excerpt, SealedExcerpt } from '../vault/evidence-cipher.ts'
import { type ReviewKind, rankOf } from './review-item.ts'

/** An exchange that a clinician is to look at. */
export interface ForReview {
  id: string
  kind: ReviewKind
  /** What the detector found, or the kind of harm; `none` of a sample. */
  category: string
  level: CrisisLevel | undefined
  engine: string
  engineVersion: string
  /** Whether the engine showed that it heard a crisis. */
  engineHeard: boolean | undefined
  language: string
  who: Identity
  score: number
  detectorVersion: string
  /** Sealed before anything is stored; absent where nobody gave any. */
  excerpt: Excerpt | undefined
}

/** Where the request path leaves what is to be looked at. Returns at once, never throws. */
export interface ReviewRecorder {
  /** False: too much waits to be written, and it was left out. */
  offer(item: ForReview): boolean
}

export interface ReviewRecords extends ReviewRecorder {
  /** Samples that the full queue has pushed out since the start. */
  readonly dropped: number
  flush(): Promise<void>
  close(): Promise<void>
}

const retryMs = 2_000
/** A sample may wait so long for others, so that they are one transaction; nobody is waiting for it. */
const gatherSamplesMs = 2_000
/** Most items in one transaction. */
const batchSize = 100
/** Being sealed or waiting for the database; what comes on top is dropped, samples and all. */
const mostWaiting = 1_000

/** An item without a readable word of anybody. */
interface SealedItem {
  row: ReviewItemRow
  sealed: SealedExcerpt | undefined
  atMs: number
}

export function createReviewRecorder(parts: {
  records: Records
  migrate(): Promise<void>
  /** Undefined without a master key: then no excerpt is kept. */
  cipher: EvidenceCipher | undefined
  pseudonyms: Pseudonyms
  rules(): { evidenceKeptMs: number; maxItems: number }
  clock: Clock
  logger: Logger
  onError(verb: string): void
}): ReviewRecords {
  const { records, cipher, clock, logger } = parts
  const queue = createRecordQueue({ logger, retryMs, onError: parts.onError })
  const sealing = new Set<Promise<void>>()
  let gathered: SealedItem[] = []
  let gatherTimer: ReturnType<typeof setTimeout> | undefined
  /** Sealed, and not written yet. */
  let waiting = 0
  let dropped = 0
  let isClosed = false

  async function take(item: ForReview): Promise<void> {
    const { id, excerpt, who } = item
    const nowMs = clock.wallMs()
    const sealed = excerpt === undefined ? undefined : await cipher?.seal(excerpt, id)
    const row = rowOf(item, nowMs, evidenceOf(item, sealed))
    row.session_hash =
      who.session === undefined ? null : await parts.pseudonyms.of('session', who.session, who.tenant)
    // From here on nothing readable is kept.
    gathered.push({ row, sealed, atMs: nowMs })
    waiting++
    if (row.kind !== 'sampled-clear' || gathered.length >= batchSize) hand()
    else gatherTimer ??= setTimeout(hand, gatherSamplesMs)
  }

  /** Gives what has been gathered to the queue. */
  function hand(): void {
    clearTimeout(gatherTimer)
    gatherTimer = undefined
    const batch = gathered
    gathered = []
    if (batch.length > 0) addBatch(batch)
  }

  function addBatch(batch: readonly SealedItem[]): void {
    queue.add({
      key: `review:${batch.map(({ row }) => row.id).join()}`,
      verb: 'review.record',
      async run() {
        await parts.migrate()
        try {
          const lost = await writeAll(batch)
          // Counted behind the commit: a transaction may be run again.
          dropped += lost
          waiting -= batch.length
        } catch (error) {
          if (batch.length === 1 || (error instanceof GatewayError && error.code === 'unavailable'))
            throw error
          // One that cannot be written must not keep back the others: from here on each goes alone.
          for (const item of batch) addBatch([item])
        }
      },
    })
  }

  /** How many items were lost by it. */
  async function writeAll(batch: readonly SealedItem[]): Promise<number> {
    const { evidenceKeptMs, maxItems } = parts.rules()
    return records.write(async (trx) => {
      let lost = 0
      for (const { row, sealed, atMs } of batch)
        if (await write(trx, row, sealed, { deleteAfterMs: atMs + evidenceKeptMs, maxItems })) lost++
      return lost
    })
  }

  /** Whether an item was lost by it: this one, or one that made room for it. */
  async function write(
    trx: RecordsTransaction,
    row: ReviewItemRow,
    sealed: SealedExcerpt | undefined,
    { deleteAfterMs, maxItems }: { deleteAfterMs: number; maxItems: number },
  ): Promise<boolean> {
    const isFull = await hasNoRoom(trx, maxItems)
    if (isFull && row.kind === 'sampled-clear') return true
    // Without a sample to give up the queue grows: what somebody may have missed is never left out.
    const madeRoom = isFull && (await giveUpSample(trx))
    const added = await trx
      .insertInto('review_item')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (added !== undefined && sealed !== undefined) await keepEvidence(trx, row.id, sealed, deleteAfterMs)
    return madeRoom
  }

  /** Gives up the oldest sample that nobody has begun to read; false when there is none. */
  async function giveUpSample(trx: RecordsTransaction): Promise<boolean> {
    const oldest = await trx
      .selectFrom('review_item')
      .select('id')
      .where('kind', '=', 'sampled-clear')
      .where('state', '=', 'open')
      .where(isUntouched)
      .orderBy('at_ms')
      .limit(1)
      .executeTakeFirst()
    if (oldest === undefined) return false
    // Whoever decides about it at this moment holds its lock: looked at again behind that.
    await trx
      .updateTable('review_item')
      .set((eb) => ({ rank: eb.ref('rank') }))
      .where('id', '=', oldest.id)
      .execute()
    const given = await trx
      .deleteFrom('review_item')
      .where('id', '=', oldest.id)
      .where(isUntouched)
      .returning('id')
      .executeTakeFirst()
    if (given === undefined) return false
    await trx.deleteFrom('evidence').where('item_id', '=', oldest.id).execute()
    await appendAudit(trx, {
      atMs: clock.wallMs(),
      actor: 'haltgate',
      action: 'review.drop',
      target: `review:${oldest.id}`,
      reason: 'the queue is full: a sample gives way',
    })
    return true
  }

  return {
    offer(item) {
      // Behind the end nothing can be written any more, and is not to look as if it were.
      if (isClosed || sealing.size + waiting >= mostWaiting) {
        dropped++
        return false
      }
      const work: Promise<void> = take(item)
        .catch((error: unknown) => {
          parts.onError('review.record')
          logger.error(errorFields(error), 'an exchange could not be put into the review queue')
        })
        .finally(() => sealing.delete(work))
      sealing.add(work)
      return true
    },
    get dropped() {
      return dropped
    },
    async flush() {
      await Promise.all(sealing)
      hand()
      await queue.settled()
    },
    async close() {
      isClosed = true
      await Promise.all(sealing)
      hand()
      await queue.settled()
      await queue.close()
    },
  }
}

async function hasNoRoom(trx: RecordsTransaction, maxItems: number): Promise<boolean> {
  const { open } = await trx
    .selectFrom('review_item')
    .select((eb) => eb.fn.countAll<number>().as('open'))
    .where('state', '<>', 'decided')
    .executeTakeFirstOrThrow()
  return Number(open) >= maxItems
}

/** Not what somebody has decided about, nor what is held for an inquiry. */
function isUntouched({ and, not, exists, selectFrom }: ExpressionBuilder<Tables, 'review_item'>) {
  const decisions = selectFrom('review_decision').select('item_id').whereRef('item_id', '=', 'review_item.id')
  const held = selectFrom('evidence')
    .select('item_id')
    .whereRef('item_id', '=', 'review_item.id')
    .where('held', '=', 1)
  return and([not(exists(decisions)), not(exists(held))])
}

function evidenceOf({ excerpt }: ForReview, sealed: SealedExcerpt | undefined): string {
  if (excerpt === undefined) return 'none'
  return sealed === undefined ? 'no-master-key' : 'kept'
}

function rowOf(item: ForReview, nowMs: number, evidence: string): ReviewItemRow {
  const { kind, level, engineHeard, who } = item
  const page = kind !== 'sampled-clear' && level !== undefined && pagedLevels.has(level)
  return {
    id: item.id,
    at_ms: Math.round(nowMs),
    kind,
    rank: rankOf(kind, page),
    category: cleanText(item.category, 100),
    level: level ?? null,
    engine: cleanText(item.engine, 100),
    engine_version: cleanText(item.engineVersion, 200),
    engine_heard: engineHeard === undefined ? null : engineHeard ? 1 : 0,
    language: cleanText(item.language, 20),
    session_hash: null,
    tenant: who.tenant === undefined ? null : cleanText(who.tenant, 200),
    score: Number.isFinite(item.score) ? item.score : 1,
    detector_version: cleanText(item.detectorVersion, 100),
    page: page ? 1 : 0,
    evidence,
    state: 'open',
    decided_at_ms: null,
    crisis: null,
    missed: null,
    harmful: null,
  }
}
