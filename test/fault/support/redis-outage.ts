import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, killGateways } from '../../servers/gateway.ts'
import { closeServers, type RedisServer, startRedis, until } from '../../servers/redis.ts'
import { askOnce, openReply, untilReplies } from './clients.ts'
import { leaseMs, startPair } from './gateways.ts'
import { clear, engage, halts } from './operators.ts'
import { nowMs, type StampingEngine, startStampingEngine } from './stamping-engine.ts'

/** For a timer that fires late on a busy machine. */
const slackMs = 500

let engine: StampingEngine
let redis: RedisServer
let pair: [GatewayProcess, GatewayProcess]

/** Two gateways on a Redis that keeps what it held. */
function useGateways(lease: number): void {
  beforeAll(async () => {
    engine = await startStampingEngine()
    redis = await startRedis({ appendOnly: true })
    pair = await startPair({ engine, stores: { halts: redis.url }, leaseMs: lease })
  })
  afterAll(async () => {
    await killGateways()
    await engine.close()
    await closeServers()
  })
}

export function testShortOutage(): void {
  describe('Two gateways whose Redis is away for less than the lease', () => {
    const longLeaseMs = 3_000
    const awayMs = 1_000
    useGateways(longLeaseMs)

    it('go on as if nothing had happened, running replies too', async () => {
      const running = await Promise.all(pair.map(openReply))
      await redis.stop('SIGKILL')
      await pause(awayMs)
      await redis.start()
      // Longer than the lease, so that only a confirmation from the Redis that came back can have kept it.
      const watchUntilMs = nowMs() + longLeaseMs
      while (nowMs() < watchUntilMs) {
        for (const gateway of pair) expect(await askOnce(gateway)).toMatchObject({ replies: 'ai' })
        await pause(50)
      }
      for (const reply of running) {
        expect(reply.otherText).toBe('')
        const before = reply.pieces.length
        await until('the reply to go on', () => reply.pieces.length > before)
        reply.leave()
      }
      for (const { output } of pair) expect(output).not.toContain('suspended')
    })
  })
}

export function testLongOutage(): void {
  describe('Two gateways whose Redis is away for longer than the lease', () => {
    useGateways(leaseMs)

    it('suspend themselves, cut running replies safely, and resume when it is back', async () => {
      const running = await Promise.all(pair.map(openReply))
      await redis.stop('SIGKILL')
      const goneMs = nowMs()
      for (const reply of running) {
        expect(await reply.ended).toBe('done')
        expect(reply.finishReason).toBe('content_filter')
        expect(reply.otherText).toMatch(/\S/)
        const servedMs = (reply.pieces.at(-1)?.stampedMs ?? 0) - goneMs
        expect(servedMs).toBeLessThan(leaseMs + slackMs)
      }
      for (const gateway of pair) {
        const answer = await askOnce(gateway)
        expect(answer).toMatchObject({ replies: 'suspended', mark: 'suspended; why=lease', status: 200 })
        expect(answer.text).toMatch(/\S/)
      }
      await redis.start()
      await Promise.all(pair.map((gateway) => untilReplies(gateway, 'ai')))
      for (const gateway of pair) {
        const engaged = (await halts(gateway)).filter(({ state }) => state === 'engaged')
        expect(engaged).toEqual([])
      }
    })

    it('enforce a halt meanwhile, report it as not acknowledged, and share it when Redis is back', async () => {
      const [a, b] = pair
      await redis.stop('SIGKILL')
      const halt = await engage(a)
      expect(halt).toMatchObject({ status: 202, acknowledged: false })
      expect(await askOnce(a)).toMatchObject({ replies: 'halted' })
      await redis.start()
      expect(await untilReplies(b, 'halted')).toMatchObject({ mark: expect.stringContaining(halt.id) })
      await until('the late acknowledgement', async () => (await halts(a))[0]?.acknowledged === true)
      expect(await clear(a, halt.id)).toBe(200)
      await Promise.all(pair.map((gateway) => untilReplies(gateway, 'ai')))
    })
  })
}
