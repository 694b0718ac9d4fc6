import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createSentenceSplitter,
  maxSentenceUnits,
  type Sentence,
} from '../../../src/detectors/harmful-reply/sentences.ts'

function split(...chunks: string[]): Sentence[] {
  const splitter = createSentenceSplitter()
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}
const texts = (...chunks: string[]) => split(...chunks).map(({ text }) => text.trim())

describe('the sentences of a growing text', () => {
  test('end at full stops, question and exclamation marks and line feeds', () => {
    expect(texts('One. Two! Three? Four\nfive')).toEqual(['One.', 'Two!', 'Three?', 'Four', 'five'])
  })

  test.each([
    ['an abbreviation', 'Ask Dr. Grant about it. She knows.', ['Ask Dr. Grant about it.', 'She knows.']],
    ['a number', 'It weighs 3.5 kilos. Fine.', ['It weighs 3.5 kilos.', 'Fine.']],
    ['the number of a list', '1. Breathe.\n2. Call.', ['1. Breathe.', '2. Call.']],
    ['a name of a site', 'See findahelpline.com today. Please.', ['See findahelpline.com today.', 'Please.']],
  ])('do not end inside %s', (_, text, expected) => {
    expect(texts(text).filter((sentence) => sentence !== '')).toEqual(expected)
  })

  test('keep the quotation mark that closes them', () => {
    expect(texts('He said "stop." Then he left.')).toEqual(['He said "stop."', 'Then he left.'])
  })

  test('come out as soon as the next one begins, not only at the end', () => {
    const splitter = createSentenceSplitter()
    expect(splitter.push('I hear you. Are you s')).toEqual([{ text: 'I hear you.', start: 0 }])
  })

  test('are the whole text, however it was cut into chunks', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('a', ' ', '.', '!', '\n', '"', 'Dr', '1', '💔', '\ud83d'),
    })
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 20 }), (chunks) => {
        const cut = split(...chunks)
        expect(cut).toEqual(split(chunks.join('')))
        expect(cut.map(({ text }) => text).join('')).toBe(chunks.join(''))
        for (const { text, start } of cut)
          expect(chunks.join('').slice(start, start + text.length)).toBe(text)
      }),
    )
  })

  test('hold at most one sentence of bounded length in memory', () => {
    for (const { text } of split('a'.repeat(5_000), ' b'.repeat(3_000))) {
      expect(text.length).toBeLessThanOrEqual(maxSentenceUnits + 1)
    }
  })
})
