import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { createRecordQueue } from '../responses/record-queue.ts'
import type { Records } from '../stores/records.ts'
import { dayOf } from './day.ts'
import type { CaughtReply, CrisisRecorder, Disclosure } from './disclosure.ts'
import { type Keys, prepareDisclosure, prepareReply, type RecordingRules } from './prepare.ts'
import { addToProtocolLog, type ProtocolEntry } from './protocol-log.ts'
import { addCounts, firstTime } from './screening-counts.ts'
import { type ReplyRules, writeDisclosures, writeReplies } from './write.ts'

/** The recorder of a gateway. All verbs return at once and never throw. */
export interface CrisisRecords extends CrisisRecorder {
  /** For the log beside the register. */
  noteProtocol(entry: Omit<ProtocolEntry, 'atMs'>): void
  /** Disclosures and replies that are being gathered, and batches that wait for the database. */
  readonly waiting: number
  /** Writes what has been left here so far, as far as the database is there. */
  flush(): Promise<void>
  /** Writes what is left once more, then tries nothing again. */
  close(): Promise<void>
}

export interface RecorderParts {
  records: Records
  /** Brings the tables up to date, until that has succeeded once. */
  migrate(): Promise<void>
  keys: Keys
  clock: Clock
  logger: Logger
  /** The rules in force now. */
  rules(): RecordingRules & { replies: Omit<ReplyRules, 'nowMs'> }
  onError(verb: string): void
  /** There is something new in the outbox. */
  onWritten?(): void
}

type Item = { kind: 'disclosure'; value: Disclosure } | { kind: 'reply'; value: CaughtReply }

/** What everything judged is counted under. */
const judgedKey = (side: 'message' | 'reply', mode: 'enforce' | 'observe') =>
  ({ mode, side, what: 'all', level: '', action: '' }) as const
const judgedKeys = {
  'message enforce': judgedKey('message', 'enforce'),
  'message observe': judgedKey('message', 'observe'),
  'reply enforce': judgedKey('reply', 'enforce'),
  'reply observe': judgedKey('reply', 'observe'),
}
type Judged = keyof typeof judgedKeys

const retryMs = 2_000
/** Most items in one transaction. */
const batchSize = 200
/** How long what is disclosed is gathered, so that many people at once are one transaction. */
const gatherMs = 50
/** With more batches than this in the queue the database is away or slow: gathered until a batch is full. */
const fewBatches = 4
/** How long plain counts may wait to be written together. */
const countsEveryMs = 5_000

/**
 * Writes what the request path discloses, in batches, after the reply. What waits is in memory alone until the commit,
 * a few milliseconds as a rule: a process that is killed in between loses it, one that is stopped does not.
 */
export function createCrisisRecorder(parts: RecorderParts): CrisisRecords {
  const { records, clock, logger } = parts
  const queue = createRecordQueue({ logger, retryMs, onError: parts.onError })
  let gathered: Item[] = []
  let gatherTimer: ReturnType<typeof setTimeout> | undefined
  const judged = new Map<Judged, number>()
  let protocol: ProtocolEntry[] = []
  let countTimer: ReturnType<typeof setTimeout> | undefined

  function add(item: Item) {
    gathered.push(item)
    if (gathered.length >= batchSize) hand()
    else gatherTimer ??= setTimeout(handUnlessBehind, gatherMs)
  }

  function handUnlessBehind() {
    gatherTimer = undefined
    if (queue.size <= fewBatches) hand()
    else gatherTimer = setTimeout(handUnlessBehind, gatherMs)
  }

  /** Gives what has been gathered to the queue. */
  function hand() {
    clearTimeout(gatherTimer)
    gatherTimer = undefined
    const batch = gathered
    gathered = []
    if (batch.length > 0) addBatch(batch)
  }

  function addBatch(batch: readonly Item[]) {
    queue.add({
      key: `crisis:${crypto.randomUUID()}`,
      verb: 'crisis.record',
      async run() {
        await parts.migrate()
        try {
          await write(batch)
        } catch (error) {
          if (batch.length === 1 || (error instanceof GatewayError && error.code === 'unavailable'))
            throw error
          // One that cannot be written must not keep back the others: from here on each goes alone.
          for (const item of batch) addBatch([item])
        }
      },
    })
  }

  async function write(batch: readonly Item[]) {
    const rules = parts.rules()
    const disclosures = await Promise.all(
      batch.flatMap(({ kind, value }) =>
        kind === 'disclosure' ? [prepareDisclosure(value, parts.keys, rules)] : [],
      ),
    )
    const replies = await Promise.all(
      batch.flatMap(({ kind, value }) => (kind === 'reply' ? [prepareReply(value, parts.keys)] : [])),
    )
    await records.write(async (trx) => {
      await writeDisclosures(trx, disclosures)
      await writeReplies(trx, replies, { ...rules.replies, nowMs: clock.wallMs() })
    })
    if (disclosures.some(({ message }) => message !== undefined)) parts.onWritten?.()
  }

  function flushCounts() {
    clearTimeout(countTimer)
    countTimer = undefined
    const day = dayOf(clock.wallMs())
    const counts = [...judged].map(([name, count]) => ({ day, ...judgedKeys[name], count }))
    const entries = protocol
    if (counts.length === 0 && entries.length === 0) return
    judged.clear()
    protocol = []
    const id = crypto.randomUUID()
    queue.add({
      key: `counts:${id}`,
      verb: 'screening.count',
      async run() {
        await parts.migrate()
        await records.write(async (trx) => {
          if (!(await firstTime(trx, id, clock.wallMs()))) return
          await addCounts(trx, counts)
          await addToProtocolLog(trx, entries)
        })
      },
    })
  }

  function countSoon() {
    countTimer ??= setTimeout(flushCounts, countsEveryMs)
  }

  return {
    disclosed: (value) => add({ kind: 'disclosure', value }),
    caught: (value) => add({ kind: 'reply', value }),
    screened(side, mode) {
      const name = `${side} ${mode}` as const
      judged.set(name, (judged.get(name) ?? 0) + 1)
      countSoon()
    },
    noticed(textVersion) {
      protocol.push({ kind: 'not-human-notice', detail: `texts ${textVersion}`, atMs: clock.wallMs() })
      countSoon()
    },
    noteProtocol(entry) {
      protocol.push({ ...entry, atMs: clock.wallMs() })
      countSoon()
    },
    get waiting() {
      return gathered.length + queue.size
    },
    async flush() {
      hand()
      flushCounts()
      await queue.settled()
    },
    async close() {
      hand()
      flushCounts()
      await queue.settled()
      if (queue.size > 0)
        logger.error(
          { waiting: queue.size },
          'crisis records could not be written before the end and are lost',
        )
      await queue.close()
    },
  }
}
