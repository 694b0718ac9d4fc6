import { describe, expect, it } from 'vitest'
import { haltSubjects, openHalt } from '../../bench/micro/halt.ts'
import { repeat } from '../../bench/micro/harness.ts'
import { manyOf } from '../../bench/micro/inputs.ts'
import { outcomeAt, rules } from '../../bench/micro/sequential-test.ts'
import { eventBytes, inChunks, splitAll } from '../../bench/micro/sse.ts'
import { everydayText, ordinaryReply } from '../../bench/texts.ts'
import { systemClock } from '../../src/clock.ts'
import { Config } from '../../src/config/schema.ts'
import { createCrisisAssessor } from '../../src/detectors/crisis/assess.ts'
import { createCrisisDetector } from '../../src/detectors/crisis/crisis.ts'
import { createHarmfulReplyDetector } from '../../src/detectors/harmful-reply/harmful-reply.ts'
import { sseData } from '../../src/dialects/sse.ts'
import { createSignalBook } from '../../src/signals/book.ts'
import { freshMonitor, type MonitorState, observe } from '../../src/signals/detection-monitor.ts'

const assessor = createCrisisAssessor()

/**
 * Ratios only, and wide ones: how the cost of a thing grows is a promise, how many nanoseconds it takes is a matter of the
 * machine (`npm run bench:micro`).
 */
describe('the price of', { timeout: 30_000 }, () => {
  it('a halt check stays near that of calling a function', async () => {
    const { halt, end } = await openHalt()
    const times = costRatio(
      (at) => halt.check(haltSubjects.at(at)),
      (at) => haltSubjects.at(at),
    )
    await end()
    expect(times).toBeLessThan(10)
  })

  it('a message that is known is less than half of that of a new one', () => {
    const messages = manyOf(texts, (number) => everydayText(number, 600).slice(0, 600))
    const forgetful = createCrisisDetector(assessor, 10, 10)
    const detector = createCrisisDetector(assessor)
    const hear = (at: number) => ({
      messages: [{ role: 'user', text: messages.at(at) }],
      session: undefined,
      nowMs: 0,
    })
    repeat((at) => detector.inspect(hear(at)), 0, texts)
    const times = costRatio(
      (at) => detector.inspect(hear(at)),
      (at) => forgetful.inspect(hear(at)),
    )
    expect(times).toBeLessThan(0.5)
  })

  it('a message grows with its length and not faster', () => {
    const long = manyOf(texts, (number) => everydayText(number, 1_200).slice(0, 1_200))
    const half = manyOf(texts, (number) => long.at(number).slice(0, 600))
    const times = costRatio(
      (at) => assessor.assess(long.at(at)),
      (at) => assessor.assess(half.at(at)),
    )
    expect(times).toBeLessThan(3)
  })

  it('a reply grows with its length and not faster', () => {
    const detector = createHarmfulReplyDetector()
    const long = manyOf(texts, (number) => ordinaryReply(number, 1_200).slice(0, 1_200))
    const half = manyOf(texts, (number) => long.at(number).slice(0, 600))
    const times = costRatio(
      (at) => detector.assess({ state: 'none', user: '', reply: long.at(at) }),
      (at) => detector.assess({ state: 'none', user: '', reply: half.at(at) }),
    )
    expect(times).toBeLessThan(3)
  })

  it('an outcome of crisis detection is the same after ten thousand as after a hundred', () => {
    const early = monitorAfter(100)
    const late = monitorAfter(10_000)
    const times = costRatio(
      (at) => observe(late, outcomeAt(10_000 + at), rules),
      (at) => observe(early, outcomeAt(100 + at), rules),
    )
    expect(times).toBeLessThan(3)
  })

  it('recording an exchange is the same after a hundred thousand as at first', () => {
    const { plan } = Config.parse({})
    const early = createSignalBook({ plan, clock: systemClock })
    const late = createSignalBook({ plan, clock: systemClock })
    const sampleAt = (at: number) => ({ engine: 'primary', outcome: 'ok', totalMs: at % 4_000 }) as const
    for (let at = 0; at < 100_000; at++) late.recordExchange(sampleAt(at))
    const times = costRatio(
      (at) => late.recordExchange(sampleAt(at)),
      (at) => early.recordExchange(sampleAt(at)),
    )
    expect(times).toBeLessThan(3)
  })

  it('splitting a stream does not explode with the number of chunks it comes in', () => {
    const bytes = eventBytes(200)
    const small = inChunks(bytes, 32)
    const large = inChunks(bytes, 16_384)
    const times = costRatio(
      () => splitAll(small),
      () => splitAll(large),
    )
    expect(times).toBeLessThan(15)
  })

  it('a large event that comes in small chunks grows with its size and not faster', () => {
    const event = (bytes: number) => inChunks(sseData('x'.repeat(bytes)), 64)
    const large = event(131_072)
    const quarter = event(32_768)
    const times = costRatio(
      () => splitAll(large),
      () => splitAll(quarter),
    )
    expect(times).toBeLessThan(8)
  })
})

const rounds = 15
const roundUs = 3_000
/** Different ones in each pool; a round goes through all of them at least once, for some are dearer than others. */
const texts = 16

type Operation = (at: number) => unknown

/**
 * How many times as much CPU time one operation takes as the other: the least of fifteen rounds each, taken in turn, so
 * that what else the machine does disturbs both alike and mostly neither. The first rounds warm them up.
 */
function costRatio(one: Operation, other: Operation): number {
  const takeOne = rounder(one)
  const takeOther = rounder(other)
  let leastOfOne = Number.POSITIVE_INFINITY
  let leastOfOther = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    leastOfOne = Math.min(leastOfOne, takeOne())
    leastOfOther = Math.min(leastOfOther, takeOther())
  }
  return leastOfOne / leastOfOther
}

/** Takes a round at each call, in µs for one operation; rounds grow until they are long enough for the clock. */
function rounder(once: Operation): () => number {
  let at = 0
  let times = texts
  return () => {
    for (;;) {
      const before = process.cpuUsage()
      repeat(once, at, times)
      const { user, system } = process.cpuUsage(before)
      at += times
      if (user + system >= roundUs) return (user + system) / times
      times *= 2
    }
  }
}

function monitorAfter(outcomes: number): MonitorState {
  let state = freshMonitor({ engineVersion: 'test', epoch: 'start', nowMs: 0 })
  for (let at = 0; at < outcomes; at++) state = observe(state, outcomeAt(at), rules).state
  return state
}
