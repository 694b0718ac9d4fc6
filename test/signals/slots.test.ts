import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlotRing } from '../../src/signals/slots.ts'

const windowMs = 1_000
const slotMs = 50

function createRing(): {
  add(nowMs: number): void
  addPast(thenMs: number, nowMs: number): boolean
  at(nowMs: number): number[]
} {
  const ring = new SlotRing<number[]>(
    windowMs,
    () => [],
    (slot) => slot.splice(0),
  )
  return {
    add: (nowMs) => void ring.at(nowMs)?.push(nowMs),
    addPast: (thenMs, nowMs) => (ring.atPast(thenMs, nowMs)?.push(thenMs) ?? 0) > 0,
    at: (nowMs) => {
      const seen: number[] = []
      ring.forEach(nowMs, (slot) => seen.push(...slot))
      return seen.sort((a, b) => a - b)
    },
  }
}

describe('a sliding window', () => {
  it('counts everything since its beginning and nothing from more than a slot before', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: -5_000, max: 1e12 }),
        fc.integer({ min: 0, max: 3_000 }),
        (gaps, start, wait) => {
          const ring = createRing()
          const times: number[] = []
          let nowMs = start
          for (const gap of gaps) {
            nowMs += gap
            ring.add(nowMs)
            times.push(nowMs)
          }
          nowMs += wait
          const counted = ring.at(nowMs)
          for (const time of counted) expect(time).toBeGreaterThan(nowMs - windowMs - slotMs)
          const inside = times.filter((time) => time >= nowMs - windowMs)
          expect(counted.slice(counted.length - inside.length)).toEqual(inside)
        },
      ),
    )
  })

  it('is empty after a long silence, also when the ring comes round to the same slots', () => {
    const ring = createRing()
    for (let t = 0; t < 1_000; t += 10) ring.add(t)
    expect(ring.at(1_000_000)).toEqual([])
    ring.add(1_000_000)
    expect(ring.at(1_000_000)).toEqual([1_000_000])
  })

  it('counts on while the clock stands still', () => {
    const ring = createRing()
    for (let i = 0; i < 1_000; i++) ring.add(77)
    expect(ring.at(77)).toHaveLength(1_000)
  })

  it('takes a clock that goes back a little as standing still', () => {
    const ring = createRing()
    ring.add(5_000)
    ring.add(4_500)
    expect(ring.at(4_500)).toEqual([4_500, 5_000])
    expect(ring.at(6_100)).toEqual([])
  })

  it('does not write into a slot that has been used again when the clock was read ahead and goes back', () => {
    const ring = createRing()
    ring.add(5_010)
    expect(ring.at(6_020)).toEqual([5_010])
    ring.add(5_020)
    expect(ring.at(6_080)).toEqual([5_020])
  })

  it('starts anew when the clock goes back further than the window, and does not freeze', () => {
    const ring = createRing()
    ring.add(100_000)
    ring.add(500)
    expect(ring.at(500)).toEqual([500])
    expect(ring.at(2_000)).toEqual([])
  })

  it('puts what happened earlier where it belongs', () => {
    const ring = createRing()
    ring.add(10_000)
    expect(ring.addPast(9_500, 10_000)).toBe(true)
    expect(ring.at(10_000)).toEqual([9_500, 10_000])
    expect(ring.at(10_600)).toEqual([10_000])
  })

  it('refuses what is older than the window, and takes the future as now', () => {
    const ring = createRing()
    ring.add(10_000)
    expect(ring.addPast(8_900, 10_000)).toBe(false)
    expect(ring.addPast(99_000, 10_000)).toBe(true)
    expect(ring.at(11_100)).toEqual([])
  })
})
