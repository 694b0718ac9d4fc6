import { describe, expect, it } from 'vitest'
import { fitLogistic } from '../../scripts/training/platt.ts'
import {
  auc,
  type Scored,
  thresholdAt,
  thresholdForRecall,
  wilson,
} from '../../scripts/training/statistics.ts'

const scored = (crisis: number[], benign: number[]): Scored[] => [
  ...crisis.map((score) => ({ score, label: 1 as const })),
  ...benign.map((score) => ({ score, label: 0 as const })),
]

describe('a proportion', () => {
  it.each([
    // Worked out by hand from Wilson's formula.
    [50, 100, 0.4038, 0.5962],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [1, 20, 0.0089, 0.2361],
  ])('of %d in %d has an interval that stays between nothing and all', (hits, total, low, high) => {
    const found = wilson(hits, total)
    expect(found).toMatchObject({ hits, total, rate: hits / total })
    expect(found.low).toBeCloseTo(low, 3)
    expect(found.high).toBeCloseTo(high, 3)
  })

  it('of nothing says nothing', () => {
    expect(wilson(0, 0)).toEqual({ hits: 0, total: 0, rate: Number.NaN, low: 0, high: 1 })
  })
})

describe('the area under the curve', () => {
  it('is one when all is in order, nothing when all is upside down, a half when scores say nothing', () => {
    expect(auc(scored([0.8, 0.9], [0.1, 0.2]))).toBe(1)
    expect(auc(scored([0.1, 0.2], [0.8, 0.9]))).toBe(0)
    expect(auc(scored([0.5, 0.5], [0.5, 0.5, 0.5]))).toBe(0.5)
  })

  it('is the share of pairs in the right order', () => {
    expect(auc(scored([0.9, 0.4], [0.5, 0.1, 0.2]))).toBeCloseTo(5 / 6)
  })
})

describe('a threshold', () => {
  const benign = Array.from({ length: 100 }, (_, at) => at / 100)

  it.each([0, 0.02, 0.05, 0.1, 0.5])('lets through no more than the share of %d of benign rows', (share) => {
    const from = thresholdAt(scored([0.99], benign), share)
    const flagged = benign.filter((score) => score >= from).length
    expect(flagged).toBe(Math.floor(100 * share))
  })

  it('counts rows with the same score against itself', () => {
    const from = thresholdAt(scored([], [0.5, 0.5, 0.5, 0.1]), 0.25)
    expect([0.5, 0.5, 0.5, 0.1].filter((score) => score >= from).length).toBeLessThanOrEqual(1)
  })

  it('keeps the recall that is asked for', () => {
    const crisis = Array.from({ length: 20 }, (_, at) => at / 20)
    const from = thresholdForRecall(scored(crisis, []), 0.9)
    expect(crisis.filter((score) => score >= from).length).toBeGreaterThanOrEqual(18)
  })
})

describe('a calibration', () => {
  it('gives as probability what was so often true', () => {
    const inputs: number[][] = []
    const labels: number[] = []
    for (const [value, share] of [
      [-1, 0.1],
      [0, 0.5],
      [1, 0.9],
    ] as const)
      for (let at = 0; at < 1_000; at++) {
        inputs.push([1, value])
        labels.push(at < share * 1_000 ? 1 : 0)
      }
    const [constant = 0, slope = 0] = fitLogistic(
      inputs,
      labels,
      labels.map(() => 1),
    )
    const probability = (value: number) => 1 / (1 + Math.exp(-(constant + slope * value)))
    expect(probability(-1)).toBeCloseTo(0.1, 2)
    expect(probability(0)).toBeCloseTo(0.5, 2)
    expect(probability(1)).toBeCloseTo(0.9, 2)
  })

  it('stays finite when an input tells everything', () => {
    const weights = fitLogistic(
      [
        [1, -1],
        [1, -1],
        [1, 1],
        [1, 1],
      ],
      [0, 0, 1, 1],
      [1, 1, 1, 1],
    )
    for (const weight of weights) expect(Number.isFinite(weight)).toBe(true)
    expect(weights[1]).toBeGreaterThan(0.5)
  })
})
