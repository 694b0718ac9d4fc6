import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../src/logger.ts'
import { createDetectionWatch, type LabelOutcome } from '../../src/probes/detection-watch.ts'
import type { TestKeeper } from '../../src/probes/test-keeper.ts'
import { type Alarm, freshMonitor, type MonitorState } from '../../src/signals/detection-monitor.ts'

const silenceAfterMs = 60_000

describe('the watch over the tests', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function watched(change: { token?: number | undefined; labels?: LabelOutcome[] } = {}) {
    const monitor: MonitorState = freshMonitor({ engineVersion: 'v1', epoch: '0:start', nowMs: 0 })
    const world = {
      state: { ...monitor, newestAtMs: 1 } as MonitorState | undefined,
      storeIsAway: false,
      recordsAreAway: false,
      answered: [] as Alarm[],
      placed: [] as number[],
    }
    const keeper: TestKeeper = {
      get state() {
        return world.state
      },
      observe: async () => {},
      observePlaced: async (labels) => void world.placed.push(...labels.map(({ seq }) => seq)),
      look: async () => {},
      refresh: async () => {
        if (world.storeIsAway) throw new Error('the store is away')
      },
      cursor: () => 0,
    }
    const watch = createDetectionWatch({
      everyMs: () => 1_000,
      token: () => ('token' in change ? change.token : 1),
      keepers: () => new Map([['primary', keeper]]),
      labelsSince: async () => {
        if (world.recordsAreAway) throw new Error('the records are away')
        return change.labels ?? []
      },
      respond: async (_, alarm) => void world.answered.push(alarm),
      silenceAfterMs: () => silenceAfterMs,
      clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
      logger: silentLogger,
    })
    watch.start()
    return { watch, world }
  }

  const lasting = (given: Partial<Alarm> = {}): Alarm => ({
    test: 'recall',
    level: 'critical',
    isDead: true,
    outcomes: 6,
    atMs: 5,
    says: '6 missed of 6',
    ...given,
  })

  it('answers every alarm for as long as it lasts, warnings too, also while the records are away', async () => {
    const { watch, world } = watched()
    world.recordsAreAway = true
    world.state = {
      ...(world.state as MonitorState),
      alarms: { recall: lasting(), specificity: lasting({ test: 'specificity', level: 'warning' }) },
    }
    await vi.advanceTimersByTimeAsync(3_500)
    expect(world.answered.filter(({ test }) => test === 'recall').length).toBeGreaterThan(2)
    expect(world.answered.some(({ test }) => test === 'specificity')).toBe(true)
    await watch.close()
  })

  it('notices by itself that nobody measures, also while the store of the tests is away', async () => {
    const { watch, world } = watched({ token: undefined })
    world.storeIsAway = true
    world.state = undefined
    await vi.advanceTimersByTimeAsync(2 * silenceAfterMs - 2_000)
    expect(world.answered).toEqual([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(world.answered[0]).toMatchObject({ test: 'silence', level: 'critical', isDead: true })
    expect(new Set(world.answered.map(({ atMs }) => atMs)).size).toBe(1)
    await watch.close()
  })

  it('says nothing of the kind while outcomes come', async () => {
    const { watch, world } = watched({ token: undefined })
    for (let minute = 1; minute < 10; minute++) {
      world.state = { ...(world.state as MonitorState), newestAtMs: minute }
      await vi.advanceTimersByTimeAsync(silenceAfterMs)
    }
    expect(world.answered).toEqual([])
    await watch.close()
  })

  it('brings labels of this engine in this version, and leaves out the others', async () => {
    const label = (seq: number, engine: string, engineVersion: string): LabelOutcome => ({
      seq,
      engine,
      engineVersion,
      outcome: {
        source: 'label',
        label: 1,
        tier: 'hard',
        kind: 'sampled',
        level: undefined,
        language: 'en',
        isCritical: false,
        heard: false,
        ms: 0,
        atMs: 9,
      },
    })
    const labels = [label(1, 'primary', 'v1'), label(2, 'backup', 'v1'), label(3, 'primary', 'v0')]
    const { watch, world } = watched({ labels })
    await vi.advanceTimersByTimeAsync(10)
    expect(world.placed).toEqual([1])
    await watch.close()
  })
})
