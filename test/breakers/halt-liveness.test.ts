import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CanaryExchanges, createHaltLiveness } from '../../src/breakers/halt-liveness.ts'
import { systemClock } from '../../src/clock.ts'
import { silentLogger } from '../../src/logger.ts'
import { createCanaryExchanges } from '../../src/probes/canary-path.ts'
import type { CanaryStore } from '../../src/stores/halt-store.ts'
import { createSqliteHalts } from '../../src/stores/sqlite-halts.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { sharedParts } from '../fixtures/inside.ts'

describe('the proof that a halt would hold', () => {
  let folder: string
  let disk: ReturnType<typeof createSqliteHalts>

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'haltgate-canary-'))
    disk = createSqliteHalts(join(folder, 'halts.db'))
  })
  afterEach(async () => {
    await disk.close()
    rmSync(folder, { recursive: true })
  })

  const exchanges = () =>
    createCanaryExchanges(sharedParts, createMetrics({ process: false, version: 'test' }))

  /** One proof, to its end. */
  async function prove(parts: { stores?: CanaryStore[]; exchanges?: CanaryExchanges } = {}) {
    let count = 0
    const liveness = createHaltLiveness({
      gatewayId: 'gateway-a',
      stores: [disk],
      exchanges: exchanges(),
      everyMs: () => 3_600_000,
      newId: () => `canary-entry-${++count}`,
      clock: systemClock,
      logger: silentLogger,
      ...parts,
    })
    liveness.start()
    await liveness.close()
    return liveness.failure
  }

  it('holds on the real path with the real store', async () => {
    expect(await prove()).toBeUndefined()
  })

  it('leaves no halt behind, and one bounded record however often it is given', async () => {
    for (let round = 0; round < 3; round++) await prove()
    expect((await disk.read()).entries).toEqual([])
    expect((await disk.exchangeCanary('gateway-a', [])).entries).toEqual([])
  })

  it('fails when a store cannot be written', async () => {
    const broken: CanaryStore = { exchangeCanary: () => Promise.reject(new Error('the disk is full')) }
    expect(await prove({ stores: [disk, broken] })).toBe('the disk is full')
  })

  it('fails when a store is not durable enough', async () => {
    const lonely: CanaryStore = {
      exchangeCanary: async (_, entries) => ({ durable: false, missing: 'on 1 of 3 nodes', entries }),
    }
    expect(await prove({ stores: [lonely] })).toContain('on 1 of 3 nodes')
  })

  it('fails when a store forgets what it acknowledged', async () => {
    const forgetful: CanaryStore = { exchangeCanary: async () => ({ durable: true, entries: [] }) }
    expect(await prove({ stores: [forgetful] })).toContain('gave back other entries')
  })

  it('fails when a running stream is not cut', async () => {
    const deaf: CanaryExchanges = {
      ...exchanges(),
      begin: async () => ({ over: Promise.resolve('otherwise'), stop() {} }),
    }
    expect(await prove({ exchanges: deaf })).toContain('not cut')
  })

  it('fails when a new exchange is served all the same', async () => {
    const lax: CanaryExchanges = { ...exchanges(), ask: async () => 'engine' }
    expect(await prove({ exchanges: lax })).toContain('not halted')
  })
})
