import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CrisisLevel } from '../../src/detectors/finding.ts'
import { createLinesGiven } from '../../src/referrals/lines-given.ts'

const dayMs = 86_400_000

describe('the full crisis lines', () => {
  it('are known in the session that they were given in, and in no other', () => {
    const given = createLinesGiven()
    given.note('one', 'passive', 1_000)
    expect(given.areKnown('one', 'passive', { nowMs: 1_001, withinMs: dayMs })).toBe(true)
    expect(given.areKnown('other', 'passive', { nowMs: 1_001, withinMs: dayMs })).toBe(false)
  })

  it('are never known where nobody says which session it is', () => {
    const given = createLinesGiven()
    given.note(undefined, 'intent', 1_000)
    expect(given.areKnown(undefined, 'passive', { nowMs: 1_001, withinMs: dayMs })).toBe(false)
  })

  it('are forgotten after the time of the plan, to the millisecond, and at once where it says 0', () => {
    const given = createLinesGiven()
    given.note('one', 'plan', 1_000)
    expect(given.areKnown('one', 'plan', { nowMs: 999 + dayMs, withinMs: dayMs })).toBe(true)
    expect(given.areKnown('one', 'plan', { nowMs: 1_000 + dayMs, withinMs: dayMs })).toBe(false)
    expect(given.areKnown('one', 'plan', { nowMs: 1_000, withinMs: 0 })).toBe(false)
  })

  it('are given again when the level rises above the last one, and only then', () => {
    const level = fc.constantFrom(...CrisisLevel.options)
    fc.assert(
      fc.property(level, level, (before, now) => {
        const given = createLinesGiven()
        given.note('one', before, 0)
        const rises = CrisisLevel.options.indexOf(now) > CrisisLevel.options.indexOf(before)
        expect(given.areKnown('one', now, { nowMs: 1, withinMs: dayMs })).toBe(!rises)
      }),
    )
  })

  it('are remembered for a bounded number of sessions, the latest of them', () => {
    const given = createLinesGiven(3)
    for (let session = 0; session < 1_000; session++) given.note(`s${session}`, 'plan', session)
    const known = Array.from({ length: 1_000 }, (_, session) =>
      given.areKnown(`s${session}`, 'plan', { nowMs: 1_000, withinMs: dayMs }),
    )
    expect(known.at(-1)).toBe(true)
    // Whoever is forgotten reads them in full once more.
    expect(known.slice(0, 900)).not.toContain(true)
  })
})
