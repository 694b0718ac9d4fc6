import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineName } from '../../src/engines/engine.ts'
import { silentLogger } from '../../src/logger.ts'
import { createProber, type Probed } from '../../src/probes/prober.ts'
import type { DetectionOutcome } from '../../src/signals/detection-outcome.ts'
import { seeded } from '../fixtures/seeded.ts'

const outcome: DetectionOutcome = {
  source: 'probe',
  label: 1,
  tier: 'core',
  kind: 'active',
  level: 'active',
  language: 'en',
  isCritical: false,
  heard: true,
  ms: 10,
  atMs: 0,
}
const probed: Probed = { engine: outcome, gateway: outcome }

describe('the prober', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function prober(given: { engines?: EngineName[]; send?: () => Promise<Probed>; everyMs?: number } = {}) {
    const world = {
      engines: given.engines ?? ['primary'],
      token: 1 as number | undefined,
      everyMs: given.everyMs ?? 5_000,
      taken: [] as EngineName[],
      sent: [] as number[],
    }
    const running = createProber({
      engines: () => world.engines,
      everyMs: () => world.everyMs,
      token: () => world.token,
      send: async () => {
        world.sent.push(Date.now())
        return given.send === undefined ? probed : given.send()
      },
      take: async (engine) => {
        world.taken.push(engine)
      },
      random: seeded(1),
      logger: silentLogger,
    })
    running.start()
    return { running, world }
  }

  it('sends one probe every five seconds in the mean, and never in step', async () => {
    const { running, world } = prober()
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(world.taken.length).toBeGreaterThan(180)
    expect(world.taken.length).toBeLessThan(220)
    const gaps = world.sent.slice(1).map((atMs, n) => atMs - (world.sent[n] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2_500)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(7_500)
    expect(new Set(gaps).size).toBeGreaterThan(100)
    await running.close()
  })

  it('sends nothing while another gateway holds the lease', async () => {
    const { running, world } = prober()
    world.token = undefined
    await vi.advanceTimersByTimeAsync(60_000)
    expect(world.sent).toEqual([])
    world.token = 2
    await vi.advanceTimersByTimeAsync(60_000)
    expect(world.sent.length).toBeGreaterThan(5)
    await running.close()
  })

  it('does not take in what came back after the lease was lost', async () => {
    let answer = (_: Probed) => {}
    const { running, world } = prober({
      send: () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    })
    await vi.advanceTimersByTimeAsync(8_000)
    expect(world.sent.length).toBeGreaterThan(0)
    world.token = undefined
    answer(probed)
    await vi.advanceTimersByTimeAsync(1)
    expect(world.taken).toEqual([])
    world.engines = []
    void running.close()
  })

  it('has few probes under way to an engine that hangs', async () => {
    const { running, world } = prober({ send: () => new Promise(() => {}), everyMs: 100 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(world.sent).toHaveLength(8)
    void running.close()
  })

  it('begins with engines that the configuration brings, and ends with those it takes away', async () => {
    const { running, world } = prober()
    world.engines = ['primary', 'backup']
    await vi.advanceTimersByTimeAsync(20_000)
    expect(world.taken).toContain('backup')
    world.engines = ['backup']
    await vi.advanceTimersByTimeAsync(8_000)
    world.taken.length = 0
    await vi.advanceTimersByTimeAsync(30_000)
    expect(new Set(world.taken)).toEqual(new Set(['backup']))
    await running.close()
  })
})
