import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayProcess } from '../../servers/gateway.ts'
import { closeServers, startRedis } from '../../servers/redis.ts'
import { askOnce, openReply, type RunningReply, untilReplies } from './clients.ts'
import { startPair } from './gateways.ts'
import { clear, type EngagedHalt, engageDurably } from './operators.ts'
import { type StampingEngine, startStampingEngine } from './stamping-engine.ts'

/** What the push may take on a busy machine; without it the digest takes 250 ms, and the lease bounds all. */
const spreadsWithinMs = 1_000

export function testHaltSpreads(): void {
  describe('A halt on one of two gateways that share a Redis', () => {
    let engine: StampingEngine
    let a: GatewayProcess
    let b: GatewayProcess

    beforeAll(async () => {
      engine = await startStampingEngine()
      const redis = await startRedis()
      // A lease that busy machines do not run out of: this is about the push.
      ;[a, b] = await startPair({ engine, stores: { halts: redis.url }, leaseMs: 10_000 })
    })
    afterAll(async () => {
      await engine.close()
      await closeServers()
    })

    async function resume({ id }: EngagedHalt) {
      expect(await clear(a, id)).toBe(200)
      await Promise.all([untilReplies(a, 'ai'), untilReplies(b, 'ai')])
    }

    it('stops the other within a second and cuts its running replies with a safe ending', async () => {
      const running = await Promise.all([openReply(b), openReply(b), openReply(a)])
      const halt = await engageDurably(a)
      const next = await untilReplies(b, 'halted', spreadsWithinMs)
      expect(next).toMatchObject({ status: 200, mark: `halted; id=${halt.id}; cause=drill` })
      for (const reply of running) await expectCut(reply, halt)
      // Nobody pays for a reply that nobody may read.
      await expect.poll(() => engine.streams).toBe(0)
      expect((await askOnce(a)).replies).toBe('halted')
      await resume(halt)
    })

    it('leaves hardly a piece of AI text behind its acknowledgement, over sixty running replies', async ({
      annotate,
    }) => {
      const lastPieceMs: number[] = []
      const endMs: number[] = []
      for (let round = 0; round < 10; round++) {
        const running = await Promise.all(Array.from({ length: 6 }, () => openReply(b)))
        const halt = await engageDurably(a)
        for (const reply of running) {
          await expectCut(reply, halt)
          lastPieceMs.push((reply.pieces.at(-1)?.arrivedMs ?? 0) - halt.answeredAtMs)
          endMs.push((reply.doneAtMs ?? 0) - halt.sentAtMs)
        }
        await resume(halt)
      }
      await annotate(
        `acknowledged on one gateway to last AI text from the other: ${figures(lastPieceMs)}; asked for to safe ending at the client: ${figures(endMs)}`,
      )
      expect(lastPieceMs).toHaveLength(60)
      // The push did it; found by the digest alone it would be half of 250 ms.
      expect(quantile(lastPieceMs, 0.5)).toBeLessThan(50)
    })
  })
}

async function expectCut(reply: RunningReply, halt: EngagedHalt): Promise<void> {
  expect(await reply.ended).toBe('done')
  expect(reply.finishReason).toBe('content_filter')
  expect(reply.otherText).toMatch(/\S/)
  const stamped = reply.pieces.map(({ stampedMs }) => stampedMs)
  expect(Math.max(...stamped) - halt.answeredAtMs).toBeLessThan(spreadsWithinMs)
  expect((reply.doneAtMs ?? Number.POSITIVE_INFINITY) - halt.answeredAtMs).toBeLessThan(spreadsWithinMs)
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((x, y) => x - y)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

function figures(values: number[]): string {
  const [p50, p99] = [0.5, 0.99].map((q) => quantile(values, q).toFixed(1))
  return `p50 ${p50} ms, p99 ${p99} ms, n ${values.length}`
}
