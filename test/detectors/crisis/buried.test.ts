import { describe, expect, it } from 'vitest'
import { createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'
import { createGrammar } from '../../../src/detectors/crisis/grammar.ts'
import { createTextLimit } from '../../../src/detectors/crisis/text-limit.ts'
import { lookAlikes } from '../../../src/detectors/text/confusables.ts'
import { createDeafAssessor } from './deaf-assessor.ts'

const assessor = createCrisisAssessor()
const deaf = createDeafAssessor()

/** The same numbers every time. */
function createDice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * sides)
  }
}

const who = [
  'My sister',
  'The neighbour',
  'Our teacher',
  'A colleague',
  'The old man',
  'Everybody',
  'The driver',
  'I',
]
const did = [
  'walked past',
  'wrote about',
  'was asked for',
  'lost',
  'painted',
  'had been looking at',
  'sold',
  'killed time in',
]
const what = [
  'the garden',
  'a book',
  'this game',
  'the server',
  'some bread',
  'the station',
  'an essay',
  'a film',
]
const when = [
  'years ago',
  'in the morning',
  'last year',
  'while it rained',
  'for the third time',
  'after work',
  'without much hope',
]
const after = ['. ', '. ', '! ', '? ', '. The pills were on the table. ']

function variedText(units: number, dice: (sides: number) => number): string[] {
  const sentences: string[] = []
  const pick = (words: readonly string[]) => words[dice(words.length)] ?? ''
  for (let length = 0; length < units; length += sentences.at(-1)?.length ?? 0)
    sentences.push(
      dice(100) === 0 ? excuse : `${pick(who)} ${pick(did)} ${pick(what)} ${pick(when)}${pick(after)}`,
    )
  return sentences
}

const excuse = 'Years ago I was ill, lol, but I am fine now. '
const filler = 'We walked to the market and bought bread, apples and a newspaper for the train. '

describe.each([
  ['100,000 characters of varied text', variedText(100_000, createDice(1))],
  ['100,000 characters of one sentence', Array.from({ length: 1_250 }, () => filler)],
  ['8,000 characters of varied text', variedText(8_000, createDice(2))],
  ['a million characters of varied text', variedText(1_000_000, createDice(3))],
])('in %s', { timeout: 60_000 }, (_name, sentences) => {
  it.each(['I want to kill myself tonight. ', 'I am going to hang myself. ', 'I took all my pills. '])(
    'is heard at nearly every place: %s',
    (disclosure) => {
      const dice = createDice(7)
      const places = Array.from({ length: 40 }, () => dice(sentences.length))
      const heard = places.filter((place) => {
        const text = [...sentences.slice(0, place), disclosure, ...sentences.slice(place)].join('')
        const found = deaf.assess(text)
        return (
          found.outcome === 'alert' &&
          found.evidence.some(({ start, end }) => disclosure.includes(text.slice(start, end)))
        )
      })
      expect(heard.length).toBeGreaterThanOrEqual(0.95 * places.length)
    },
  )

  it('nothing else is', () => {
    expect(assessor.assess(sentences.join('')).outcome).toBe('clear')
  })
})

describe('what is said elsewhere in a long text', () => {
  const calmly = 'We talked about the garden and the weather for a while. '.repeat(12)

  it.each([
    'Years ago I was ill but I am fine now. ',
    'I wrote a novel about a character who hides. ',
    'The docker container on my server died, what a game. ',
    'lol that was funny haha. ',
  ])('excuses nothing: %s', (elsewhere) => {
    expect(deaf.assess(`${elsewhere}${calmly}I swallowed all my pills. ${calmly}`).outcome).toBe('alert')
    expect(deaf.assess(`${calmly}I am going to kill myself tonight. ${calmly}${elsewhere}`).outcome).toBe(
      'alert',
    )
  })

  it('what is past is excused by the sentence beside it', () => {
    const text = `${calmly}Years ago I planned to kill myself. Therapy helped and I am fine now. ${calmly}`
    expect(deaf.assess(text)).toMatchObject({ outcome: 'clear', isCritical: false })
  })
})

describe('the parts of a very long text', () => {
  const limit = createTextLimit(createGrammar(), lookAlikes)

  it('are all of a text that is not very long', () => {
    expect(limit(filler)).toMatchObject({ text: filler, isPartial: false })
  })

  it('are bounded and know where they come from', () => {
    const text = `${filler.repeat(9_000)}I want to ${'\u200b'}kill mуself. ${filler.repeat(9_000)}`
    const cut = limit(text)
    expect(cut.isPartial).toBe(true)
    expect(cut.text.length).toBeLessThan(60_000)
    const at = cut.text.indexOf('kill mуself')
    expect(text.slice(cut.originOf(at), cut.originOf(at + 11))).toBe('kill mуself')
    expect(cut.originOf(cut.text.length)).toBe(text.length)
  })
})
