import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GatewayProcess, killGateways } from '../../servers/gateway.ts'
import { closeServers, type RedisServer, startRedis, until } from '../../servers/redis.ts'
import { askOnce, untilReplies } from './clients.ts'
import { startOne, startPair } from './gateways.ts'
import { clear, engageDurably } from './operators.ts'
import { type StampingEngine, startStampingEngine } from './stamping-engine.ts'

const genesisKey = '{haltgate}:genesis'
const haltsKey = '{haltgate}:halts'

/** Ways in which a Redis that keeps nothing loses all it held. */
type Loss = [string, (redis: RedisServer) => Promise<unknown>]
export const flushed: Loss = ['has been flushed', (redis) => redis.command('FLUSHALL')]
export const startedEmpty: Loss = [
  'has been started anew, empty,',
  async (redis) => {
    await redis.stop('SIGKILL')
    await redis.start()
  },
]

/** `whileUp`: the losses to try under running gateways; `whileDown`: with all gateways killed before and started after. */
export function testStoreLoss({ whileUp, whileDown }: { whileUp: Loss[]; whileDown: Loss[] }): void {
  describe('A halt whose Redis', () => {
    let engine: StampingEngine
    let redis: RedisServer
    let pair: [GatewayProcess, GatewayProcess]

    beforeAll(async () => {
      engine = await startStampingEngine()
    })
    beforeEach(async () => {
      redis = await startRedis()
      pair = await startPair({ engine, stores: { halts: redis.url } })
    })
    afterEach(async () => {
      await killGateways()
      await closeServers()
    })
    afterAll(() => engine.close())

    /** The Redis holds the halt again, and meanwhile no gateway lets a reply through. */
    async function comesBack(haltId: string): Promise<void> {
      await until('the halt to be written back', async () => {
        for (const gateway of pair) expect(await askOnce(gateway)).not.toMatchObject({ replies: 'ai' })
        const [genesis, entry] = await Promise.all([
          redis.command('GET', genesisKey),
          redis.command('HGET', haltsKey, haltId),
        ])
        return genesis !== null && entry !== null
      })
      for (const gateway of pair) {
        expect(await askOnce(gateway)).toMatchObject({ mark: expect.stringContaining(haltId) })
      }
    }

    it.each(whileUp)('%s is written back, and a gateway that is new takes it from there', async (_, lose) => {
      const { id } = await engageDurably(pair[0])
      await untilReplies(pair[1], 'halted')
      await lose(redis)
      await comesBack(id)

      const stranger = await startOne({ engine, stores: { halts: redis.url } })
      expect(await untilReplies(stranger, 'halted')).toMatchObject({ mark: expect.stringContaining(id) })
      await stranger.stop('SIGKILL')
    })

    it.each(whileDown)('%s while both gateways were down comes back from their disks', async (_, lose) => {
      const { id } = await engageDurably(pair[0])
      await untilReplies(pair[1], 'halted')
      await Promise.all(pair.map((gateway) => gateway.stop('SIGKILL')))
      await lose(redis)
      await Promise.all(pair.map((gateway) => gateway.start()))
      await comesBack(id)

      // And what was cleared stays cleared: the clearance comes back too.
      expect(await clear(pair[1], id)).toBe(200)
      await Promise.all(pair.map((gateway) => untilReplies(gateway, 'ai')))
      await lose(redis)
      await until(
        'the clearance to be written back',
        async () => (await redis.command('HLEN', haltsKey)) === 2,
      )
      await Promise.all(pair.map((gateway) => untilReplies(gateway, 'ai')))
    })
  })
}
