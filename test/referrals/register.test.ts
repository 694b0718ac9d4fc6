import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { disclosureSources } from '../../src/referrals/disclosure.ts'
import { ageBandOf, isReferral, jurisdictionOf } from '../../src/referrals/register.ts'

describe('what the register keeps', () => {
  it.each([
    ['minor', 'minor'],
    ['13-17', '13-17'],
    [' 18+ ', '18+'],
    ['<18', '<18'],
    ['Under-18', 'under-18'],
    [undefined, 'unknown'],
    ['', 'unknown'],
    ['17', 'other'],
    ['born 1999-02-03', 'other'],
    ['Ada Lovelace', 'other'],
  ])('of the age band %o is %s', (given, kept) => {
    expect(ageBandOf(given)).toBe(kept)
  })

  it.each([
    ['DE', 'DE'],
    ['gb', 'GB'],
    [undefined, 'unknown'],
    ['Ada', 'unknown'],
    ['US-CA', 'unknown'],
  ])('of the region %o is %s', (given, kept) => {
    expect(jurisdictionOf(given)).toBe(kept)
  })

  it('is never longer than a band or a country, whatever a caller sends', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        expect(ageBandOf(given).length).toBeLessThanOrEqual(11)
        expect(jurisdictionOf(given)).toMatch(/^(?:[A-Z]{2}|unknown)$/)
      }),
    )
  })

  it('is a referral that somebody was given, and nothing that was only observed', () => {
    const kept = disclosureSources.filter((source) => isReferral({ mode: 'enforce', source }))
    expect(kept).toEqual(['engine', 'appended', 'intercept', 'withheld', 'halted'])
    expect(disclosureSources.filter((source) => isReferral({ mode: 'observe', source }))).toEqual([])
  })
})
