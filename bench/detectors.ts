import { createCrisisAssessor } from '../src/detectors/crisis/assess.ts'
import { createCrisisDetector } from '../src/detectors/crisis/crisis.ts'
import { createHarmfulReplyDetector } from '../src/detectors/harmful-reply/harmful-reply.ts'
import { createReplyWatch } from '../src/detectors/harmful-reply/reply-watch.ts'
import { type Figure, type Measure, quantile, round } from './figures.ts'
import { everydayText, ordinaryReply, replyWords } from './texts.ts'

const limitUs = 500
const wordsOfAStream = 200

/** What the detectors take for one message and for one reply, each with words that were never heard, in this process. */
export const detectorTimes: Measure = {
  name: 'detectors',
  async run({ quick, say }) {
    const count = quick ? 1_000 : 4_000
    const figures = [100, 1_000, 2_000].map((units) => messageTime(units, count))
    say('messages measured')
    figures.push(knownTime(count), replyTime(count), streamTime(Math.ceil(count / 10)))
    say('replies measured')
    return figures
  },
}

function messageTime(units: number, count: number): Figure {
  const assessor = createCrisisAssessor()
  const took = timesUs(count, (number) => {
    const text = everydayText(number, units).slice(0, units)
    return () => assessor.assess(text)
  })
  return figureOf(`Crisis detector, a new message of ${units} characters`, took, units === 2_000)
}

/** A conversation that comes back whole with nothing new: all of it is known by hash. */
function knownTime(count: number): Figure {
  const detector = createCrisisDetector(createCrisisAssessor())
  const messages = [1, 2, 3].map((number) => ({ role: 'user', text: everydayText(number, 1_000) }))
  const side = { messages, session: 'bench', nowMs: 0 }
  const took = timesUs(count, () => () => detector.inspect(side))
  return figureOf('Crisis detector, three messages of 1000 characters that it knows', took)
}

function replyTime(count: number): Figure {
  const detector = createHarmfulReplyDetector()
  const took = timesUs(count, (number) => {
    const reply = ordinaryReply(number, 600).slice(0, 600)
    const user = everydayText(number, 200)
    return () => {
      const watch = createReplyWatch({ mode: 'reply', state: 'none', user, detector })
      watch.push(reply)
      watch.end()
    }
  })
  return figureOf('Harmful-reply detector, a whole reply of 600 characters', took)
}

function streamTime(count: number): Figure {
  const detector = createHarmfulReplyDetector()
  const took = timesUs(count, (number) => {
    const words = replyWords(number, wordsOfAStream)
    const user = everydayText(number, 200)
    return () => {
      const watch = createReplyWatch({ mode: 'phrase', state: 'none', user, detector })
      for (const word of words) watch.push(word)
      watch.end()
    }
  })
  const perChunk = took.map((us) => us / wordsOfAStream)
  return figureOf(`Harmful-reply detector, a chunk of a stream (one word), of ${wordsOfAStream}`, perChunk)
}

/**
 * Microseconds by the clock, one value for each text, the first half to warm up; making the text is not counted. Each is
 * the least of three calls, or a neighbour on the machine would be most of the p99.
 */
function timesUs(count: number, make: (number: number) => () => void): number[] {
  const took: number[] = []
  for (let number = 0; number < 2 * count; number++) {
    const call = make(number)
    let leastMs = Number.POSITIVE_INFINITY
    for (let time = 0; time < 3; time++) {
      const startedMs = performance.now()
      call()
      leastMs = Math.min(leastMs, performance.now() - startedMs)
    }
    if (number >= count) took.push(leastMs * 1000)
  }
  return took
}

function figureOf(what: string, took: number[], isLimited = false): Figure {
  const p99Us = quantile(took, 0.99)
  return {
    what,
    measured: `p50 ${round(quantile(took, 0.5))} µs, p99 ${round(p99Us)} µs`,
    goal: isLimited ? `p99 under ${limitUs} µs` : '',
    met: isLimited ? p99Us < limitUs : undefined,
  }
}
