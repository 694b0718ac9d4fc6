import type { HarmFinding } from '../finding.ts'
import type { HarmFrame } from './frames/frame.ts'
import { type PhraseTables, tellingUnits } from './phrase-tables.ts'
import {
  type Begun,
  leavesQuotesOpen,
  PhraseThreads,
  phraseFinding,
  type Thread,
  type ToFinding,
} from './phrase-threads.ts'
import { createSentenceSplitter } from './sentences.ts'
import type { WatchedSentence } from './watch-scope.ts'
import { lightWords } from './watched-phrases.ts'
import { createWordReader } from './word-reader.ts'

/** How much of the text so far may go out, in UTF-16 units from its beginning, and what stopped it. */
export interface PhraseMark {
  /** Never less than before. */
  safeUnits: number
  /** The first harmful phrase; once there is one nothing more becomes safe. */
  found: HarmFinding | undefined
}

/**
 * Holds back what could still become a phrase that no reply may say, while the text of one choice arrives: from the first
 * telling word of such a phrase on, and no longer than to the end of its sentence, where its scope is known and it is
 * either found or let go. How the text is cut into pieces changes nothing in what is found. Memory does not grow.
 */
export interface PhraseWatch {
  push(text: string): PhraseMark
  end(): PhraseMark
}

export function createPhraseWatch(tables: PhraseTables, toFinding: ToFinding): PhraseWatch {
  const { beginnings, vocabulary, scope } = tables
  const phrases = new PhraseThreads(tables)
  const splitter = createSentenceSplitter()
  const reader = createWordReader(tables.folder)
  /** The sentence that has not ended, and how far in the whole text it was read. */
  let sentence = ''
  let sentenceStart = 0
  let readTo = 0
  let isInQuotes = false
  let safeUnits = 0
  let found: HarmFinding | undefined
  /** The scope of the sentence so far is asked for seldom, and often several times at once. */
  let scopeOf: { units: number; sentence: WatchedSentence } | undefined

  const isOpen = (frame: HarmFrame, from: number) => {
    if (scopeOf?.units !== readTo)
      scopeOf = { units: readTo, sentence: scope(sentence.slice(0, readTo - sentenceStart), isInQuotes) }
    return scopeOf.sentence.isOpen(frame, from)
  }
  const takeWord = (word: string, start: number, end: number) =>
    phrases.take(vocabulary.idOf(word), start, end)
  const read = (until: number) => {
    if (until <= readTo) return
    readPiece(sentence.slice(readTo - sentenceStart, until - sentenceStart))
  }
  const readPiece = (piece: string) => {
    const start = readTo
    readTo += piece.length
    reader.read(piece, start, takeWord)
  }
  const endSentence = (text: string) => {
    const end = sentenceStart + text.length
    read(end)
    reader.finish(takeWord)
    const live = phrases.firstLive(text, end, isInQuotes)
    if (live !== undefined) {
      found = phraseFinding(live, toFinding)
      advance(live.hold)
      return
    }
    isInQuotes = leavesQuotesOpen(text, isInQuotes)
    phrases.begin()
    scopeOf = undefined
    sentence = sentence.slice(text.length)
    sentenceStart = end
    readTo = end
  }
  const advance = (units: number) => {
    if (units > safeUnits) safeUnits = units
  }
  /** Where the first phrase that may still come true must be held. */
  const holdFrom = (until: number) => {
    let hold = until
    const growing = reader.growing()
    const growingStart = reader.growingStart()
    const holds = (phrase: Begun, at: number) => {
      phrase.isOpen ??= isOpen(phrase.frame, phrase.from)
      if (phrase.isOpen && at < hold) hold = at
      return phrase.isOpen
    }
    const stays = (thread: Thread) => {
      if (growing === '') return thread.hold === -1 || holds(thread, thread.hold)
      if (!leadsOn(thread, growing)) return true
      return holds(thread, thread.hold === -1 ? growingStart : thread.hold)
    }
    const { threads, completed, words } = phrases
    if (completed.length > 0) phrases.completed = completed.filter((each) => holds(each, each.hold))
    if (threads.length > 0) phrases.threads = threads.filter(stays)
    if (growing !== '' && hold > growingStart) {
      if (beginnings.get(growing)?.some((frame) => isOpen(frame, words)) === true) hold = growingStart
    }
    return hold
  }
  /** Whether the growing word can become one that the phrase needs; a short one only of a phrase that is held already. */
  const leadsOn = ({ state, hold }: Thread, growing: string) => {
    if (hold !== -1 && state.any !== undefined) return true
    return state.spellings.some(
      (word) =>
        word.startsWith(growing) &&
        (hold !== -1 ||
          // A light word is held where it is the last.
          ((!lightWords.has(word) || state.endings.includes(word)) &&
            (growing.length >= tellingUnits || growing.length === word.length))),
    )
  }
  const readNow = (text: string) => {
    if (found !== undefined || text === '') return
    sentence += text
    for (const each of splitter.push(text)) {
      endSentence(each.text)
      if (found !== undefined) return
    }
    // Half of a surrogate pair waits for the other.
    const last = text.charCodeAt(text.length - 1)
    const until = sentenceStart + sentence.length - (last >= 0xd800 && last <= 0xdbff ? 1 : 0)
    // Looking into the sentence, which has just grown, would cost more than reading the piece.
    if (until === readTo + text.length && until === sentenceStart + sentence.length) readPiece(text)
    else read(until)
    advance(holdFrom(until))
  }
  return {
    push(text) {
      readNow(text)
      return { safeUnits, found }
    },
    end() {
      if (found === undefined) {
        for (const each of splitter.end()) {
          if (found === undefined) endSentence(each.text)
        }
        if (found === undefined) advance(sentenceStart)
      }
      return { safeUnits, found }
    },
  }
}
