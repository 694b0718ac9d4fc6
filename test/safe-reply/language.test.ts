import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pickLanguage } from '../../src/safe-reply/language.ts'

const ours = ['de', 'en', 'es', 'fr', 'hi', 'hi-Latn', 'pt']

test.each([
  ['de', 'de'],
  ['DE-at', 'de'],
  ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
  ['pt_BR', 'pt'],
  ['hi-Latn-IN', 'hi-Latn'],
  ['hi-IN', 'hi'],
  ['hi-x-private', 'hi'],
  ['en;q=0.3, fr;q=0.9', 'fr'],
  ['fr;q=0.5,de;q=0.5', 'fr'],
  ['ja, es;q=0.1', 'es'],
  ['de ; q=0.2 , es ; q=1.000', 'es'],
])('%s is answered in %s', (value, expected) => {
  expect(pickLanguage(value, ours)).toBe(expected)
})

test.each([
  [undefined],
  [''],
  ['*'],
  ['ja'],
  ['xx-yy-zz'],
  ['de;q=0'],
  ['de;q=2'],
  ['de;q=abc'],
  ['<script>'],
  ['deutsch'],
  [',;,;q=,'],
])('falls back to English for %s', (value) => {
  expect(pickLanguage(value, ours)).toBe('en')
})

test('reads a language only whole, in the first 256 characters and 16 ranges', () => {
  expect(pickLanguage(`${'ja,'.repeat(15)}de`, ours)).toBe('de')
  expect(pickLanguage(`${'ja,'.repeat(16)}de`, ours)).toBe('en')
  const cutThrough = `${'x'.repeat(253)},fractal`
  expect(cutThrough.slice(0, 256)).toMatch(/,fr$/)
  expect(pickLanguage(cutThrough, ours)).toBe('en')
})

test('never throws and always picks one of our languages', () => {
  const tag = fc.constantFrom('de', 'hi-Latn-IN', '*', 'x', 'pt_BR', ';q=', '0.5', ',', ' ', '-', 'zh-Hant')
  const value = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.array(tag, { maxLength: 120 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(value, (text) => {
      expect(ours).toContain(pickLanguage(text, ours))
    }),
  )
})
