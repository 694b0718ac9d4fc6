import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { readReplyRows } from '../../../scripts/training/reply-rows.ts'
import { replyClasses } from '../../../src/detectors/harmful-reply/frames/classes.ts'
import { createPhraseTables } from '../../../src/detectors/harmful-reply/phrase-tables.ts'
import { createPhraseWatch, type PhraseMark } from '../../../src/detectors/harmful-reply/phrase-watch.ts'
import { toFindings } from '../../../src/detectors/harmful-reply/scan.ts'
import { createSentencePhrases } from '../../../src/detectors/harmful-reply/sentence-phrases.ts'
import { createSentenceSplitter } from '../../../src/detectors/harmful-reply/sentences.ts'
import { watchedPhrases } from '../../../src/detectors/harmful-reply/watched-phrases.ts'
import { createVocabulary } from '../../../src/detectors/phrases/phrase-trie.ts'
import { createTokenizer } from '../../../src/detectors/text/tokens.ts'
import { createWordBook } from '../../../src/detectors/text/word-book.ts'
import { cutInto, cuts, piecesOf, wordPieces } from './pieces.ts'

vi.setConfig({ testTimeout: 30_000 })

const tables = createPhraseTables(createVocabulary())
const finding = toFindings('test')
const tokenizer = createTokenizer(
  createWordBook((text, hash) => ({ text, hash, id: tables.vocabulary.idOf(text) })),
)
const foundIn = (text: string) => {
  const watch = createPhraseWatch(tables, finding)
  watch.push(text)
  return watch.end().found
}
/** The same where whole sentences are held back. */
const firstOfSentences = (text: string) => {
  const phrases = createSentencePhrases(tables, finding)
  const splitter = createSentenceSplitter()
  for (const sentence of [...splitter.push(text), ...splitter.end()]) {
    const found = phrases.judge(sentence, tokenizer.read(sentence.text))
    if (found !== undefined) return found
  }
  return undefined
}
const before = 'Thank you for telling me about your week. It sounds long. '
const after = ' Have a nice evening.'

/** What a pattern of the list says, with one alternative of each part. */
function sampleOf(pattern: string, pick: (choices: string[]) => string): string {
  const words: string[] = []
  for (const [, phrases, name, word, question] of pattern.matchAll(
    /(?:\(([^()]*)\)|<([a-z]+)>|([^\s?()<>]+))(\?)?/g,
  )) {
    const choices = (phrases ?? (name === undefined ? word : replyClasses[name]) ?? '').split('|')
    words.push(pick(question === '?' ? ['', ...choices] : choices))
  }
  return words.filter((each) => each !== '').join(' ')
}

const samples: fc.Arbitrary<string> = fc
  .constantFrom(...watchedPhrases.flatMap(({ patterns }) => patterns))
  .chain((pattern) =>
    fc
      .array(fc.nat(), { minLength: 12, maxLength: 12 })
      .map((picks) => sampleOf(pattern, (choices) => choices[(picks.shift() ?? 0) % choices.length] ?? '')),
  )

/** Pieces of replies in which scope, quotation and appearance matter. */
const sentences = [
  'I am glad that you wrote to me.',
  'Everyone would be better off without you.',
  'That is what depression says: everyone would be better off without you.',
  'Please never hurt yourself!',
  'You should kill yourself.',
  'He wrote "kill yourself" to you?',
  '"You should go. Nobody will miss you," she said.',
  'Kill yo\u200burself tonight.',
  'Nоbody wоuld miss yоu.',
  'I’m not a robot.',
  'You could do better with less coffee… or none 💀',
  'Here is how to hide your cuts.',
  'Stop taking your meds',
  '1. Take a walk\n2. Better sleep\n',
]
const texts = fc
  .array(fc.constantFrom(...sentences), { minLength: 1, maxLength: 6 })
  .map((some) => some.join(' '))

describe('watch over phrases', () => {
  test('never lets a complete phrase go out, whichever it is and however it arrives', () => {
    fc.assert(
      fc.property(samples, cuts, (phrase, sizes) => {
        const text = `${before}${phrase}.${after}`
        const watch = createPhraseWatch(tables, finding)
        const marks = piecesOf(text, sizes).map((piece) => watch.push(piece))
        marks.push(watch.end())
        for (const { safeUnits } of marks) expect(safeUnits).toBeLessThan(before.length + phrase.length)
        const found = marks.at(-1)?.found
        expect(found, phrase).toBeDefined()
        const [evidence] = found?.evidence ?? []
        expect(phrase).toContain(text.slice(evidence?.start, evidence?.end))
      }),
      { numRuns: 600 },
    )
  })

  test('finds the same however the text is cut', () => {
    fc.assert(
      fc.property(texts, cuts, (text, sizes) => {
        const watch = createPhraseWatch(tables, finding)
        for (const piece of piecesOf(text, sizes)) watch.push(piece)
        expect(watch.end().found).toEqual(foundIn(text))
        expect(firstOfSentences(text)).toEqual(foundIn(text))
      }),
      { numRuns: 400 },
    )
  })

  test('never takes back what it let go, and never lets go what has not come', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary', maxLength: 80 })), cuts, (text, sizes) => {
        const watch = createPhraseWatch(tables, finding)
        let pushed = 0
        let last = 0
        const keeps = ({ safeUnits }: PhraseMark) => {
          const isKept = last <= safeUnits && safeUnits <= pushed
          last = safeUnits
          return isKept
        }
        const pieces = piecesOf(text, sizes)
        const kept = pieces.map((piece) => {
          pushed += piece.length
          return keeps(watch.push(piece))
        })
        const end = watch.end()
        expect([...kept, keeps(end)]).not.toContain(false)
        if (end.found === undefined) expect(end.safeUnits).toBe(text.length)
      }),
    )
  })

  test.each([
    ['letters that only look alike', 'Nоbоdy wоuld miss yоu.'],
    ['invisible characters', 'You should ki\u200bll your\u200dself.'],
    ['full-width letters', 'Ｋｉｌｌ ｙｏｕｒｓｅｌｆ now.'],
    ['capitals', 'KILL YOURSELF.'],
    ['a phrase at the very end', 'just kill yourself'],
    ['a demand dressed as a question', "Why don't you kill yourself?"],
    ['quotation marks that are not about the phrase', 'He is "fine". You should kill yourself.'],
    ['a list', '1. Kill yourself\n2. Rest\n'],
  ])('hears it through %s', (_, text) => {
    expect(foundIn(text)?.kind).toBe('encouragement')
  })

  test.each([
    "Please don't hurt yourself.",
    'You never deserve to die for this.',
    'Are you thinking about killing yourself?',
    'Do you feel that everyone would be better off without you?',
    'Depression says that everyone would be better off without you.',
    'Everyone would be better off without you, it whispers, and that is not true.',
    'Everyone would be better off without you is a lie.',
    'Everyone would be better off without you? I do not see it that way.',
    "Nobody who loves you should say 'kill yourself'.",
    'He wrote "kill yourself" under your picture, and that hurts.',
    '"I have waited. Nobody will miss you," said the wolf.',
    "I can't tell you to stop taking your meds.",
    'Cut yourself some slack, you could do better with more sleep.',
    "I'm worried that you might kill yourself tonight.",
    'If you hurt yourself badly, call 911.',
    'The best way to kill a zombie process is to end its parent.',
    "I'm not a therapist, and I'm an AI.",
  ])('lets go: %s', (text) => {
    const watch = createPhraseWatch(tables, finding)
    for (const piece of wordPieces(text)) watch.push(piece)
    expect(watch.end()).toEqual({ safeUnits: text.length, found: undefined })
  })

  test('holds a word that may still grow into the end of a phrase, and lets it go when it grows otherwise', () => {
    const watch = createPhraseWatch(tables, finding)
    expect(watch.push('You should kill your').safeUnits).toBe(11)
    expect(watch.push('sel').safeUnits).toBe(11)
    expect(watch.push('ves').safeUnits).toBe('You should kill yourselves'.length)
  })

  test('stops for good at the telling word of what it found', () => {
    const watch = createPhraseWatch(tables, finding)
    watch.push('I hear you. You should kill yourself. ')
    const { safeUnits, found } = watch.push('I am here for you.')
    expect(safeUnits).toBe('I hear you. You should '.length)
    expect(found?.evidence).toEqual([{ start: 12, end: 36 }])
  })

  test('keeps little of a text without an end', () => {
    const watch = createPhraseWatch(tables, finding)
    for (let round = 0; round < 200; round++) watch.push('kill kill better nobody would '.repeat(10))
    const { safeUnits } = watch.push('and then')
    expect(200 * 300 - safeUnits).toBeLessThan(700)
  })
})

describe('benign replies while phrases are watched', async () => {
  const rows = await readReplyRows(join(import.meta.dirname, '../../../training/replies'))
  const benign = [...rows.filter(({ label }) => label === 0).map(({ text }) => text), ...everyday()]

  test('are cut nowhere', () => {
    expect(benign.filter((text) => foundIn(text) !== undefined)).toEqual([])
  })

  test.each([
    ['words', wordPieces],
    ['four characters', (text: string) => cutInto(text, 4)],
  ])('keep the timing of nearly all chunks of %s, and the rest within their sentence', (_, cut) => {
    let chunks = 0
    let delayed = 0
    for (const text of benign) {
      const watch = createPhraseWatch(tables, finding)
      const splitter = createSentenceSplitter()
      let pushed = 0
      let sentenceStart = 0
      for (const piece of cut(text)) {
        for (const sentence of splitter.push(piece)) sentenceStart = sentence.start + sentence.text.length
        pushed += piece.length
        chunks++
        const { safeUnits } = watch.push(piece)
        if (safeUnits < pushed) delayed++
        expect(safeUnits).toBeGreaterThanOrEqual(sentenceStart)
      }
    }
    expect(chunks).toBeGreaterThan(20_000)
    expect(delayed / chunks).toBeLessThan(0.015)
  })

  test('reads letters beyond the basic plane however their halves are cut apart', () => {
    const text = `You should ${'kill yourself'.replace(/[a-z]/g, (letter) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97))} now. ok then.`
    for (let size = 1; size <= 7; size++) {
      const watch = createPhraseWatch(tables, finding)
      for (let at = 0; at < text.length; at += size) watch.push(text.slice(at, at + size))
      expect([size, watch.end().found?.kind]).toEqual([size, 'encouragement'])
    }
  })
})

function everyday(): string[] {
  return [
    'Better sleep starts with a fixed hour: go to bed at ten, and leave the phone in another room.',
    'To end the meeting early, click the red button; everyone else can stay in the call.',
    'You could cut the onions first, then take the whole bunch of parsley and chop it finely.',
    'The easiest way to kill weeds is to pull them out after rain, roots and all.',
    'Nobody would notice the typo, but you can fix it with one click.',
    'That sounds painful. What hurts the most when you think about the move?',
    'There is nothing left to do for the report except the summary on page two.',
    'It takes courage to say that. Would you like to tell me more about your brother?',
    'Your plan to run ten kilometres sounds great; the best way to train is slowly.',
    'I would skip the second coffee, and have a glass of water instead.',
    'Are you safe right now? You can call or text 988 at any hour, and I can stay here while you do.',
    'I am an AI, not a person, but I am listening. What would help tonight?',
    'Dying your hair at home is fine; leave the colour on for half an hour.',
    'The death of a pet is a real loss. You deserve time to grieve.',
    'If the pain gets worse, or you have a fever, please see a doctor today.',
    'You deserve to be treated with respect, and you do not have to decide anything tonight.',
    'Happier days may come sooner than it feels now; until then small steps are enough.',
    'To stop the server, press Ctrl+C; to kill it, use its process id.',
    'Better off with the train than with the car: no traffic and a seat by the window.',
    'Taking your medicine at the same hour each day helps; ask your pharmacist about the alarm.',
  ]
}
