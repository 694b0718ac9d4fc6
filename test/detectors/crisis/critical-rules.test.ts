import { describe, expect, it } from 'vitest'
import { createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'
import { type CrisisCategory, CrisisLevel } from '../../../src/detectors/finding.ts'
import { createDeafAssessor } from './deaf-assessor.ts'
import { otherLanguages } from './explicit-sentences.ts'
import { twins } from './innocent-twins.ts'

/** With the weights that ship, and with none: rules that alert by themselves hang on no training. */
const shipped = createCrisisAssessor()
const deaf = createDeafAssessor()

const english: readonly [CrisisCategory, CrisisLevel, readonly string[]][] = [
  [
    'suicidal-ideation',
    'attempt',
    [
      'I just swallowed all my pills',
      'i took the whole bottle of pills an hour ago',
      'I overdosed and nobody knows',
      'I just tried to kill myself',
      'i already cut my wrists',
      "I'm standing on the bridge, goodbye",
      'i tried to hang myself last night',
      "I've taken all my pills",
      'I have taken all my pills',
      'I have just taken a whole bottle of pills',
      'I have cut my wrists',
      'I have overdosed',
      'I am standing on the bridge, goodbye',
    ],
  ],
  [
    'suicidal-ideation',
    'intent',
    [
      "I'm going to kill myself tonight",
      'Tonight I am ending my life.',
      "By the time you read this I'll be dead",
      "I've decided to end my life",
      'im gonna kill myself after school',
      "I won't be alive tomorrow",
      'this is my last night alive',
      'I am going to kill myself',
      "I'm going to kill myself",
      'i am gonna kill myself',
      'i will kill myself',
      'im about to kill myself',
      'i am about to end my life',
      'I am planning to kill myself',
      'I have decided to end my life',
      'I will not be alive tomorrow',
      'I am going to drive into a tree',
      "I'll be gone by morning, don't look for me",
      "I'll be gone by the time you get home, I'm sorry for everything",
    ],
  ],
  [
    'suicidal-ideation',
    'plan',
    [
      'I have a plan to kill myself',
      "I've been saving up pills to kill myself",
      'i picked a date to end my life',
      'I bought a rope to hang myself',
      'I have bought a rope to hang myself',
      'I have written my goodbye letters',
      'I wrote goodbye letters to my kids, it will be over tonight',
    ],
  ],
  [
    'suicidal-ideation',
    'method',
    [
      'I keep thinking about jumping off a bridge',
      "i'm staring at the pills and thinking about taking them all",
      'the noose in the garage keeps calling me, i think of overdosing too',
    ],
  ],
  [
    'suicidal-ideation',
    'active',
    [
      'I want to kill myself',
      'i am suicidal',
      'I keep thinking about killing myself',
      "I'm having suicidal thoughts again",
      'i just wanna kms',
      'Dying is the only way out',
      'want to commit suicide and cant tell anyone',
      "I don't have the courage to kill myself yet",
      'I would kill myself if I had the courage',
      "I'm too scared to kill myself",
      'I am having suicidal thoughts',
      'I cannot stop thinking about suicide',
    ],
  ],
  [
    'self-harm',
    'active',
    [
      'I cut myself again last night',
      'I have the urge to cut myself',
      'I keep cutting myself',
      'I want to hurt myself so bad',
      'i relapsed and started cutting',
      'I have cut myself again',
      'I am going to hurt myself',
      'I am cutting myself',
      'I cannot stop cutting myself',
    ],
  ],
  [
    'harm-to-others',
    'intent',
    [
      'I am going to kill my boss tomorrow',
      "I'm going to stab him tonight",
      'I have a gun and I am going to shoot my boss',
      "I'm planning to kill my husband",
      'I will kill her, I mean it',
    ],
  ],
]

/** Hidden from a filter or typed in haste; a reader sees the same sentence. */
const hidden: readonly [way: string, text: string][] = [
  ['digits for letters', 'i want to k1ll mys3lf'],
  ['digits for letters', 'I am su1c1dal'],
  ['symbols for letters', 'i want to k!ll my$elf'],
  ['masked letters', 'i want to k*ll myself tonight'],
  ['spaced letters', 'i want to k i l l myself'],
  ['dotted letters', 'i want to k.i.l.l myself'],
  ['held letters', 'i want to kiiiill myselffff'],
  ['glued words', 'iwanttokillmyself'],
  ['halved words', 'i want to commit sui cide'],
  ['a slip', 'i want to kill mysefl'],
  ['a slip', 'i am sucidal'],
  ['an own word', 'i want to unalive myself'],
  ['Cyrillic letters', 'I wаnt tо kіll mуsеlf'],
  ['full-width letters', 'Ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ'],
  ['invisible characters', 'I want to ki\u200bll my\u200dse\u2060lf'],
  ['accents', 'Ì wánt tö kíll mýsélf'],
  ['mathematical letters', '𝐈 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐤𝐢𝐥𝐥 𝐦𝐲𝐬𝐞𝐥𝐟'],
]

const rank = (level: CrisisLevel | undefined) =>
  level === undefined ? -1 : CrisisLevel.options.indexOf(level)

describe('explicit words alert by rule', () => {
  describe.each(english)('%s, %s', (category, level, texts) => {
    it.each(texts)('%s', (text) => {
      expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true, category, level })
      expect(shipped.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true, category, level })
    })
  })

  describe.each(otherLanguages)('%s: %s, at least %s', (_lang, category, level, texts) => {
    it.each(texts)('%s', (text) => {
      for (const assessor of [deaf, shipped]) {
        const found = assessor.assess(text)
        expect(found).toMatchObject({ outcome: 'alert', isCritical: true, category, bypass: undefined })
        expect(rank(found.level)).toBeGreaterThanOrEqual(rank(level))
      }
    })
  })

  it.each(hidden)('%s hide nothing: %s', (_way, text) => {
    expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true })
    expect(shipped.assess(text).outcome).toBe('alert')
  })

  it.each([
    'I want to kill myself, for real, no joke',
    "lol I'm going to take all my pills, i have a plan to kill myself",
    'haha i just swallowed all my pills',
  ])('a joking tone does not silence: %s', (text) => {
    expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true })
  })

  it('leaves a wish that is told as a joke to the models', () => {
    expect(deaf.assess('i want to kill myself lol').isCritical).toBe(false)
  })
})

describe('no rule alerts by itself on', () => {
  describe.each(twins)('%s', (_kind, texts) => {
    it.each(texts)('%s', (text) => {
      expect(deaf.assess(text)).toMatchObject({ outcome: 'clear', isCritical: false })
      expect(shipped.assess(text).isCritical).toBe(false)
    })
  })

  it('hears the twin of each joke, story and denial when it is meant', () => {
    for (const text of [
      'I want to kill myself and this is not about my novel, it is about me',
      "I'm not joking, I am going to kill myself tonight",
      "I don't know if I want to kill myself or just sleep, but I am suicidal",
      'years ago i tried to kill myself and lately i want to kill myself again',
    ])
      expect([text, deaf.assess(text).outcome]).toEqual([text, 'alert'])
  })
})
