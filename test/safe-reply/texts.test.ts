import { expect, test } from 'vitest'
import { createTexts, variants } from '../../src/safe-reply/texts.ts'

const english = createTexts().get('en')

test('has the texts of nine languages, none of which is approved yet', () => {
  const texts = createTexts()
  expect(texts.languages).toEqual(['de', 'en', 'es', 'fr', 'hi', 'hi-Latn', 'it', 'nl', 'pt'])
  expect(texts.unapproved()).toEqual(texts.languages)
})

test('your own file replaces a built-in language or adds one', () => {
  const approved = { ...english, version: 'ours-1', approvedBy: 'Dr A. Example, psychiatrist' }
  const texts = createTexts([approved, { ...english, language: 'cy' }])
  expect(texts.get('en').version).toBe('ours-1')
  expect(texts.unapproved()).not.toContain('en')
  expect(texts.languages).toContain('cy')
})

test('gives English for a language it does not have', () => {
  expect(createTexts().get('tlh').language).toBe('en')
})

function withVariant(variant: string, text: string) {
  return { ...english, variants: { ...english.variants, [variant]: text } }
}

test.each(variants)(
  'refuses a text of %s that names no help, no emergency number, or both twice',
  (variant) => {
    const refused = (text: string) =>
      expect(() => createTexts([withVariant(variant, text)])).toThrow(`${variant}`)
    refused('Call {emergency}.')
    refused('{help}')
    refused('Call {emergency}. {help} {help}')
    refused('Call {emergency}. {help} {extra}')
    refused('Call {emergency}. {help} {')
    refused('Call {emergency}! {help}')
  },
)

test('refuses a medical emergency that begins with anything but the emergency number', () => {
  expect(() => createTexts([withVariant('medical-emergency', '{help} Call {emergency}.')])).toThrow(
    /comes first/,
  )
})

test('names the language of a file with a missing or unknown key', () => {
  const { version: _version, ...withoutVersion } = english
  expect(() => createTexts([withoutVersion])).toThrow(/texts \(en\).*version/s)
  expect(() => createTexts([{ ...english, approved: true }])).toThrow(/approved/)
  expect(() => createTexts([null])).toThrow(/unknown language/)
})
