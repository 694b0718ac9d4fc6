import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GatewayProcess, killGateways } from '../servers/gateway.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { closeServers, startRedis, until } from '../servers/redis.ts'
import { askOnce, openReply, untilReplies } from './support/clients.ts'
import { startPair } from './support/gateways.ts'
import { engageDurably, incidentsOf } from './support/operators.ts'
import { type StampingEngine, startStampingEngine } from './support/stamping-engine.ts'

/** A halt waits for no database. */
const acknowledgedWithinMs = 1_000
/** Longer than a gateway waits before it tries its records again; a second incident would have come by then. */
const settleMs = 3_000

describe('While the records database is away, a halt', () => {
  let engine: StampingEngine
  let postgres: PostgresServer
  let pair: [GatewayProcess, GatewayProcess]

  beforeAll(async () => {
    engine = await startStampingEngine()
    postgres = await startPostgres()
  })
  beforeEach(async () => {
    const redis = await startRedis()
    const records = await postgres.createDatabase()
    pair = await startPair({ engine, stores: { halts: redis.url, records }, leaseMs: 5_000 })
    // The tables are there, as they are where a database has been in use.
    await until('the records', async () => (await incidentsOf(pair[0], 'none')) === 0)
    await postgres.stop()
  })
  afterEach(async () => {
    await killGateways()
    await postgres.start()
  })
  afterAll(async () => {
    await engine.close()
    await postgres.close()
    await closeServers()
  })

  async function untilIncident(gateway: GatewayProcess, haltId: string): Promise<void> {
    await until('the incident', async () => (await incidentsOf(gateway, haltId)) === 1, 30_000)
  }

  it('is engaged, enforced and acknowledged, and has its incident exactly once when it is back', async () => {
    const running = await Promise.all(pair.map(openReply))
    const halt = await engageDurably(pair[0])
    expect(halt.answeredAtMs - halt.sentAtMs).toBeLessThan(acknowledgedWithinMs)
    for (const reply of running) {
      expect(await reply.ended).toBe('done')
      expect(reply.finishReason).toBe('content_filter')
    }
    for (const gateway of pair) {
      expect(await untilReplies(gateway, 'halted')).toMatchObject({ status: 200 })
      expect(await incidentsOf(gateway, halt.id)).toBeUndefined()
    }

    await postgres.start()
    // Both gateways find the halt without an incident, at about the same time.
    await Promise.all(pair.map((gateway) => untilIncident(gateway, halt.id)))
    await pause(settleMs)
    for (const gateway of pair) expect(await incidentsOf(gateway, halt.id)).toBe(1)
  })

  it('has its incident exactly once also when the gateway that took it is killed before', async () => {
    const [taker, other] = pair
    const halt = await engageDurably(taker)
    await taker.stop('SIGKILL')
    await untilReplies(other, 'halted')
    await postgres.start()
    await untilIncident(other, halt.id)
    await taker.start()
    await pause(settleMs)
    for (const gateway of pair) expect(await incidentsOf(gateway, halt.id)).toBe(1)
  })

  it('has its incident exactly once also when all gateways are killed before, and one starts again', async () => {
    const halt = await engageDurably(pair[0])
    await untilReplies(pair[1], 'halted')
    await Promise.all(pair.map((gateway) => gateway.stop('SIGKILL')))
    // A gateway starts without its records database.
    await pair[1].start()
    expect(await askOnce(pair[1])).toMatchObject({ mark: expect.stringContaining(halt.id) })
    await postgres.start()
    await untilIncident(pair[1], halt.id)
    await pair[0].start()
    await pause(settleMs)
    for (const gateway of pair) expect(await incidentsOf(gateway, halt.id)).toBe(1)
  })
})
