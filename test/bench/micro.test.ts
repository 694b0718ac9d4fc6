import { describe, expect, it } from 'vitest'
import { costOf, type Effort, lastResult, repeat } from '../../bench/micro/harness.ts'
import { manyOf } from '../../bench/micro/inputs.ts'
import { bytesText, timeText } from '../../bench/micro/units.ts'

const effort: Effort = { rounds: 5, roundMs: 3, mostWarmUpMs: 200 }

/** Some work whose result nobody can know without doing it. */
const work = (at: number) => {
  let sum = at
  for (let n = 0; n < 1_000; n++) sum = Math.imul(sum ^ n, 0x9e3779b1)
  return sum
}

describe('the cost of an operation', { timeout: 30_000 }, () => {
  it('is that of one unit', async () => {
    const whole = await costOf({ once: work }, effort)
    const tenth = await costOf({ once: work, units: 10 }, effort)
    const times = whole.leastNs / tenth.leastNs
    expect(times).toBeGreaterThan(3)
    expect(times).toBeLessThan(30)
  })

  it('lies between the least and the quarters around it', async () => {
    const { leastNs, medianNs, quarterNs } = await costOf({ once: work }, effort)
    const [lowNs, highNs] = quarterNs
    expect(leastNs).toBeGreaterThan(0)
    expect([leastNs, lowNs, medianNs, highNs].toSorted((a, b) => a - b)).toEqual([
      leastNs,
      lowNs,
      medianNs,
      highNs,
    ])
  })

  it('tells what is allocated', async () => {
    const { bytes } = await costOf({ once: (at) => new Array<number>(1_000).fill(at) }, effort)
    expect(bytes).toBeGreaterThan(3_500)
    expect(bytes).toBeLessThan(40_000)
  })

  it('waits for each one that takes its time', async () => {
    let under = 0
    let most = 0
    const once = async (at: number) => {
      most = Math.max(most, ++under)
      await Promise.resolve()
      under--
      return at
    }
    await costOf({ once, awaits: true }, effort)
    expect(most).toBe(1)
  })
})

it('goes through the inputs in turn and without end', () => {
  const inputs = manyOf(4, (number) => `input ${number}`)
  const seen: string[] = []
  repeat((at) => seen.push(inputs.at(at)), 2, 4)
  expect(seen).toEqual(['input 2', 'input 3', 'input 0', 'input 1'])
  expect(lastResult()).toBe(4)
})

it.each([0, 3, 100])('refuses %i inputs, which would be dear to go through', (count) => {
  expect(() => manyOf(count, String)).toThrow('power of two')
})

it.each([
  [3.876, [3.81, 4.2], '3.88 ns (3.81 to 4.20)'],
  [17_140, [980, 22_000], '17.1 µs (0.98 to 22.0)'],
  [4_990_000, [4_000_000, 5_000_000], '4.99 ms (4.00 to 5.00)'],
] as const)('writes %d ns with its spread in one unit', (ns, quarters, text) => {
  expect(timeText(ns, quarters)).toBe(text)
})

it('writes bytes as a person counts them', () => {
  expect([0.2, 32, 8_765].map(bytesText)).toEqual(['nothing', '32 bytes', '8.56 KB'])
})
