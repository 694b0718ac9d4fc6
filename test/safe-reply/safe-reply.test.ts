import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCrisisLines } from '../../src/safe-reply/crisis-lines.ts'
import { countWords } from '../../src/safe-reply/finished-texts.ts'
import { createSafeReplies } from '../../src/safe-reply/safe-reply.ts'
import { createTexts, occasions, variants } from '../../src/safe-reply/texts.ts'

const lines = createCrisisLines()
const texts = createTexts()
const replies = createSafeReplies({ lines, texts })
const places = [undefined, ...lines.regions()]

interface Elements {
  automated: RegExp
  paused: RegExp
  withheld: RegExp
  notYou: RegExp
  nearby: RegExp
}

/** What the texts must say, in the words of each language. */
const mustSay: Record<string, Elements> = {
  de: {
    automated: /automatische Nachricht/,
    paused: /Gespräch ist angehalten/,
    withheld: /automatische Prüfung hat die KI-Antwort zurückgehalten/,
    notYou: /nicht wegen etwas, das du geschrieben/,
    nearby: /in (deiner|der) Nähe|bei jemandem/,
  },
  en: {
    automated: /automated message/,
    paused: /conversation is paused/,
    withheld: /automated check held back the AI's reply/,
    notYou: /not because of anything you wrote/,
    nearby: /nearby/,
  },
  es: {
    automated: /mensaje automático/,
    paused: /conversación está en pausa/,
    withheld: /control automático ha retenido la respuesta de la IA/,
    notYou: /no por algo que hayas escrito/,
    nearby: /que esté cerca/,
  },
  fr: {
    automated: /message automatique/,
    paused: /conversation est en pause/,
    withheld: /contrôle automatique a retenu la réponse de l'IA/,
    notYou: /pas à cause de (vos|tes) messages/,
    nearby: /près de (vous|toi)/,
  },
  hi: {
    automated: /स्वचालित संदेश/,
    paused: /बातचीत रुकी है/,
    withheld: /स्वचालित जाँच ने AI का जवाब रोका है/,
    notYou: /शब्दों की वजह से नहीं/,
    nearby: /आस-पास/,
  },
  'hi-Latn': {
    automated: /automatic message/,
    paused: /Baatcheet ruki hai/,
    withheld: /Automatic check ne AI ka jawab roka hai/,
    notYou: /shabdon ki wajah se nahi/,
    nearby: /aas-paas/i,
  },
  it: {
    automated: /messaggio automatico/,
    paused: /conversazione è in pausa/,
    withheld: /controllo automatico ha trattenuto la risposta dell'IA/,
    notYou: /non per qualcosa che hai scritto/,
    nearby: /vicino/,
  },
  nl: {
    automated: /automatisch bericht/,
    paused: /gesprek is gepauzeerd/,
    withheld: /automatische controle hield het AI-antwoord tegen/,
    notYou: /niet door iets wat je hebt geschreven/,
    nearby: /in de buurt/,
  },
  pt: {
    automated: /mensagem automática/,
    paused: /conversa está em pausa/,
    withheld: /verificação automática reteve a resposta da IA/,
    notYou: /não por causa de algo que você escreveu/,
    nearby: /por perto/,
  },
}

const elementsOf = (language: string): Elements => {
  const elements = mustSay[language]
  if (elements === undefined) throw new Error(`no elements listed for ${language}`)
  return elements
}

/** Promises nobody can keep, and words that judge. */
const mustNotSay =
  /[!{}]|\bsecret\b|confidential|follow up|we will|crazy|attention|vertraulich|confidenc|riservat|vertrouwelijk/i

describe.each(texts.languages)('the texts in %s', (language) => {
  const { automated, paused, withheld, notYou, nearby } = elementsOf(language)
  const said = {
    paused: [automated, paused, notYou, nearby],
    withheld: [automated, withheld, notYou, nearby],
    intercepted: [automated, nearby],
  }
  const unsaid = { paused: [withheld], withheld: [paused], intercepted: [paused, withheld, notYou] }
  const cases = variants.flatMap((variant) => occasions.map((occasion) => ({ variant, occasion })))

  test.each(cases)('$variant, $occasion, says all it must, in at most 80 words, everywhere', (asked) => {
    for (const region of places) {
      const help = lines.forRegion(region)
      const { text } = replies.render({ ...asked, language, region, afterCut: true })
      expect(countWords(text), `${region}: ${text}`).toBeLessThanOrEqual(80)
      for (const element of said[asked.occasion]) expect(text).toMatch(element)
      for (const element of unsaid[asked.occasion]) expect(text).not.toMatch(element)
      expect(text).not.toMatch(mustNotSay)
      const numbers = Object.values(help.emergency)
      const { phrases } = texts.get(language)
      const number = numbers.some((one) => text.includes(one))
      expect(numbers.length === 0 ? text.includes(phrases.noEmergency) : number, text).toBe(true)
      const named = help.lines.some((line) => text.includes(line.name))
      expect(named || text.includes('findahelpline.com'), text).toBe(true)
    }
  })
})

test('finds no problem in the built-in texts', () => {
  expect(replies.problems()).toEqual([])
})

test('is about a pause unless another occasion is given', () => {
  for (const variant of variants) {
    const request = { variant, language: 'en', region: 'GB', afterCut: false }
    expect(replies.render(request)).toEqual(replies.render({ ...request, occasion: 'paused' }))
  }
})

test('speaks to a minor as the language speaks to young people', () => {
  const say = (variant: (typeof variants)[number]) =>
    occasions.map((occasion) => replies.render({ variant, language: 'fr', occasion, afterCut: false }).text)
  for (const text of say('minor')) expect(text).not.toMatch(/\bvo(us|s|tre)\b/)
  for (const text of say('self')) expect(text).not.toMatch(/\bt(u|es|on|a|oi)\b/)
})

test('names the places where your own text is too long', () => {
  const en = texts.get('en')
  const long = {
    ...en,
    variants: { ...en.variants, none: `{opening} {help} {emergency} ${'word '.repeat(70)}` },
  }
  const problems = createSafeReplies({ lines, texts: createTexts([long]) }).problems()
  expect(problems).toContainEqual(expect.stringMatching(/^en, none \(paused\), US: \d+ words, at most 80$/))
  expect(problems.every((problem) => problem.startsWith('en, none ('))).toBe(true)
})

test('begins a medical emergency with the emergency number', () => {
  for (const language of texts.languages) {
    for (const occasion of occasions) {
      const asked = {
        variant: 'medical-emergency',
        language,
        region: 'JP',
        occasion,
        afterCut: false,
      } as const
      expect(replies.render(asked).text.slice(0, 40)).toContain('119')
    }
  }
})

test('takes back the unfinished part in a new paragraph after a cut, and only then', () => {
  for (const language of texts.languages) {
    for (const occasion of occasions) {
      const request = { variant: 'none', language, region: 'GB', occasion } as const
      const whole = replies.render({ ...request, afterCut: false }).text
      const cut = replies.render({ ...request, afterCut: true }).text
      expect(cut).toBe(`\n\n${texts.get(language)['after-cut']} ${whole}`)
      expect(whole).toMatch(/^\S/)
    }
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
    occasion: fc.constantFrom(...occasions),
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
    version: '2026-11-22.2',
    variant: 'self',
  })
})
