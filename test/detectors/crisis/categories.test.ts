import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'
import { createCrisisDetector } from '../../../src/detectors/crisis/crisis.ts'
import { type CrisisCategory, CrisisLevel } from '../../../src/detectors/finding.ts'
import { crisisReading } from '../read-words.ts'
import { createDeafAssessor } from './deaf-assessor.ts'
import { disguises } from './disguises.ts'

const assessor = createCrisisAssessor()
const deaf = createDeafAssessor()
const { read } = crisisReading()

/** Plain words of each danger; the models decide about these, with the grammar's strong word for it. */
const dangers: readonly [CrisisCategory, readonly string[]][] = [
  [
    'abuse',
    [
      'My husband hits me',
      'My dad beats me when he is drunk and I am scared to go home',
      'my boyfriend threatened to kill me if I leave',
      'mi marido me pega',
      'mein Mann schlägt mich',
      'mon mari me frappe',
      'meu marido me bate',
      'mera pati mujhe maarta hai',
    ],
  ],
  ['harm-to-others', ['I want to stab my brother', 'main usko maar dunga']],
  [
    'medical-emergency',
    [
      'My dad is not breathing',
      "I'm having chest pain and can't breathe",
      'mi padre no respira',
      'mein Vater atmet nicht',
      'mon père ne respire plus',
      'papa ki saans nahi chal rahi',
    ],
  ],
  [
    'third-party',
    [
      'My friend wants to kill herself',
      'my sister said she is going to kill herself tonight',
      'mi amiga se quiere suicidar',
      'mon ami veut se suicider',
      'Meine Freundin will sich umbringen',
      'mi amiga se quiere matar',
      'mon frère veut se suicider',
      'meu irmão quer se matar',
      'my brother has thoughts of suicide',
    ],
  ],
  ['suicidal-ideation', ["I don't want to live anymore", 'everyone would be better off without me']],
]

describe.each(dangers)('%s', (category, texts) => {
  it.each(texts)('is found by a strong frame: %s', (text) => {
    const { hits } = read(text).grammar
    expect(hits).toContainEqual(
      expect.objectContaining({
        category,
        standing: 'live',
        frame: expect.objectContaining({ strength: 'strong' }),
      }),
    )
  })

  it.each(texts)('is an alert: %s', (text) => {
    expect(assessor.assess(text)).toMatchObject({ outcome: 'alert', category })
  })
})

describe('the level', () => {
  it('is that of the most acute thing said', () => {
    const said = [
      ['active', 'I want to kill myself.'],
      ['plan', 'I have a plan to kill myself.'],
      ['intent', "I'm going to kill myself tonight."],
      ['attempt', 'I just swallowed all my pills.'],
    ] as const
    for (const [at, [level]] of said.entries()) {
      const text = said
        .slice(0, at + 1)
        .map(([, sentence]) => sentence)
        .join(' ')
      expect(deaf.assess(text)).toMatchObject({ level, category: 'suicidal-ideation' })
      expect(
        deaf.assess(
          text
            .split(/(?<=\.) /)
            .reverse()
            .join(' '),
        ),
      ).toMatchObject({ level })
    }
  })

  it('runs from what is over to what is happening', () => {
    expect(CrisisLevel.options).toEqual([
      'history',
      'passive',
      'active',
      'method',
      'plan',
      'intent',
      'attempt',
    ])
  })

  it('and the category are given for every alert, and for no clear that is not history', () => {
    for (const text of ['I want to kill myself', 'My husband hits me', 'lovely weather', 'hi', 'ok thanks']) {
      const { outcome, category, level } = assessor.assess(text)
      expect([text, category !== undefined, level !== undefined]).toEqual([
        text,
        outcome !== 'clear',
        outcome !== 'clear',
      ])
    }
  })
})

describe('thresholds', () => {
  it('decide the outcome, and a score is never on the wrong side of them', () => {
    const { alert, escalate } = assessor.thresholds
    expect(escalate).toBeLessThan(alert)
    const words = fc.constantFrom(
      ..."i want to die kill myself tonight not my friend dog is so tired of living help pills work school he hits me can't breathe".split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 14 }), (chosen) => {
        const { outcome, score } = assessor.assess(chosen.join(' '))
        expect(outcome).toBe(score >= alert ? 'alert' : score >= escalate ? 'escalate' : 'clear')
      }),
      { numRuns: 300 },
    )
  })

  it('a rule that alerts by itself lifts the score over the threshold', () => {
    const { score, outcome } = deaf.assess('I want to kill myself')
    expect(outcome).toBe('alert')
    expect(score).toBeGreaterThanOrEqual(deaf.thresholds.alert)
  })
})

describe('evidence', () => {
  const sentence = 'I want to kill myself'
  // Without letters, quotation marks and emoji that say something of their own.
  const around = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .filter((text) => !/["a-z]|\p{Emoji_Presentation}|\p{Extended_Pictographic}/iu.test(text))

  it('points at the words in the text as it was written, whatever stands around them', () => {
    fc.assert(
      fc.property(around, around, (before, after) => {
        const text = `${before}. ${sentence}. ${after}`
        const { evidence } = deaf.assess(text)
        expect(evidence.length).toBeGreaterThan(0)
        for (const { start, end } of evidence) {
          expect(text.slice(start, end)).not.toBe('')
          expect(start).toBeGreaterThanOrEqual(before.length)
          expect(end).toBeLessThanOrEqual(before.length + sentence.length + 3)
        }
        expect(evidence.some(({ start, end }) => text.slice(start, end).endsWith('kill myself'))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it.each(Object.entries(disguises))('covers the disguised words: %s', (_name, disguise) => {
    const opening = 'Hello there, how are you? '
    const written = disguise(sentence, () => 0.3)
    const { evidence } = deaf.assess(`${opening}${written} tonight`)
    const widest = evidence.reduce((one, other) =>
      other.end - other.start > one.end - one.start ? other : one,
    )
    const covered = `${opening}${written} tonight`.slice(widest.start, widest.end)
    expect(covered.length).toBeGreaterThanOrEqual(written.length - 1)
    expect(widest.start).toBe(opening.length)
  })

  it.each([
    ['i want to k i l l myself', 'k i l l myself'],
    ['so sad, i want to k1ll mys3lf', 'k1ll mys3lf'],
    ['hello. iwanttokillmyself', 'iwanttokillmyself'],
  ])('covers what hidden words stand for: %s', (text, part) => {
    const { evidence } = deaf.assess(text)
    expect(evidence.some(({ start, end }) => text.slice(start, end).includes(part))).toBe(true)
  })

  it('is at most four places, none of them twice', () => {
    const { evidence } = deaf.assess('I want to kill myself. '.repeat(40))
    expect(evidence.length).toBeLessThanOrEqual(4)
    expect(new Set(evidence.map(({ start }) => start)).size).toBe(evidence.length)
  })

  it('of the last message is in the last message, not in what was read with it', () => {
    const detector = createCrisisDetector(deaf)
    const said = ['i want to', 'kill myself']
    const report = detector.inspect({
      messages: said.map((text) => ({ role: 'user', text })),
      session: undefined,
      nowMs: 0,
    })
    expect(report.outcome).toBe('alert')
    const last = said.at(-1) ?? ''
    for (const finding of report.findings)
      for (const { start, end } of finding.evidence) {
        expect(end).toBeLessThanOrEqual(last.length)
        expect(last.slice(start, end)).not.toBe('')
      }
  })

  it('there is none for a clear message', () => {
    expect(deaf.assess('The soup needs more salt.')).toMatchObject({
      outcome: 'clear',
      evidence: [],
      reasons: [],
    })
  })
})
