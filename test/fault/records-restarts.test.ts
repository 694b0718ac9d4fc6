import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, killGateways } from '../servers/gateway.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { until } from '../servers/redis.ts'
import { askOnce } from './support/clients.ts'
import { startOne } from './support/gateways.ts'
import { engageDurably, incidentsOf } from './support/operators.ts'
import { type StampingEngine, startStampingEngine } from './support/stamping-engine.ts'

describe('A gateway whose records database breaks in the middle of its work, again and again', () => {
  let engine: StampingEngine
  let postgres: PostgresServer
  let gateway: GatewayProcess

  beforeAll(async () => {
    engine = await startStampingEngine()
    postgres = await startPostgres()
    gateway = await startOne({ engine, stores: { records: await postgres.createDatabase() } })
  })
  afterAll(async () => {
    await killGateways()
    await engine.close()
    await postgres.close()
  })

  it('goes on serving, and each halt has one incident in the end', async () => {
    const haltIds: string[] = []
    const lookAround = () => Array.from({ length: 6 }, () => incidentsOf(gateway, 'none'))
    for (let round = 0; round < 12; round++) {
      const looking = lookAround()
      haltIds.push((await engageDurably(gateway, `tenant:${round}`)).id)
      // At another moment each time: between two queries of one transaction is the one that ends processes.
      await pause(Math.random() * 60)
      await postgres.stop()
      await Promise.all([...looking, ...lookAround()])
      expect(await askOnce(gateway, { 'x-tenant-id': 'another' })).toMatchObject({ replies: 'ai' })
      await postgres.start()
    }
    for (const id of haltIds) {
      await until('the incident', async () => (await incidentsOf(gateway, id)) === 1, 30_000)
    }
  })
})
