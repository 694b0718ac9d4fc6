import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ExchangeTimers, type TimedPhase, type TimeLimits } from '../../src/engines/timers.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() }

function start(limits: Partial<TimeLimits> = {}, phase?: 'first-byte') {
  const seen: { phase: TimedPhase; atMs: number }[] = []
  const beganMs = clock.monotonicMs()
  const timers = new ExchangeTimers(
    {
      connectTimeoutMs: 100,
      firstByteTimeoutMs: 1_000,
      gapTimeoutMs: 500,
      totalTimeoutMs: 10_000,
      ...limits,
    },
    clock,
    (timedOut) => seen.push({ phase: timedOut, atMs: Math.round(clock.monotonicMs() - beganMs) }),
    phase,
  )
  return { timers, seen }
}

describe('timers of an exchange', () => {
  it('end it when no connection takes it', () => {
    const { seen } = start()
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'connect', atMs: 100 }])
  })

  it('count the first byte from the moment a connection has taken it', () => {
    const { timers, seen } = start()
    vi.advanceTimersByTime(80)
    timers.connected()
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'first-byte', atMs: 1_080 }])
  })

  it('count the first byte from the call where connecting cannot be seen', () => {
    const { seen } = start({}, 'first-byte')
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'first-byte', atMs: 1_000 }])
  })

  it('bring an earlier deadline forward', () => {
    const { timers, seen } = start({ connectTimeoutMs: 5_000, firstByteTimeoutMs: 50 })
    timers.connected()
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'first-byte', atMs: 50 }])
  })

  it('count a gap from the moment a reader waits, not from the last byte', () => {
    const { timers, seen } = start()
    timers.connected()
    timers.arrived()
    vi.advanceTimersByTime(2_000)
    expect(seen).toEqual([])
    timers.waiting()
    vi.advanceTimersByTime(300)
    timers.waiting()
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'gap', atMs: 2_500 }])
  })

  it('start a gap anew with every byte', () => {
    const { timers, seen } = start({ totalTimeoutMs: 5_200 })
    timers.connected()
    for (let i = 0; i < 10; i++) {
      timers.arrived()
      timers.waiting()
      vi.advanceTimersByTime(490)
    }
    expect(seen).toEqual([])
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'gap', atMs: 4_910 }])
  })

  it('end a reply that goes on for too long, even if nobody reads', () => {
    const { timers, seen } = start({ totalTimeoutMs: 3_000 })
    timers.connected()
    timers.arrived()
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([{ phase: 'total', atMs: 3_000 }])
  })

  it('leave nothing behind when stopped, and report nothing', () => {
    const { timers, seen } = start()
    timers.connected()
    timers.arrived()
    timers.stop()
    timers.arrived()
    timers.waiting()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(60_000)
    expect(seen).toEqual([])
  })

  it('cost one timer, however many bytes come', () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    const { timers } = start({ connectTimeoutMs: 1_000, firstByteTimeoutMs: 1_000, gapTimeoutMs: 1_000 })
    timers.connected()
    for (let i = 0; i < 1_000; i++) {
      timers.waiting()
      timers.arrived()
    }
    expect(set).toHaveBeenCalledTimes(1)
  })

  it('give bytes a moment to show when the whole process had stood still', () => {
    let nowMs = 0
    const seen: TimedPhase[] = []
    const limits = {
      connectTimeoutMs: 100,
      firstByteTimeoutMs: 1_000,
      gapTimeoutMs: 500,
      totalTimeoutMs: 60_000,
    }
    const paused = { monotonicMs: () => nowMs, wallMs: () => 0 }
    const timers = new ExchangeTimers(limits, paused, (phase) => seen.push(phase))
    timers.connected()
    // The process is held for 20 s; its timer fires before its sockets are looked at.
    nowMs = 20_000
    vi.advanceTimersByTime(100)
    expect(seen).toEqual([])
    timers.arrived()
    timers.waiting()
    nowMs = 20_050
    vi.advanceTimersByTime(50)
    expect(seen).toEqual([])
    nowMs = 20_500
    vi.advanceTimersByTime(450)
    expect(seen).toEqual(['gap'])
  })
})
