import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import type { ExchangeSample } from '../../src/signals/book.ts'
import { createMeasureSender, type MeasuredBatch, takeMeasures } from '../../src/workers/measured-batch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function worker({ backlog = (): number => 0 } = {}) {
  const sent: MeasuredBatch[] = []
  const sender = createMeasureSender({ send: (batch) => sent.push(batch), backlog, logger: silentLogger })
  return { sender, sent }
}

/** What the primary makes of the batches. */
function arrived(sent: readonly MeasuredBatch[]) {
  const recordExchange = vi.fn<(sample: ExchangeSample) => void>()
  const recordReply = vi.fn()
  const screened = vi.fn()
  for (const batch of sent)
    takeMeasures(structuredClone(batch), {
      signals: { recordExchange, recordReply },
      recorder: { screened },
      logger: silentLogger,
    })
  return { exchanges: recordExchange.mock.calls.map(([sample]) => sample), recordReply, screened }
}

const sample: ExchangeSample = {
  engine: 'backup',
  outcome: 'timeout',
  firstByteMs: 12.25,
  totalMs: 30_000.5,
  streamed: true,
}
const silent: ExchangeSample = {
  engine: 'primary',
  outcome: 'error',
  firstByteMs: undefined,
  totalMs: 0,
  streamed: false,
}

describe('What a worker measures', () => {
  it('arrives as it was, in order, within 50 ms', () => {
    const { sender, sent } = worker()
    sender.recordExchange(sample)
    sender.recordExchange(silent)
    vi.advanceTimersByTime(50)
    expect(arrived(sent).exchanges).toEqual([sample, silent])
  })

  it('counts replies and judgements, whatever the number of messages', () => {
    const { sender, sent } = worker()
    for (let one = 0; one < 3; one++) sender.recordReply('primary', true)
    sender.recordReply('primary', false)
    for (let one = 0; one < 2; one++) sender.screened('message', 'enforce')
    vi.advanceTimersByTime(50)
    expect(sent).toHaveLength(1)
    const { recordReply, screened } = arrived(sent)
    expect(recordReply.mock.calls).toEqual([
      ...Array.from({ length: 3 }, () => ['primary', true]),
      ['primary', false],
    ])
    expect(screened).toHaveBeenCalledTimes(2)
  })

  it('goes at once when a batch is full', () => {
    const { sender, sent } = worker()
    for (let one = 0; one < 256; one++) sender.recordExchange(sample)
    expect(sent).toHaveLength(1)
    vi.advanceTimersByTime(1_000)
    expect(sent).toHaveLength(1)
  })

  it('costs no message while nothing happens', () => {
    const { sent } = worker()
    vi.advanceTimersByTime(10_000)
    expect(sent).toEqual([])
  })

  it('waits for a primary that stands still, and is whole when it goes on', () => {
    let backlog = 1_000
    const { sender, sent } = worker({ backlog: () => backlog })
    for (let one = 0; one < 700; one++) sender.recordExchange(sample)
    vi.advanceTimersByTime(5_000)
    expect(sent).toEqual([])
    backlog = 0
    vi.advanceTimersByTime(50)
    expect(arrived(sent).exchanges).toHaveLength(700)
  })

  it('takes no more memory than for 20,000 exchanges, and says how many it lost', () => {
    let backlog = 1_000
    const error = vi.fn()
    const sent: MeasuredBatch[] = []
    const sender = createMeasureSender({
      send: (batch) => sent.push(batch),
      backlog: () => backlog,
      logger: { ...silentLogger, error },
    })
    for (let one = 0; one < 20_005; one++) sender.recordExchange(sample)
    backlog = 0
    sender.close()
    expect(arrived(sent).exchanges).toHaveLength(20_000)
    expect(error).toHaveBeenCalledWith({ lost: 5 }, expect.any(String))
  })
})
