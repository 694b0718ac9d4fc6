import { describe, expect, test } from 'vitest'
import { createCrisisLines } from '../../src/safe-reply/crisis-lines.ts'
import { countWords } from '../../src/safe-reply/finished-texts.ts'
import { createSafeReplies } from '../../src/safe-reply/safe-reply.ts'
import { createTexts, crisisVariants, type TextsFile } from '../../src/safe-reply/texts.ts'

const lines = createCrisisLines()
const texts = createTexts()
const replies = createSafeReplies({ lines, texts })
const places = [undefined, ...lines.regions()]

const automated = /autom[aá]t|स्वचालित/i
const notTheAi: Record<string, RegExp> = {
  de: /nicht der KI/,
  en: /not the AI/,
  es: /no de la IA/,
  fr: /pas de l'IA/,
  hi: /AI (के शब्द|की) नहीं/,
  'hi-Latn': /AI (ke shabd|ka) nahi/,
  it: /non dell'IA/,
  nl: /niet van de AI/,
  pt: /não da IA/,
}
const promises =
  /[!{}\n]|\bsecret\b|confidential|follow up|we will|vertraulich|confidenc|riservat|vertrouwelijk/i

/** Names help of this place and no number of another: its emergency number, or the words for not knowing one. */
function expectLocal(text: string, region: string | undefined, { phrases }: TextsFile) {
  const { emergency, lines: here } = lines.forRegion(region)
  const numbers = Object.values(emergency)
  const number = numbers.some((one) => text.includes(one))
  expect(numbers.length === 0 ? text.includes(phrases.noEmergency) : number, `${region}: ${text}`).toBe(true)
  const named = here.some((line) => text.includes(line.name))
  expect(named || text.includes('findahelpline.com'), `${region}: ${text}`).toBe(true)
  if (region === undefined) expect(text).not.toMatch(/\d/)
}

describe.each(texts.languages)('beside a reply in %s', (language) => {
  const file = texts.get(language)

  test.each(crisisVariants)(
    'support for %s says first that it is not the AI, and how to reach help',
    (variant) => {
      for (const region of places) {
        for (const [brief, words] of [
          [false, 60],
          [true, 25],
        ] as const) {
          const { text } = replies.support({ variant, language, region, brief })
          expect(countWords(text), `${region}: ${text}`).toBeLessThanOrEqual(words)
          expect(text.slice(0, 30)).toMatch(automated)
          expect(text.split(/[.।]/)[0]).toMatch(notTheAi[language] ?? /no words listed/)
          expect(text).not.toMatch(promises)
          expectLocal(text, region, file)
        }
      }
    },
  )

  test('support in a medical emergency gives the emergency number before any line', () => {
    for (const brief of [false, true]) {
      const { text } = replies.support({ variant: 'medical-emergency', language, region: 'GB', brief })
      expect(text.indexOf('999')).toBeGreaterThan(0)
      expect(text.indexOf('999')).toBeLessThan(text.indexOf('Samaritans'))
    }
  })

  test('the annotation names local help in at most 40 words', () => {
    for (const region of places) {
      const { text } = replies.annotation({ language, region })
      expect(countWords(text), `${region}: ${text}`).toBeLessThanOrEqual(40)
      expect(text).toMatch(automated)
      expect(text).not.toMatch(promises)
      expectLocal(text, region, file)
    }
  })

  test('the acknowledgement is automatic, short, and names neither the AI nor a number', () => {
    const { text } = replies.acknowledgement(language)
    expect(countWords(text)).toBeLessThanOrEqual(25)
    expect(text).toMatch(automated)
    expect(text).not.toMatch(promises)
    expect(text).not.toMatch(/\d|\b(AI|IA|KI)\b/)
  })
})

test('brief support gives the best line for the person, on one line', () => {
  const say = (variant: (typeof crisisVariants)[number], region: string) =>
    replies.support({ variant, language: 'en', region, brief: true }).text
  expect(say('self', 'GB')).toBe(
    'Automated note from the service, not the AI. Samaritans: call 116 123. In danger, call 999.',
  )
  expect(say('minor', 'GB')).toContain('Childline')
  expect(say('abuse', 'GB')).toContain('National Domestic Abuse Helpline')
  expect(say('self', 'US')).toContain('call or text 988')
  expect(say('self', 'AQ')).toContain('Free helplines: findahelpline.com.')
})

test('calls the police where somebody may be hurt, else the ambulance', () => {
  const say = (variant: (typeof crisisVariants)[number], brief: boolean) =>
    replies.support({ variant, language: 'de', region: 'CH', brief }).text
  for (const brief of [false, true]) {
    expect(say('harm-to-others', brief)).toContain('ruf die 117 an')
    expect(say('abuse', brief)).toContain('ruf die 117 an')
    expect(say('self', brief)).toContain('ruf die 144 an')
  }
})

test('uses the single country only where the caller names none', () => {
  const place = { language: 'en', singleCountry: 'GB' }
  expect(replies.support({ variant: 'self', ...place, brief: false }).text).toContain('116 123')
  expect(replies.annotation(place).text).toContain('116 123')
  expect(replies.annotation({ ...place, region: 'US' }).text).toContain('988')
  for (const region of ['Canada', 'US-CA', 'AQ']) {
    expect(replies.annotation({ ...place, region }).text).not.toMatch(/\d/)
    for (const variant of crisisVariants)
      for (const brief of [true, false])
        expect(replies.support({ variant, ...place, region, brief }).text).not.toMatch(/\d/)
  }
})

test('full and brief support are remembered apart', () => {
  const asked = { variant: 'self', language: 'en', region: 'NZ' } as const
  const full = replies.support({ ...asked, brief: false }).text
  const brief = replies.support({ ...asked, brief: true }).text
  expect(brief.length).toBeLessThan(full.length)
  expect(replies.support({ ...asked, brief: false }).text).toBe(full)
})

test('says which text it was, for the record', () => {
  const which = { text: expect.any(String), language: 'pt', version: '2026-11-22.2' }
  expect(replies.support({ variant: 'other', language: 'pt-BR', region: 'BR', brief: true })).toEqual({
    ...which,
    variant: 'other',
  })
  expect(replies.annotation({ language: 'pt-BR', region: 'BR' })).toEqual(which)
  expect(replies.acknowledgement('pt-BR')).toEqual(which)
  expect(replies.acknowledgement(undefined).language).toBe('en')
})

test('names your own notes that are too long or cannot be finished', () => {
  const en = texts.get('en')
  const long = 'word '.repeat(30)
  const own = {
    ...en,
    acknowledgement: long,
    annotation: `{help} {emergency} ${long}${long}`,
    support: { ...en.support, brief: `{help} {emergency} ${long}` },
  }
  const problems = createSafeReplies({ lines, texts: createTexts([own]) }).problems()
  expect(problems).toContain('en, acknowledgement: 30 words, at most 25')
  expect(problems).toContainEqual(expect.stringMatching(/^en, annotation, US: \d+ words, at most 40$/))
  expect(problems).toContainEqual(
    expect.stringMatching(/^en, brief support for self, US: \d+ words, at most 25$/),
  )
  expect(problems.every((problem) => problem.startsWith('en, '))).toBe(true)
})
