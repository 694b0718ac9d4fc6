import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, initialiseHaltStore, killGateways } from '../servers/gateway.ts'
import { closeServers, type RedisServer, startRedis, until } from '../servers/redis.ts'
import { openReply } from './support/clients.ts'
import { leaseMs } from './support/gateways.ts'
import { clear, engageDurably } from './support/operators.ts'
import { nowMs, type StampingEngine, stampMark, startStampingEngine } from './support/stamping-engine.ts'
import { askAfresh, primaryOnly, startWithWorkers } from './support/workers.ts'

/** For a timer that fires late on a busy machine. */
const slackMs = 500

describe('Two gateways of two workers each that share a Redis', () => {
  let engine: StampingEngine
  let redis: RedisServer
  let a: GatewayProcess
  let b: GatewayProcess

  beforeAll(async () => {
    engine = await startStampingEngine()
    redis = await startRedis({ appendOnly: true })
    const stores = { halts: redis.url }
    await initialiseHaltStore(stores)
    const options = { engines: primaryOnly(engine), stores }
    // One after the other: six processes that start at once are slow to start.
    a = await startWithWorkers(options)
    b = await startWithWorkers(options)
  })
  afterAll(async () => {
    await killGateways()
    await engine.close()
    await closeServers()
  })

  const untilAll = (what: string, wanted: (answer: Awaited<ReturnType<typeof askAfresh>>) => boolean) =>
    until(what, async () => {
      const answers = await Promise.all([a, a, b, b].map((gateway) => askAfresh(gateway)))
      return answers.every(wanted)
    })
  const isAi = ({ text }: { text: string }) => text.includes(stampMark)
  const openAll = () => Promise.all([a, a, a, b, b, b].map(openReply))

  it('have the same halts: one taken on either is in force in all four workers', async () => {
    for (const [here, there] of [
      [a, b],
      [b, a],
    ] as const) {
      await untilAll('AI replies', isAi)
      const running = await openAll()
      const halt = await engageDurably(here)
      await untilAll('the halt', ({ mark }) => mark === `halted; id=${halt.id}; cause=drill`)
      for (const reply of running) {
        expect(await reply.ended).toBe('done')
        expect((reply.pieces.at(-1)?.arrivedMs ?? 0) - halt.answeredAtMs).toBeLessThan(1_000)
      }
      expect(await clear(there, halt.id)).toBe(200)
    }
    await untilAll('AI replies again', isAi)
  })

  it('suspend every worker within one lease, not two, when Redis is gone', async () => {
    await untilAll('AI replies', isAi)
    const running = await openAll()
    await redis.stop('SIGKILL')
    const goneMs = nowMs()
    for (const reply of running) {
      expect(await reply.ended).toBe('done')
      expect(reply.finishReason).toBe('content_filter')
      expect((reply.pieces.at(-1)?.arrivedMs ?? 0) - goneMs).toBeLessThan(leaseMs + slackMs)
    }
    for (const gateway of [a, a, b, b]) expect((await askAfresh(gateway)).mark).toMatch(/^suspended/)
    await pause(leaseMs)
    await redis.start()
    await untilAll('AI replies again', isAi)
  })
})
