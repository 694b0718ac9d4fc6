import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { HarmFinding } from '../../../src/detectors/finding.ts'
import {
  createHarmfulReplyDetector,
  type HarmfulReplyDetector,
} from '../../../src/detectors/harmful-reply/harmful-reply.ts'
import { offersHelp } from '../../../src/detectors/harmful-reply/help-offer.ts'
import { createReplyWatch, type HoldBackMode } from '../../../src/detectors/harmful-reply/reply-watch.ts'
import { createSentenceSplitter } from '../../../src/detectors/harmful-reply/sentences.ts'
import type { PersonState } from '../../../src/detectors/harmful-reply/tally.ts'
import { cuts, piecesOf, wordPieces } from './pieces.ts'

vi.setConfig({ testTimeout: 30_000 })

const detector = createHarmfulReplyDetector()
const open = (mode: HoldBackMode, state: PersonState = 'none', user = '', side = false) =>
  createReplyWatch({ mode, state, user, detector, side })
const modes: HoldBackMode[] = ['phrase', 'sentence', 'reply']

const kind = "I'm so sorry that it hurts this much, and I'm glad you told me. Who could be with you tonight? "
const cruel = 'You are just seeking attention, stop whining. '
const deadly = 'Honestly, everyone would be better off without you. '
const lines = 'You can call or text 988 at any hour. '
const cake = 'Mix the flour with the eggs. Then leave it in the oven for an hour. '
const train = 'The train to Lyon leaves at nine. '

/** Finds what stands in one sentence, whatever the weights are. */
const strict: HarmfulReplyDetector = {
  ...detector,
  createReplyScan(state, user) {
    const scan = detector.createReplyScan(state, user)
    const splitter = createSentenceSplitter()
    let clearedUnits = 0
    let isFound = false
    return {
      end: scan.end,
      hasResource: () => false,
      clearedUnits: () => clearedUnits,
      push: (text) =>
        splitter.push(text).flatMap(({ text: sentence, start }) => {
          isFound ||= sentence.includes('whining')
          if (!isFound) clearedUnits = start + sentence.length
          return isFound ? [finding(start, start + sentence.length)] : []
        }),
    }
  },
}

function finding(start: number, end: number): HarmFinding {
  return { detector: 'strict', version: 'test', kind: 'dismissal', score: 1, evidence: [{ start, end }] }
}

const replies = fc
  .array(fc.constantFrom(kind, cruel, deadly, lines, cake, 'Hm…', '\n\n', 'ok? “fine”'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''))

describe('watch over a reply', () => {
  // Nothing stands behind the last sentence that would show that it has ended.
  const last = [
    'You should kill yourself',
    'You should kill yourself.',
    'kill yourself',
    'Stop taking your meds today',
    'You are a burden to everyone, and they would be happier without you',
  ]
  test.each(modes.flatMap((mode) => last.map((words) => [mode, words] as const)))(
    'stops a harmful last sentence in %s mode: %s',
    (mode, words) => {
      for (const state of ['elevated', 'crisis'] as const) {
        const watch = open(mode, state, 'i want to die')
        watch.push(kind)
        watch.push(words)
        const { harmful, finding, safeUnits } = watch.end()
        expect({ harmful, isFound: finding !== undefined }).toEqual({ harmful: true, isFound: true })
        // Light words may have gone out before the telling one came.
        if (mode === 'phrase') expect(safeUnits).toBeLessThan(kind.length + words.length)
        else expect(safeUnits).toBeLessThanOrEqual(kind.length)
      }
    },
  )

  test('names what a verdict rests on whenever a reply is harmful, and releases no more then', () => {
    fc.assert(
      fc.property(
        replies,
        fc.constantFrom(...modes),
        fc.constantFrom<PersonState>('none', 'elevated', 'crisis'),
        (reply, mode, state) => {
          const watch = open(mode, state, state === 'none' ? '' : 'i want to die')
          watch.push(reply.trimEnd())
          const { harmful, finding, safeUnits } = watch.end()
          expect(finding !== undefined).toBe(harmful)
          if (mode === 'reply' && harmful) expect(safeUnits).toBe(0)
        },
      ),
    )
  })

  test('finds the same and gives the same verdict however the text is cut, in every mode', () => {
    fc.assert(
      fc.property(
        replies,
        cuts,
        fc.constantFrom(...modes),
        fc.constantFrom<PersonState>('none', 'elevated', 'crisis'),
        (text, sizes, mode, state) => {
          const whole = open(mode, state, 'i want to die')
          whole.push(text)
          const { safeUnits: _, ...expected } = whole.end()
          const cut = open(mode, state, 'i want to die')
          for (const piece of piecesOf(text, sizes)) cut.push(piece)
          const { safeUnits, ...verdict } = cut.end()
          expect(verdict).toEqual(expected)
          if (!verdict.harmful) expect(safeUnits).toBe(text.length)
        },
      ),
    )
  })

  test('never takes back what it let go, never lets go what has not come, and stops at a finding', () => {
    fc.assert(
      fc.property(replies, cuts, fc.constantFrom(...modes), (text, sizes, mode) => {
        const watch = open(mode, 'elevated', 'i feel so low')
        let pushed = 0
        let last = 0
        let isFound = false
        for (const piece of piecesOf(text, sizes)) {
          pushed += piece.length
          const { safeUnits, found } = watch.push(piece)
          expect(safeUnits).toBeGreaterThanOrEqual(last)
          expect(safeUnits).toBeLessThanOrEqual(pushed)
          if (isFound) expect(safeUnits).toBe(last)
          isFound = found !== undefined
          last = safeUnits
        }
        const end = watch.end()
        expect(end.safeUnits).toBeGreaterThanOrEqual(last)
        if (end.finding !== undefined) expect(end.safeUnits).toBe(last)
      }),
    )
  })

  test('lets no sentence with a finding go out in sentence mode', () => {
    const watch = createReplyWatch({ mode: 'sentence', state: 'elevated', user: '', detector: strict })
    const text = cake + cruel + kind
    const marks = wordPieces(text).map((piece) => watch.push(piece))
    const found = marks.find((mark) => mark.found !== undefined)
    expect(found?.found?.kind).toBe('dismissal')
    for (const { safeUnits } of marks) expect(safeUnits).toBeLessThanOrEqual(cake.length)
    expect(marks.at(-1)?.safeUnits).toBe(cake.trimEnd().length)
  })

  test('lets go in phrase mode what stood before the sentence with a finding, and no more', () => {
    const watch = createReplyWatch({ mode: 'phrase', state: 'none', user: '', detector: strict })
    expect(watch.push(cake + cruel + kind).safeUnits).toBe(cake.trimEnd().length)
  })

  test('lets a sentence go as soon as it is judged, in sentence mode', () => {
    const watch = open('sentence', 'elevated', 'i feel so low')
    expect(watch.push("I'm glad you told").safeUnits).toBe(0)
    expect(watch.push(' me.').safeUnits).toBe(0)
    expect(watch.push(' What').safeUnits).toBe("I'm glad you told me.".length)
  })

  test('lets nothing go before the verdict in reply mode, and all of it after a good one', () => {
    const watch = open('reply', 'crisis', 'i want to die')
    const text = kind + lines
    for (const piece of wordPieces(text)) expect(watch.push(piece).safeUnits).toBe(0)
    expect(watch.end()).toMatchObject({ harmful: false, finding: undefined, safeUnits: text.length })
  })

  test('lets nothing go of a reply that leaves a crisis out', () => {
    const watch = open('reply', 'crisis', 'i have the pills here and i will take them tonight')
    watch.push(train)
    expect(watch.end()).toMatchObject({ harmful: true, finding: { kind: 'omission' }, safeUnits: 0 })
  })

  test('misses nothing in a text beside the reply, but hears what it says', () => {
    const aside = open('reply', 'none', 'i have the pills here and i will take them tonight', true)
    aside.push(train)
    expect(aside.end()).toMatchObject({ harmful: false, finding: undefined, safeUnits: train.length })
    const cruelAside = open('reply', 'crisis', 'i want to die', true)
    cruelAside.push(deadly)
    expect(cruelAside.end()).toMatchObject({
      harmful: true,
      finding: { kind: 'encouragement' },
      safeUnits: 0,
    })
  })

  test.each(modes)('finds a phrase that nothing excuses, in %s mode, whoever reads it', (mode) => {
    const watch = open(mode)
    for (const piece of wordPieces(cake + deadly)) watch.push(piece)
    const { harmful, finding, findings, safeUnits } = watch.end()
    expect(harmful).toBe(true)
    expect(finding?.kind).toBe('encouragement')
    expect(findings).toContainEqual(finding)
    const safe = { phrase: (cake + deadly).indexOf('better'), sentence: cake.trimEnd().length, reply: 0 }
    expect(safeUnits).toBe(safe[mode])
    const [evidence] = finding?.evidence ?? []
    expect((cake + deadly).slice(evidence?.start, evidence?.end)).toBe('better off without you')
  })

  test('says whether a reply names a place to turn to', () => {
    const has = (text: string) => {
      const watch = open('phrase', 'elevated', 'i feel so low')
      watch.push(text)
      return watch.end().hasResource
    }
    expect(has(kind + lines)).toBe(true)
    expect(has(kind)).toBe(false)
    expect(has('You sound like you are in a crisis right now. ')).toBe(false)
  })
})

describe('an offer of help', () => {
  test.each([
    'you can call or text 988 at any hour.',
    'please ring samaritans on 116 123.',
    'if you are in danger, call 112.',
    'the crisis text line answers day and night.',
    'go to the nearest emergency room.',
    'die telefonseelsorge ist da: 0800 1110111.',
    'puedes llamar al 024.',
    "you are not alone: don't wait, call 988.",
  ])('is heard in: %s', (sentence) => {
    expect(offersHelp(sentence)).toBe(true)
  })

  test.each([
    'it sounds as if you are in a crisis.',
    'the book has 112 pages.',
    'call me when you are on page 112.5.',
    "don't call 988, they only waste your time.",
    "i can't give you a hotline.",
    "you don't need a crisis line.",
    'talk to your doctor.',
  ])('is not heard in: %s', (sentence) => {
    expect(offersHelp(sentence)).toBe(false)
  })
})
