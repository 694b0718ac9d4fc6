import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type DemoEngine, startDemoEngine } from '../../src/demo/engine.ts'
import { type GatewayProcess, initialiseHaltStore, startGatewayProcess } from '../servers/gateway.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { closeServers, type RedisServer, startRedis } from '../servers/redis.ts'

const leaseMs = 10_000
const Detection = z.object({
  isProbing: z.boolean(),
  subjects: z.array(
    z.looseObject({ subject: z.string(), outcomes: z.number(), alarms: z.array(z.unknown()) }),
  ),
})
const Halts = z.object({
  halts: z.array(z.looseObject({ id: z.string(), cause: z.string(), reason: z.string() })),
})
const Incidents = z.object({ incidents: z.array(z.looseObject({ haltId: z.string().nullable() })) })

/** Two gateways on one Redis and one PostgreSQL, in front of one engine; one of them probes. */
describe('Two gateways that share their tests', () => {
  let redis: RedisServer
  let postgres: PostgresServer
  let engine: DemoEngine
  let pair: GatewayProcess[] = []

  beforeAll(async () => {
    ;[redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  })
  afterAll(async () => {
    await postgres?.close()
    await closeServers()
  })
  afterEach(async () => {
    await Promise.all(pair.map((gateway) => gateway.stop('SIGKILL')))
    await engine.close()
  })

  async function start(): Promise<{ holder: GatewayProcess; other: GatewayProcess }> {
    await redis.command('FLUSHALL')
    engine = await startDemoEngine({ chunkDelayMs: 0 })
    const stores = { halts: redis.url, records: await postgres.createDatabase() }
    await initialiseHaltStore({ halts: stores.halts })
    const config = {
      stores,
      engines: { primary: { url: engine.url, version: 'demo-1', verdict: { header: 'x-crisis-detected' } } },
      plan: { timeScale: 50 },
      probes: { enabled: true },
    }
    pair = await Promise.all([startGatewayProcess(config), startGatewayProcess(config)])
    const [one, two] = pair
    if (one === undefined || two === undefined) throw new Error('no gateways')
    await until(async () => (await outcomes(one)) > 10 && (await outcomes(two)) > 10, 20_000)
    const isOne = (await detection(one)).isProbing
    expect((await detection(two)).isProbing).toBe(!isOne)
    return isOne ? { holder: one, other: two } : { holder: two, other: one }
  }

  const read = async <T>(gateway: GatewayProcess, path: string, shape: z.ZodType<T>) =>
    shape.parse((await gateway.admin('GET', path)).body)
  const detection = (gateway: GatewayProcess) => read(gateway, '/crisis-detection', Detection)
  const outcomes = async (gateway: GatewayProcess) =>
    (await detection(gateway)).subjects.find(({ subject }) => subject === 'primary')?.outcomes ?? 0
  const halts = async (gateway: GatewayProcess) => (await read(gateway, '/halts?state=engaged', Halts)).halts
  const setFaults = (faults: object) =>
    fetch(`${engine.url}/demo/faults`, { method: 'PUT', body: JSON.stringify(faults) })

  async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs
    while (!(await isSo().catch(() => false))) {
      if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms`)
      await pause(100)
    }
  }

  it('halt a deaf engine on both, by one halt with one incident, whichever of them probes', async () => {
    const { holder, other } = await start()
    await setFaults({ deaf: true })
    await until(async () => (await halts(other)).length > 0 && (await halts(holder)).length > 0, 10_000)
    const [halt] = await halts(other)
    expect(halt?.reason).toMatch(/^6 missed of 6 core disclosures/)
    await pause(2_000)
    expect(await halts(other)).toHaveLength(1)
    const { incidents } = await read(other, '/incidents', Incidents)
    expect(incidents.filter(({ haltId }) => haltId === halt?.id)).toHaveLength(1)
  })

  it('lose nothing when the one that probes is killed: the other goes on within two lease times', async () => {
    const { holder, other } = await start()
    const before = await outcomes(other)
    await holder.stop('SIGKILL')
    await until(async () => (await detection(other)).isProbing, 2 * leaseMs)
    await until(async () => (await outcomes(other)) > before + 10, 5_000)
    await setFaults({ deaf: true })
    await until(async () => (await halts(other)).length > 0, 10_000)
  })

  it('take nothing from one that was paused and comes back after the other has taken over', async () => {
    const { holder, other } = await start()
    holder.signal('SIGSTOP')
    await until(async () => (await detection(other)).isProbing, 2 * leaseMs)
    await setFaults({ deaf: true })
    await until(async () => (await halts(other)).length > 0, 10_000)
    const count = await outcomes(other)
    holder.signal('SIGCONT')
    await until(async () => !(await detection(holder)).isProbing, 5_000)
    await until(async () => (await outcomes(other)) > count + 10, 10_000)
    // What it saw before its pause is in nobody's figures, and its own view is that of the other.
    await until(async () => Math.abs((await outcomes(holder)) - (await outcomes(other))) < 10, 5_000)
    expect(await halts(holder)).toHaveLength(1)
  })
})
