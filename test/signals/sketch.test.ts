import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuantileSketch, relativeError } from '../../src/signals/sketch.ts'

const durations = fc.array(fc.double({ min: 0.1, max: 3_600_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
})
const shares = fc.constantFrom(0, 0.01, 0.5, 0.9, 0.95, 0.99, 1)

function sketchOf(values: number[]): QuantileSketch {
  const sketch = new QuantileSketch()
  for (const value of values) sketch.record(value)
  return sketch
}

function exactQuantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * values.length - 1e-9)) - 1] ?? Number.NaN
}

describe('a quantile sketch', () => {
  it('is right to within one per cent of the exact quantile, whatever the durations', () => {
    fc.assert(
      fc.property(durations, shares, (values, share) => {
        const exact = exactQuantile(values, share)
        const told = sketchOf(values).quantile(share) ?? Number.NaN
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * relativeError * (1 + 1e-6))
      }),
    )
  })

  it('merged from parts tells the same as one of everything', () => {
    fc.assert(
      fc.property(durations, durations, shares, (a, b, share) => {
        const merged = sketchOf(a)
        merged.merge(sketchOf(b))
        const whole = sketchOf([...a, ...b])
        expect(merged.count).toBe(whole.count)
        expect(merged.quantile(share)).toBe(whole.quantile(share))
      }),
    )
  })

  it('tells equal durations exactly', () => {
    expect(sketchOf([2_000, 2_000, 2_000]).quantile(0.95)).toBe(2_000)
  })

  it('takes the 19th of 20 as the 95th percentile', () => {
    const values = Array.from({ length: 20 }, (_, i) => (i === 19 ? 60_000 : 100))
    expect(sketchOf(values).quantile(0.95)).toBeLessThan(102)
    expect(sketchOf(values).quantile(0.96)).toBe(60_000)
  })

  it('takes the 999th of 1000 as the 99.9th percentile, though 99.9 / 100 is a little more than 0.999', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i === 999 ? 60_000 : 100))
    expect(sketchOf(values).quantile(99.9 / 100)).toBeLessThan(102)
  })

  it.each([
    [0, 0.1],
    [-5, 0.1],
    [0.05, 0.1],
    [3_600_000, 3_600_000],
    [1e9, 3_600_000],
    [Number.POSITIVE_INFINITY, 3_600_000],
  ])('counts %d ms as %d ms', (ms, told) => expect(sketchOf([ms]).quantile(0.5)).toBe(told))

  it('does not count what is not a number', () => {
    const sketch = sketchOf([Number.NaN])
    expect(sketch.count).toBe(0)
    expect(sketch.quantile(0.5)).toBeUndefined()
  })

  it('is empty again after clearing', () => {
    const sketch = sketchOf([1, 10, 100])
    sketch.clear()
    expect(sketch.quantile(0.5)).toBeUndefined()
    sketch.record(7)
    expect(sketch.quantile(1)).toBe(7)
  })

  it('is not changed by merging an empty one', () => {
    const sketch = sketchOf([5])
    sketch.merge(new QuantileSketch())
    expect(sketch.quantile(0)).toBe(5)
  })
})
