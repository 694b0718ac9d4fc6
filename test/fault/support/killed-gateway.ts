import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayProcess } from '../../servers/gateway.ts'
import { closeServers, type RedisServer, startRedis, until } from '../../servers/redis.ts'
import { askOnce, untilReplies } from './clients.ts'
import { startOne, startPair } from './gateways.ts'
import { clear, engageDurably, halts, incidentsOf } from './operators.ts'
import { type StampingEngine, startStampingEngine } from './stamping-engine.ts'

export function testKilledGateway({ times }: { times: number }): void {
  describe('A gateway that is killed right after it has acknowledged a halt', () => {
    let engine: StampingEngine
    beforeAll(async () => {
      engine = await startStampingEngine()
    })
    afterAll(async () => {
      await engine.close()
      await closeServers()
    })

    async function killAfterAcknowledgement(gateway: GatewayProcess): Promise<string> {
      const { id } = await engageDurably(gateway)
      await gateway.stop('SIGKILL')
      return id
    }

    async function isStillHalted(gateway: GatewayProcess, id: string): Promise<void> {
      expect(await askOnce(gateway)).toMatchObject({ mark: expect.stringContaining(`halted; id=${id}`) })
      expect((await halts(gateway)).find((halt) => halt.id === id)).toMatchObject({ state: 'engaged' })
      await until('the incident of the halt', async () => (await incidentsOf(gateway, id)) === 1)
    }

    it('is still halted when it starts again, and has one incident', async () => {
      const gateway = await startOne({ engine })
      for (let round = 0; round < times; round++) {
        await untilReplies(gateway, 'ai')
        const id = await killAfterAcknowledgement(gateway)
        await gateway.start()
        await isStillHalted(gateway, id)
        expect(await clear(gateway, id)).toBe(200)
      }
      await gateway.stop('SIGKILL')
    })

    it('is still halted also when its Redis has gone meanwhile', async () => {
      const redis: RedisServer = await startRedis()
      const [gateway, other] = await startPair({ engine, stores: { halts: redis.url } })
      await other.stop('SIGKILL')
      for (let round = 0; round < times; round++) {
        const id = await killAfterAcknowledgement(gateway)
        await redis.stop('SIGKILL')
        await gateway.start()
        await isStillHalted(gateway, id)
        await redis.start()
        await until('the halt to be in Redis again', async () => {
          return (await redis.command('HGET', '{haltgate}:halts', id)) !== null
        })
        expect(await askOnce(gateway)).toMatchObject({ replies: 'halted' })
        expect(await clear(gateway, id)).toBe(200)
        await untilReplies(gateway, 'ai')
      }
      await gateway.stop('SIGKILL')
    })
  })
}
