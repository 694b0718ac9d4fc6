import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../read-words.ts'

describe('folding', () => {
  it.each([
    ['accents', 'Crème BRÛLÉE', 'creme brulee'],
    ['full-width letters', 'ｋｉｌｌ', 'kill'],
    ['mathematical letters', '𝓴𝓲𝓵𝓵 𝐦𝐲𝐬𝐞𝐥𝐟', 'kill myself'],
    ['letters in squares', '🅺🅸🅻🅻', 'kill'],
    ['Cyrillic look-alikes', 'ѕuісіdе', 'suicide'],
    ['Greek look-alikes', 'κιll', 'kill'],
    ['Greek upsilon, small like u and great like Y', 'sυicide Υou', 'suicide you'],
    ['zero-width characters', 'k\u200bi\u200dl\ufeffl', 'kill'],
    ['stacked marks', 'd\u0336i\u0336e\u0336', 'die'],
    ['a soft hyphen', 'sui\u00adcide', 'suicide'],
    ['curly apostrophes', 'I don’t', "i don't"],
    ['sharp s', 'Straße', 'strasse'],
    ['emoji as words', 'me🔫', 'me emojigun '],
    ['a lone surrogate', 'a\ud800b', 'a b'],
  ])('reduces %s to what they say', (_, written, read) => {
    expect(fold(written).text).toBe(read)
  })

  it.each(['\ufdfa', '☠', '💔', '㌖', '\u{1d4d0}'])('a flood of %s does not grow', (character) => {
    const text = character.repeat(20_000)
    const { text: folded, origins } = fold(text)
    expect(folded.length).toBeLessThanOrEqual(2 * text.length + 2_000)
    expect(origins.length).toBe(folded.length + 1)
    expect(origins.at(-1)).toBe(text.length)
    expect(fold(`${text}kill`).text).toMatch(/kill$/)
  })

  it('leaves punctuation of other languages harmless', () => {
    expect(fold('¡Ayuda! ¿Qué?').text).toBe(' ayuda!  que?')
  })

  it('remembers where every character was', () => {
    const text = 'x🅺é\u200bll'
    const { text: folded, origins } = fold(text)
    expect(folded).toBe('xkell')
    expect([...origins]).toEqual([0, 1, 3, 5, 6, 7])
  })

  it('maps into the original, in order, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: folded, origins } = fold(text)
        expect(origins).toHaveLength(folded.length + 1)
        expect(origins.at(-1)).toBe(text.length)
        expect([...origins]).toEqual([...origins].sort((a, b) => a - b))
      }),
    )
  })
})
