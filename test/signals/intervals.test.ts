import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clopperPearson, wilson } from '../../src/signals/intervals.ts'

describe('intervals of a share', () => {
  // Known values of the first three; the others in closed form.
  it.each([
    [5, 100, 0.016432, 0.112835],
    [0, 1_000, 0, 0.003682],
    [1_000, 1_000, 0.996318, 1],
    [1, 2, 1 - 0.975 ** 0.5, 0.975 ** 0.5],
    [6, 6, 0.025 ** (1 / 6), 1],
    [0, 1, 0, 0.975],
    [0, 1_000_000, 0, 1 - 0.025 ** 1e-6],
  ])('are exact for %i of %i (Clopper and Pearson)', (hits, of, lower, upper) => {
    const interval = clopperPearson(hits, of)
    expect(interval.lower).toBeCloseTo(lower, 6)
    expect(interval.upper).toBeCloseTo(upper, 6)
  })

  it('leave just 2.5 % beyond each end, by the binomial distribution itself', () => {
    for (const [hits, of] of [
      [3, 20],
      [19, 20],
      [40, 73],
      [150, 200],
    ] as const) {
      const { lower, upper } = clopperPearson(hits, of)
      expect(1 - binomialUpTo(hits - 1, of, lower)).toBeCloseTo(0.025, 9)
      expect(binomialUpTo(hits, of, upper)).toBeCloseTo(0.025, 9)
    }
  })

  it('are those of the tables (Wilson)', () => {
    expect(wilson(5, 100).lower).toBeCloseTo(0.021544, 6)
    expect(wilson(5, 100).upper).toBeCloseTo(0.11175, 6)
  })

  it('need 35 of 35 to show 90 %, and 73 of 73 to show 95 % (Wilson)', () => {
    expect(wilson(35, 35).lower).toBeGreaterThan(0.9)
    expect(wilson(34, 34).lower).toBeLessThan(0.9)
    expect(wilson(73, 73).lower).toBeGreaterThan(0.95)
    expect(wilson(72, 72).lower).toBeLessThan(0.95)
  })

  it('hold the share between them, and are mirrored by counting misses instead of hits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, share) => {
          const hits = Math.round(of * share)
          for (const interval of [wilson, clopperPearson]) {
            const { lower, upper } = interval(hits, of)
            const mirrored = interval(of - hits, of)
            expect(lower).toBeLessThanOrEqual(hits / of + 1e-12)
            expect(upper).toBeGreaterThanOrEqual(hits / of - 1e-12)
            expect(lower).toBeGreaterThanOrEqual(0)
            expect(upper).toBeLessThanOrEqual(1)
            expect(lower).toBeCloseTo(1 - mirrored.upper, 9)
          }
        },
      ),
    )
  })
})

/** The chance of at most so many hits, by adding up. */
function binomialUpTo(hits: number, of: number, share: number): number {
  let term = (1 - share) ** of
  let sum = term
  for (let k = 1; k <= hits; k++) {
    term *= ((of - k + 1) / k) * (share / (1 - share))
    sum += term
  }
  return sum
}
