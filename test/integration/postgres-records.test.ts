import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listIncidents } from '../../src/incidents/list.ts'
import { type OpenIncidentRequest, openIncident } from '../../src/incidents/open.ts'
import { silentLogger } from '../../src/logger.ts'
import { createPostgresRecords } from '../../src/stores/postgres-records.ts'
import type { Records } from '../../src/stores/records.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { closeServers } from '../servers/redis.ts'
import { tcpProxy } from '../servers/tcp-proxy.ts'
import { testRecords } from '../stores/records-contract.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await server?.close()
  await closeServers()
})

const open = (url: string): Records => createPostgresRecords(url, silentLogger)

testRecords('PostgreSQL', async () => {
  const url = await server.createDatabase()
  return { open: () => open(url), dispose: async () => {} }
})

describe('records in PostgreSQL', () => {
  const opened: Records[] = []
  let url: string

  beforeEach(async () => {
    await server.start()
    url = await server.createDatabase()
  })
  afterEach(async () => {
    for (const records of opened.splice(0)) await records.close()
    await server.start()
  })

  const handle = (address: string) => {
    const records = open(address)
    opened.push(records)
    return records
  }

  it('are opened while the server is down, and work when it is up', async () => {
    await server.stop()
    const records = handle(url)
    await expect(records.migrate()).rejects.toMatchObject({ code: 'unavailable' })
    await server.start()
    await records.migrate()
    await openIncident(records, request, 1)
    expect(await listIncidents(records, { limit: 9 })).toHaveLength(1)
  })

  it('survive a server that goes and comes back', async () => {
    const records = handle(url)
    await records.migrate()
    await openIncident(records, request, 1)
    await server.stop()
    await expect(openIncident(records, request, 2)).rejects.toMatchObject({ code: 'unavailable' })
    expect(records.reachable).toBe(false)
    await server.start()
    await expect.poll(() => openIncident(records, request, 3)).toMatchObject({ created: false })
  })

  it('give up within seconds on a server that swallows everything, and use it again afterwards', async () => {
    const proxy = await tcpProxy({ targetPort: server.port })
    const records = handle(url.replace(`:${server.port}/`, `:${proxy.port}/`))
    await records.migrate()
    await openIncident(records, request, 1)
    proxy.stall()
    const list = () => listIncidents(records, { limit: 9 })
    const took = async (work: () => Promise<unknown>[]) => {
      const startedMs = performance.now()
      const outcomes = await Promise.allSettled(work())
      expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
      return performance.now() - startedMs
    }
    // One connection is open already and hangs; the others cannot be made.
    expect(
      await took(() => [list(), ...Array.from({ length: 11 }, () => openIncident(records, request, 2))]),
    ).toBeLessThan(9_000)
    // The hanging one was thrown away: nobody waits behind its query again.
    expect(await took(() => [list()])).toBeLessThan(4_000)
    proxy.heal()
    await expect
      .poll(() => openIncident(records, request, 99), { timeout: 8_000 })
      .toMatchObject({ created: false })
    await proxy.close()
  })

  it('say nothing of the password', async () => {
    const secret = 'postgres://haltgate:hunter2@127.0.0.1:1/none'
    const lines: string[] = []
    const log = (fields: unknown, message: string) => void lines.push(JSON.stringify(fields) + message)
    const logger = { debug: log, info: log, warn: log, error: log }
    const records = createPostgresRecords(secret, logger)
    opened.push(records)
    const error: unknown = await records.migrate().catch((thrown) => thrown)
    expect(String(error)).toContain('not available')
    expect(String(error)).not.toContain('hunter2')
    expect(lines.join()).toContain('postgres://127.0.0.1:1/none')
    expect(lines.join()).not.toContain('hunter2')
  })
})

const request: OpenIncidentRequest = {
  title: 'latency critical on primary',
  type: 'performance',
  severity: 'P1',
  safety: 'none',
  source: 'signals',
  cause: 'latency',
  dedupeKey: 'latency:primary',
  detectedAtMs: 1,
  actor: 'haltgate',
  timeScale: 1,
}
