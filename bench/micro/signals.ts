import { systemClock } from '../../src/clock.ts'
import { Config } from '../../src/config/schema.ts'
import { createSignalBook, type SignalBook } from '../../src/signals/book.ts'
import { createEvaluator } from '../../src/signals/evaluator.ts'
import type { Operation } from './harness.ts'

const { plan } = Config.parse({})
const minuteMs = 60_000

/** What each exchange leaves for the signals, and what is read from them once a second or at each scrape. */
export const signalOperations: Operation[] = [
  {
    what: 'Signals: recording one exchange',
    prepare() {
      const book = createSignalBook({ plan, clock: systemClock })
      return { once: (at) => recordExchange(book, at) }
    },
  },
  {
    what: 'Signals: recording one reply as read',
    prepare() {
      const book = createSignalBook({ plan, clock: systemClock })
      return { once: () => book.recordReply('primary', true) }
    },
  },
  {
    what: 'Signals: measuring a latency over one minute',
    prepare() {
      const book = filledBook()
      const request = { signal: 'response-time', engine: 'primary', windowMs: minuteMs } as const
      return { once: (at) => book.measure({ ...request, percentile: 50 + (at % 50) }) }
    },
  },
  {
    what: 'Signals: judging all of them by the plan, as once a second',
    prepare() {
      const evaluator = createEvaluator({ plan, book: filledBook(), clock: systemClock })
      return { once: () => evaluator.tick() }
    },
  },
  {
    what: 'Signals: reading all windows, as at each scrape',
    prepare() {
      const book = filledBook()
      return { once: () => book.read() }
    },
  },
]

function recordExchange(book: SignalBook, at: number): number {
  const totalMs = (at * 7) % 4_000
  book.recordExchange({ engine: 'primary', outcome: 'ok', firstByteMs: totalMs / 2, totalMs })
  return totalMs
}

function filledBook(): SignalBook {
  const book = createSignalBook({ plan, clock: systemClock })
  for (let at = 0; at < 10_000; at++) recordExchange(book, at)
  return book
}
