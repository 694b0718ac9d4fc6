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
  'refuses a text of %s that lacks its opening, help or emergency number, or has one twice',
  (variant) => {
    const refused = (text: string) =>
      expect(() => createTexts([withVariant(variant, text)])).toThrow(`${variant}`)
    refused('{opening} Call {emergency}.')
    refused('{opening} {help}')
    refused('Call {emergency}. {help}')
    refused('Call {emergency}. {opening} {help} {help}')
    refused('Call {emergency}. {opening} {help} {extra}')
    refused('Call {emergency}. {opening} {help} {')
    refused('Call {emergency}! {opening} {help}')
  },
)

test('refuses a medical emergency that begins with anything but the emergency number', () => {
  const refused = (text: string) =>
    expect(() => createTexts([withVariant('medical-emergency', text)])).toThrow(/comes first/)
  refused('{help} Call {emergency}. {opening}')
  refused('{opening} Call {emergency}. {help}')
  const briefEmergency = '{help} Call {emergency}.'
  expect(() => createTexts([{ ...english, support: { ...english.support, briefEmergency } }])).toThrow(
    /comes first/,
  )
})

test('refuses support that does not say first whose words it is', () => {
  const full = { ...english.support.full, abuse: 'It is not your fault. {opening} {help} {emergency}' }
  expect(() => createTexts([{ ...english, support: { ...english.support, full } }])).toThrow(
    /opening.*abuse/s,
  )
})

test('needs an opening for every occasion', () => {
  const { withheld: _withheld, ...openings } = english.openings
  expect(() => createTexts([{ ...english, openings }])).toThrow(/withheld/)
  expect(() => createTexts([{ ...english, 'openings-minor': openings }])).toThrow(/openings-minor.*withheld/)
})

test('names the language of a file with a missing or unknown key', () => {
  const { version: _version, ...withoutVersion } = english
  expect(() => createTexts([withoutVersion])).toThrow(/texts \(en\).*version/s)
  expect(() => createTexts([{ ...english, approved: true }])).toThrow(/approved/)
  expect(() => createTexts([null])).toThrow(/unknown language/)
})
