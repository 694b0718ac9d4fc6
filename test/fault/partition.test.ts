import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, initialiseHaltStore } from '../servers/gateway.ts'
import { closeServers, until } from '../servers/redis.ts'
import { type ClientView, type SentinelSet, startSentinelSet } from '../servers/redis-sentinel.ts'
import { askOnce, openReply, untilReplies } from './support/clients.ts'
import { leaseMs, startOne } from './support/gateways.ts'
import { clear, engage, halts } from './support/operators.ts'
import { nowMs, type StampingEngine, startStampingEngine } from './support/stamping-engine.ts'

/** For a timer that fires late on a busy machine. */
const slackMs = 500

describe('Two gateways on three Redis nodes behind Sentinel', () => {
  let engine: StampingEngine
  let set: SentinelSet
  const views: ClientView[] = []
  let lonely: GatewayProcess
  let majority: GatewayProcess

  beforeAll(async () => {
    engine = await startStampingEngine()
    set = await startSentinelSet()
    views.push(await set.view(), await set.view())
    const [first, second] = views.map(({ url }) => ({ halts: url, haltNodes: 3 }))
    if (!first || !second) throw new Error('no views')
    await initialiseHaltStore(first)
    ;[lonely, majority] = await Promise.all([
      startOne({ engine, stores: first }),
      startOne({ engine, stores: second }),
    ])
  })
  afterAll(async () => {
    await engine.close()
    await closeServers()
  })

  it('stop on both sides of a partition: the one with the old primary within its lease, and knows the halt afterwards', async () => {
    for (let round = 0; round < 2; round++) {
      await Promise.all([untilReplies(lonely, 'ai'), untilReplies(majority, 'ai')])
      const old = await set.primary()
      const running = await openReply(lonely)
      set.isolate(old, views.slice(0, 1))
      const isolatedMs = nowMs()
      // On the side of the majority there is no primary yet: the halt is in force there at once, and acknowledged later.
      const halt = await engage(majority)
      expect(await askOnce(majority)).toMatchObject({ replies: 'halted' })

      expect(await running.ended).toBe('done')
      expect(running.finishReason).toBe('content_filter')
      expect((running.pieces.at(-1)?.stampedMs ?? 0) - isolatedMs).toBeLessThan(leaseMs + slackMs)
      expect(await askOnce(lonely)).toMatchObject({ replies: 'suspended' })

      const now = await set.untilPrimaryIsNot(old)
      await until('the acknowledgement', async () => {
        return (await halts(majority)).some(({ id, acknowledged }) => id === halt.id && acknowledged)
      })
      expect(await set.nodes[now]?.command('HEXISTS', '{haltgate}:halts', halt.id)).toBe(1)
      // Its own Redis answers it all the while, and that is not enough.
      expect(await set.nodes[old]?.command('HEXISTS', '{haltgate}:halts', halt.id)).toBe(0)
      expect(await askOnce(lonely)).toMatchObject({ replies: 'suspended' })

      await set.restore()
      const answer = await untilReplies(lonely, 'halted')
      expect(answer.mark).toContain(halt.id)
      await until('the halt to be cleared', async () => (await clear(majority, halt.id)) === 200)
    }
  })

  it('keep a halt that was taken beside the old primary: it is not acknowledged, and not lost', async () => {
    await Promise.all([untilReplies(lonely, 'ai'), untilReplies(majority, 'ai')])
    const old = await set.primary()
    set.isolate(old, views.slice(0, 1))
    const halt = await engage(lonely)
    expect(halt).toMatchObject({ status: 202, acknowledged: false })
    expect(await askOnce(lonely)).toMatchObject({ replies: 'halted' })
    await set.untilPrimaryIsNot(old)
    // Nobody there can know of it, and the other side goes on: that is why it was reported as not acknowledged.
    await untilReplies(majority, 'ai')

    // The old primary throws away what it took alone, and the gateway brings it back.
    await set.restore()
    const answer = await untilReplies(majority, 'halted')
    expect(answer.mark).toContain(halt.id)
    await until('the late acknowledgement', async () => {
      return (await halts(lonely)).some(({ id, acknowledged }) => id === halt.id && acknowledged)
    })
    await until('the halt to be cleared', async () => (await clear(lonely, halt.id)) === 200)
  })
})
