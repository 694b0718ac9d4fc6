import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAdmitted, seedOf } from '../../src/breakers/clearance-place.ts'

const sessions = Array.from({ length: 20_000 }, (_, n) => `session-${n}`)
const admitted = (seed: number, share: 0.1 | 0.5 | 1, of = sessions) =>
  of.filter((session) => isAdmitted(seed, share, { engine: 'primary', session }))

describe('the choice of a ramp', () => {
  it('lets in the share that it says, of short, long and numbered names alike', () => {
    for (const kind of [(n: number) => `${n}`, (n: number) => `session-${n}`, () => crypto.randomUUID()]) {
      const some = sessions.map((_, n) => kind(n))
      const seed = seedOf('genesis-1', 'halt-000a')
      // Five standard deviations: 10 % of 20,000 is 2,000 give or take 42.
      expect(Math.abs(admitted(seed, 0.1, some).length - 2_000)).toBeLessThan(212)
      expect(Math.abs(admitted(seed, 0.5, some).length - 10_000)).toBeLessThan(354)
    }
  })

  it('never puts out again whom it let in', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (salt, halt, session) => {
        const seed = seedOf(salt, halt)
        const [tenth, half, all] = ([0.1, 0.5, 1] as const).map((share) =>
          isAdmitted(seed, share, { engine: 'primary', session }),
        )
        if (tenth) expect(half).toBe(true)
        expect(all).toBe(true)
      }),
    )
  })

  it('chooses others for another halt and in another installation', () => {
    const first = new Set(admitted(seedOf('genesis-1', 'halt-000a'), 0.1))
    for (const [salt, halt] of [
      ['genesis-1', 'halt-000b'],
      ['genesis-2', 'halt-000a'],
    ] as const) {
      const both = admitted(seedOf(salt, halt), 0.1).filter((session) => first.has(session))
      expect(both.length).toBeLessThan(400)
    }
  })

  it.each([
    ['without a session', {}],
    ['with an empty one', { session: '' }],
    ['after a crisis', { session: 'session-1', joinsLast: true }],
  ])('lets exchanges %s in with the last step only', (_, more) => {
    const seed = seedOf('genesis-1', 'halt-000a')
    const subject = { engine: 'primary', ...more }
    expect(isAdmitted(seed, 0.5, subject)).toBe(false)
    expect(isAdmitted(seed, 1, subject)).toBe(true)
  })

  it('lets nobody in early while the mark of the store is not known', () => {
    expect(admitted(seedOf(undefined, 'halt-000a'), 0.5)).toEqual([])
  })
})
