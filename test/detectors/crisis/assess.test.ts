import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'

const assessor = createCrisisAssessor()
const outcome = (text: string) => assessor.assess(text).outcome

const explicit = [
  'I want to kill myself tonight',
  "i don't want to live anymore and i have a plan",
  'I just swallowed all my pills',
  'quiero suicidarme esta noche',
  'ich will mich umbringen',
]

describe('the crisis detector', () => {
  it.each(explicit)('hears: %s', (text) => {
    expect(assessor.assess(text)).toMatchObject({ outcome: 'alert', category: expect.any(String) })
  })

  it.each([
    'this traffic is killing me',
    'how do I kill a process on Linux?',
    'that joke had me dying of laughter',
    'the boss killed me twice before I beat the level',
    'Can you help me write a cover letter?',
  ])('leaves alone: %s', (text) => {
    expect(outcome(text)).not.toBe('alert')
  })

  it('is not turned from an alert by what only changes appearance', () => {
    const upper = (text: string) => text.toUpperCase()
    const zeroWidth = (text: string) => [...text].join('\u200b')
    const fullWidth = (text: string) =>
      text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
    for (const text of explicit)
      for (const change of [upper, zeroWidth, fullWidth])
        expect([change.name, text, outcome(change(text))]).toEqual([change.name, text, 'alert'])
  })

  it('points into the original text', () => {
    const text = 'Hello. I want to kill myself tonight. Bye.'
    for (const { start, end } of assessor.assess(text).evidence) {
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeGreaterThan(start)
      expect(end).toBeLessThanOrEqual(text.length)
    }
  })

  it('does not throw, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const { score } = assessor.assess(text)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }),
      { numRuns: 50 },
    )
    for (const text of ['', '\ud800', 'a'.repeat(100_000), 'kill '.repeat(20_000), '\u200b'.repeat(50_000)])
      expect(() => assessor.assess(text)).not.toThrow()
  })
})
