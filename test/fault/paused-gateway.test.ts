import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayProcess } from '../servers/gateway.ts'
import { closeServers, startRedis, until } from '../servers/redis.ts'
import { openReply, untilReplies } from './support/clients.ts'
import { leaseMs, startPair } from './support/gateways.ts'
import { clear, engageDurably } from './support/operators.ts'
import { nowMs, type StampingEngine, startStampingEngine } from './support/stamping-engine.ts'

describe('A gateway that stands still for longer than the lease while another one halts', () => {
  let engine: StampingEngine
  let a: GatewayProcess
  let b: GatewayProcess

  beforeAll(async () => {
    engine = await startStampingEngine()
    const redis = await startRedis()
    ;[a, b] = await startPair({ engine, stores: { halts: redis.url } })
  })
  afterAll(async () => {
    await engine.close()
    await closeServers()
  })

  it('lets at most the one write in flight follow when it goes on', async () => {
    for (let round = 0; round < 5; round++) {
      const running = await Promise.all([openReply(b), openReply(b), openReply(b)])
      await pause(Math.random() * 20)
      b.signal('SIGSTOP')
      await until('the gateway to stand still', () => stateOf(b.pid) === 'T')
      const stoppedMs = nowMs()
      const halt = await engageDurably(a)
      // The engine goes on meanwhile: its words wait in the gateway's sockets.
      await pause(leaseMs + 500)
      const continuedMs = nowMs()
      b.signal('SIGCONT')

      for (const reply of running) {
        expect(await reply.ended).toBe('done')
        expect(reply.finishReason).toBe('content_filter')
        const late = reply.pieces.filter(({ arrivedMs }) => arrivedMs >= continuedMs)
        expect(new Set(late.map(({ read }) => read)).size).toBeLessThanOrEqual(1)
        // What it had not read when it stopped was not checked, so nothing of it may follow.
        for (const { stampedMs } of reply.pieces) expect(stampedMs).toBeLessThan(stoppedMs)
      }
      expect(await untilReplies(b, 'halted')).toMatchObject({ mark: expect.stringContaining(halt.id) })
      expect(await clear(a, halt.id)).toBe(200)
      await Promise.all([untilReplies(a, 'ai'), untilReplies(b, 'ai')])
    }
  })
})

/** The kernel's letter for the state of a process; T is stopped. */
function stateOf(pid: number): string | undefined {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
}
