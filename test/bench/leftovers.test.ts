import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { everydayText, ordinaryReply } from '../../bench/texts.ts'
import type { ReviewDesk } from '../../src/middleware/note-review.ts'
import { chat, chunk, done, jsonReply, type TrafficFixture, trafficFixture } from '../fixtures/traffic.ts'

setFlagsFromString('--expose-gc')
const collect: (options?: { type: 'minor' }) => void = runInNewContext('gc')
const nobodyLooks: ReviewDesk = {
  offer: () => false,
  sampleOfClears: 0,
  engines: {},
  isKnown: () => true,
  random: () => 1,
}
const replies = Array.from({ length: 50 }, (_, number) => ordinaryReply(number, 600))

let fixture: TrafficFixture | undefined
afterEach(() => fixture?.close())

/**
 * What has survived two collections of the young generation is in the old one, and stays until the next collection of
 * all. If exchanges went there, every small collection would copy what they left, with everybody waiting.
 */
describe('what an exchange leaves behind', { timeout: 60_000 }, () => {
  it('goes with the next small collection', async () => {
    const { ask, primary } = await open()
    let asked = 0
    primary.answer = async () => jsonReply(chat(replies[asked % replies.length] ?? ''))
    const keptBytes = await keptByExchange(1_000, async () => {
      const content = everydayText(asked++, 200)
      const response = await ask({ messages: [{ role: 'user', content }] })
      await response.arrayBuffer()
    })
    expect(keptBytes).toBeLessThan(4_000)
  })

  it('goes with the next small collection, of streams as well', async () => {
    const { ask, primary } = await open()
    let asked = 0
    primary.answer = async () => {
      const words = (replies[asked % replies.length] ?? '').split(/(?<= )/)
      const queue = [...words.map((word) => chunk(word)), chunk('', 'stop'), done].map((text) =>
        new TextEncoder().encode(text),
      )
      const body = { read: async () => queue.shift(), cancel() {} }
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body }
    }
    const keptBytes = await keptByExchange(300, async () => {
      const content = everydayText(100_000 + asked++, 200)
      const response = await ask({ stream: true, messages: [{ role: 'user', content }] })
      await response.arrayBuffer()
    })
    expect(keptBytes).toBeLessThan(8_000)
  })
})

async function open(): Promise<TrafficFixture> {
  fixture = await trafficFixture({ reviews: nobodyLooks })
  return fixture
}

/** Bytes in the heap that each exchange has added and small collections have not taken away. */
async function keptByExchange(exchanges: number, exchange: () => Promise<void>): Promise<number> {
  const some = async (count: number) => {
    for (let number = 0; number < count; number++) await exchange()
    collect({ type: 'minor' })
    collect({ type: 'minor' })
  }
  await some(exchanges)
  collect()
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < 5; round++) await some(exchanges / 5)
  return (process.memoryUsage().heapUsed - before) / exchanges
}
