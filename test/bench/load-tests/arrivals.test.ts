import { describe, expect, it } from 'vitest'
import { arrivalTimesMs } from '../../../bench/load-tests/lib/arrivals.ts'

describe('arrivals of an open load', () => {
  it('come evenly at a constant rate', () => {
    expect([...arrivalTimesMs([{ forMs: 100, perSecond: 50 }])]).toEqual([19, 39, 59, 79, 99])
  })

  it('come several in a millisecond when there are more than a thousand per second', () => {
    expect([...arrivalTimesMs([{ forMs: 2, perSecond: 4_000 }])]).toEqual([
      0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75,
    ])
  })

  it('grow with a ramp, and number what the area under it is', () => {
    const times = [...arrivalTimesMs([{ forMs: 10_000, from: 0, perSecond: 100 }])]
    const early = times.filter((atMs) => atMs < 5_000).length
    expect(Math.abs(times.length - 500)).toBeLessThanOrEqual(1)
    expect(Math.abs(early - 125)).toBeLessThanOrEqual(1)
  })

  it('go on where the stage before ended, in time and in rate', () => {
    const stages = [
      { forMs: 1_000, perSecond: 10 },
      { forMs: 1_000, perSecond: 10 },
    ]
    const times = [...arrivalTimesMs(stages)]
    expect(times).toHaveLength(20)
    expect(times.filter((atMs) => atMs >= 1_000)).toHaveLength(10)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('are none at a rate of nothing', () => {
    expect([...arrivalTimesMs([{ forMs: 1_000, perSecond: 0 }]), ...arrivalTimesMs([])]).toEqual([])
  })
})
