import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCrisisLines } from '../../src/safe-reply/crisis-lines.ts'
import { countWords, createSafeReplies } from '../../src/safe-reply/safe-reply.ts'
import { createTexts, variants } from '../../src/safe-reply/texts.ts'

const lines = createCrisisLines()
const texts = createTexts()
const replies = createSafeReplies({ lines, texts })
const places = [undefined, ...lines.regions()]

/** What every text must say, in the words of each language. */
const mustSay: Record<string, RegExp[]> = {
  de: [
    /automatische Nachricht/,
    /Gespräch ist angehalten/,
    /nicht wegen etwas, das du geschrieben/,
    /in (deiner|der) Nähe|bei jemandem/,
  ],
  en: [/automated message/, /conversation is paused/, /not because of anything you wrote/, /nearby/],
  es: [/mensaje automático/, /conversación está en pausa/, /no por algo que hayas escrito/, /que esté cerca/],
  fr: [
    /message automatique/,
    /conversation est en pause/,
    /pas à cause de (vos|tes) messages/,
    /près de (vous|toi)/,
  ],
  hi: [/स्वचालित संदेश/, /बातचीत रुकी है/, /शब्दों की वजह से नहीं/, /आस-पास/],
  'hi-Latn': [/automatic message/, /Baatcheet ruki hai/, /shabdon ki wajah se nahi/, /aas-paas/i],
  it: [/messaggio automatico/, /conversazione è in pausa/, /non per qualcosa che hai scritto/, /vicino/],
  nl: [
    /automatisch bericht/,
    /gesprek is gepauzeerd/,
    /niet door iets wat je hebt geschreven/,
    /in de buurt/,
  ],
  pt: [
    /mensagem automática/,
    /conversa está em pausa/,
    /não por causa de algo que você escreveu/,
    /por perto/,
  ],
}

/** Promises nobody can keep, and words that judge. */
const mustNotSay =
  /[!{}]|\bsecret\b|confidential|follow up|we will|crazy|attention|vertraulich|confidenc|riservat|vertrouwelijk/i

describe.each(texts.languages)('the texts in %s', (language) => {
  const elements = mustSay[language] ?? [/no elements listed for this language/]

  test.each(variants)('%s says all it must, in at most 80 words, everywhere', (variant) => {
    for (const region of places) {
      const help = lines.forRegion(region)
      const { text } = replies.render({ variant, language, region, afterCut: true })
      expect(countWords(text), `${region}: ${text}`).toBeLessThanOrEqual(80)
      for (const element of elements) expect(text).toMatch(element)
      expect(text).not.toMatch(mustNotSay)
      const numbers = Object.values(help.emergency)
      const { phrases } = texts.get(language)
      expect(text).toSatisfy((said: string) =>
        numbers.length === 0
          ? said.includes(phrases.noEmergency)
          : numbers.some((number) => said.includes(number)),
      )
      const named = help.lines.some((line) => text.includes(line.name))
      expect(named || text.includes('findahelpline.com'), text).toBe(true)
    }
  })
})

test('finds no problem in the built-in texts', () => {
  expect(replies.problems()).toEqual([])
})

test('names the places where your own text is too long', () => {
  const en = texts.get('en')
  const long = { ...en, variants: { ...en.variants, none: `{help} {emergency} ${'word '.repeat(70)}` } }
  const problems = createSafeReplies({ lines, texts: createTexts([long]) }).problems()
  expect(problems).toContainEqual(expect.stringMatching(/^en, none, US: \d+ words, at most 80$/))
  expect(problems.every((problem) => problem.startsWith('en, none'))).toBe(true)
})

test('begins a medical emergency with the emergency number', () => {
  for (const language of texts.languages) {
    const { text } = replies.render({ variant: 'medical-emergency', language, region: 'JP', afterCut: false })
    expect(text.slice(0, 40)).toContain('119')
  }
})

test('takes back the unfinished part in a new paragraph after a cut, and only then', () => {
  for (const language of texts.languages) {
    const request = { variant: 'none', language, region: 'GB' } as const
    const whole = replies.render({ ...request, afterCut: false }).text
    const cut = replies.render({ ...request, afterCut: true }).text
    expect(cut).toBe(`\n\n${texts.get(language)['after-cut']} ${whole}`)
    expect(whole).toMatch(/^\S/)
  }
})

test('names the way to call and to write in the country of the person', () => {
  const say = (variant: (typeof variants)[number], region: string) =>
    replies.render({ variant, language: 'en-GB', region, afterCut: false }).text
  expect(say('self', 'US')).toContain('call or text 988 or chat at 988lifeline.org')
  expect(say('self', 'GB')).toContain('Samaritans: call 116 123')
  expect(say('self', 'GB')).toContain('text SHOUT to 85258')
  expect(say('minor', 'GB')).toContain('Childline')
  expect(say('abuse', 'GB')).toContain('National Domestic Abuse Helpline')
  expect(say('self', 'IT')).toContain('(09:00-24:00)')
})

test('calls the police where somebody may be hurt, else the ambulance', () => {
  const say = (variant: (typeof variants)[number]) =>
    replies.render({ variant, language: 'de', region: 'CH', afterCut: false }).text
  expect(say('harm-to-others')).toContain('ruf die 117 an')
  expect(say('abuse')).toContain('ruf die 117 an')
  expect(say('self')).toContain('ruf die 144 an')
})

test('prefers the line that speaks the language of the text', () => {
  const say = (language: string) =>
    replies.render({ variant: 'self', language, region: 'BE', afterCut: false }).text
  expect(say('fr-BE')).toContain('Centre de Prévention du Suicide')
  expect(say('nl-BE')).toContain('Zelfmoordlijn')
})

test('uses the single country only where the caller names none', () => {
  const say = (region: string | undefined, singleCountry: string | undefined) =>
    replies.render({ variant: 'none', region, singleCountry, afterCut: false }).text
  expect(say(undefined, 'GB')).toContain('116 123')
  expect(say('', 'GB')).toContain('116 123')
  expect(say('XX', 'GB')).toContain('116 123')
  expect(say('t1', 'GB')).toContain('116 123')
  expect(say('US', 'GB')).toContain('988')
  expect(say('US-CA', 'GB')).not.toMatch(/\d/)
  expect(say('Canada', 'GB')).not.toMatch(/\d/)
  expect(say('AQ', 'GB')).not.toContain('116 123')
  expect(say('AQ', 'GB')).toContain('your local emergency number')
})

test('shows no number at all where the country is unknown', () => {
  const known = new Set(lines.regions())
  const region = fc
    .string({ maxLength: 8 })
    .filter((value) => !known.has(value.toUpperCase()) && value.toUpperCase() !== 'UK')
  const request = fc.record({
    variant: fc.constantFrom(...variants),
    language: fc.oneof(fc.constantFrom(...texts.languages), fc.string()),
    region,
    afterCut: fc.boolean(),
  })
  fc.assert(
    fc.property(request, (asked) => {
      const { text } = replies.render(asked)
      expect(text).not.toMatch(/\d/)
      expect(text).toContain('findahelpline.com')
    }),
    { numRuns: 300 },
  )
})

test('says which text it was, for the record', () => {
  expect(replies.render({ variant: 'self', language: 'pt-BR', region: 'BR', afterCut: false })).toEqual({
    text: expect.stringContaining('CVV'),
    language: 'pt',
    version: '2026-11-22',
    variant: 'self',
  })
})
