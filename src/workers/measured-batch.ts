import { type EngineName, engineNames } from '../engines/engine.ts'
import { errorFields, type Logger } from '../logger.ts'
import type { CrisisRecorder } from '../referrals/disclosure.ts'
import type { ExchangeSample, ExchangeSignals } from '../signals/book.ts'
import { exchangeOutcomes } from '../signals/window.ts'

type Judged = Parameters<CrisisRecorder['screened']>

/** What a worker has measured since its last message. */
export interface MeasuredBatch {
  /** Five numbers an exchange: engine, outcome, first byte (NaN for none), total, streamed. */
  exchanges: Float64Array
  /** Replies that went out, by engine. */
  replies: { engine: EngineName; isScanned: boolean; count: number }[]
  /** Messages and replies that were judged. */
  judged: { side: Judged[0]; mode: Judged[1]; count: number }[]
}

const numbersPerExchange = 5
/** How late a measure reaches the primary at most; thresholds look back a minute and more. */
const flushEveryMs = 50
/** A batch of so many goes at once. */
const fullBatch = 256
/** With more messages than this under way the primary stands still: measures are kept here until it goes on. */
const fewUnderWay = 32
/** Kept while it stands still; what comes on top is not counted. By then replies have long been suspended. */
const mostKept = 20_000

/** The worker's end: counts in memory and sends in batches, so that an exchange costs no message. */
export function createMeasureSender(parts: {
  send(batch: MeasuredBatch): void
  backlog(): number
  logger: Logger
}): ExchangeSignals & { screened: CrisisRecorder['screened']; flush(): void; close(): void } {
  let exchanges: number[] = []
  const replies = new Map<string, MeasuredBatch['replies'][number]>()
  const judged = new Map<string, MeasuredBatch['judged'][number]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let lost = 0

  function flush() {
    clearTimeout(timer)
    timer = undefined
    if (exchanges.length + replies.size + judged.size === 0) return
    if (parts.backlog() > fewUnderWay) return soon()
    parts.send({
      exchanges: Float64Array.from(exchanges),
      replies: [...replies.values()],
      judged: [...judged.values()],
    })
    exchanges = []
    replies.clear()
    judged.clear()
    if (lost > 0) parts.logger.error({ lost }, 'measures were lost: the primary process did not take them')
    lost = 0
  }

  function soon() {
    timer ??= setTimeout(flush, flushEveryMs)
  }

  return {
    recordExchange({ engine, outcome, firstByteMs = Number.NaN, totalMs, streamed }) {
      if (exchanges.length >= mostKept * numbersPerExchange) lost++
      else
        exchanges.push(
          engineNames.indexOf(engine),
          exchangeOutcomes.indexOf(outcome),
          firstByteMs,
          totalMs,
          streamed ? 1 : 0,
        )
      if (exchanges.length === fullBatch * numbersPerExchange) flush()
      else soon()
    },
    recordReply(engine, isScanned) {
      const key = `${engine} ${isScanned}`
      const known = replies.get(key)
      if (known === undefined) replies.set(key, { engine, isScanned, count: 1 })
      else known.count++
      soon()
    },
    screened(side, mode) {
      const key = `${side} ${mode}`
      const known = judged.get(key)
      if (known === undefined) judged.set(key, { side, mode, count: 1 })
      else known.count++
      soon()
    },
    flush,
    close() {
      flush()
      clearTimeout(timer)
    },
  }
}

/** The primary's end. Counted when it arrives, a moment after it happened. */
export function takeMeasures(
  { exchanges, replies, judged }: MeasuredBatch,
  into: { signals: ExchangeSignals; recorder: Pick<CrisisRecorder, 'screened'>; logger: Logger },
): void {
  for (let at = 0; at + numbersPerExchange <= exchanges.length; at += numbersPerExchange) {
    const sample = sampleAt(exchanges, at)
    if (sample === undefined)
      into.logger.error(
        errorFields(new RangeError('no such engine or outcome')),
        'a measure was not understood',
      )
    else into.signals.recordExchange(sample)
  }
  for (const { engine, isScanned, count } of replies)
    for (let one = 0; one < count; one++) into.signals.recordReply(engine, isScanned)
  for (const { side, mode, count } of judged)
    for (let one = 0; one < count; one++) into.recorder.screened(side, mode)
}

function sampleAt(numbers: Float64Array, at: number): ExchangeSample | undefined {
  const [engineAt = -1, outcomeAt = -1, firstByteMs = Number.NaN, totalMs = 0, streamed] = numbers.subarray(
    at,
    at + numbersPerExchange,
  )
  const engine = engineNames[engineAt]
  const outcome = exchangeOutcomes[outcomeAt]
  if (engine === undefined || outcome === undefined) return undefined
  return {
    engine,
    outcome,
    firstByteMs: Number.isNaN(firstByteMs) ? undefined : firstByteMs,
    totalMs,
    streamed: streamed === 1,
  }
}
