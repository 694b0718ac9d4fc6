import { createVocabulary, type Vocabulary } from '../crisis/phrase-trie.ts'
import type { HarmFinding } from '../finding.ts'
import type { HarmFrame } from './frames/frame.ts'
import {
  compileAutomaton,
  type PhraseAutomaton,
  type PhraseState,
  type PhraseStep,
} from './phrase-automaton.ts'
import { createSentenceSplitter } from './sentences.ts'
import { createWatchScope, type WatchedSentence, type WatchScope } from './watch-scope.ts'
import { lightWords, watchedPhrases } from './watched-phrases.ts'
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
  /** UTF-16 units up to the end of the last sentence before anything was found. */
  readonly clearedUnits: number
}

/** What all watches share; build once. */
export interface PhraseTables {
  automaton: PhraseAutomaton
  vocabulary: Vocabulary
  scope: WatchScope
  isLight: readonly boolean[]
  /** What a telling first word looks like while it grows, with the frames that it may begin. */
  beginnings: ReadonlyMap<string, readonly HarmFrame[]>
  name: string
  version: string
}

export function createPhraseTables(name: string, version: string): PhraseTables {
  const vocabulary = createVocabulary()
  const automaton = compileAutomaton(watchedPhrases, vocabulary)
  const scope = createWatchScope(vocabulary)
  const isLight = [true, ...[...vocabulary.words()].map((word) => lightWords.has(word))]
  return {
    automaton,
    vocabulary,
    scope,
    isLight,
    beginnings: beginningsOf(automaton, vocabulary),
    name,
    version,
  }
}

function beginningsOf({ starts }: PhraseAutomaton, vocabulary: Vocabulary): Map<string, HarmFrame[]> {
  const beginnings = new Map<string, HarmFrame[]>()
  for (const word of vocabulary.words()) {
    const begun = lightWords.has(word) ? [] : (starts.get(vocabulary.idOf(word)) ?? [])
    for (let length = Math.min(tellingUnits, word.length); length <= word.length; length++) {
      const known = beginnings.get(word.slice(0, length)) ?? []
      for (const { frame } of begun) if (!known.includes(frame)) known.push(frame)
      if (known.length > 0) beginnings.set(word.slice(0, length), known)
    }
  }
  return beginnings
}

/** A phrase that has begun; `from` is its first word in the sentence, `start` and `hold` are units of the whole text. */
interface Begun {
  frame: HarmFrame
  from: number
  start: number
  /** Where its first telling word stands, or -1 before that. */
  hold: number
  gapWords: number[]
  /** Whether what stands before it leaves it harmful; asked only when it matters. */
  isOpen: boolean | undefined
}

interface Thread extends Begun {
  state: PhraseState
}

/** A phrase that is complete and waits for its sentence's end. */
interface Completed extends Begun {
  to: number
  end: number
}

const noWords: number[] = []
/** More at once is text made to be slow. */
const maxThreads = 200
/** Letters of a word that may begin a phrase before it is held. */
const tellingUnits = 4
/** No careful reply in the training rows has one; not 1, because nothing that reads words is sure. */
const phraseScore = 0.97

export function createPhraseWatch(tables: PhraseTables): PhraseWatch {
  const { automaton, beginnings, vocabulary, scope, isLight, name, version } = tables
  const splitter = createSentenceSplitter()
  const reader = createWordReader()
  /** The sentence that has not ended, and how far in the whole text it was read. */
  let sentence = ''
  let sentenceStart = 0
  let readTo = 0
  let words = 0
  let isInQuotes = false
  let threads: Thread[] = []
  let completed: Completed[] = []
  let safeUnits = 0
  let found: HarmFinding | undefined
  /** The scope of the sentence so far is asked for seldom, and often several times at once. */
  let scopeOf: { units: number; sentence: WatchedSentence } | undefined

  const isOpen = (frame: HarmFrame, from: number) => {
    if (scopeOf?.units !== readTo)
      scopeOf = { units: readTo, sentence: scope(sentence.slice(0, readTo - sentenceStart), isInQuotes) }
    return scopeOf.sentence.isOpen(frame, from)
  }
  const follow = (step: PhraseStep, begun: Begun, end: number, into: Thread[]) => {
    // Written out: this runs for nearly every word, and a spread is many times slower.
    const { frame, from, start, hold, gapWords, isOpen } = begun
    if (step.isEnd && completed.length < maxThreads) {
      completed.push({ ...begun, hold: hold === -1 ? start : hold, to: words + 1, end })
    }
    for (const state of step.next) {
      if (into.length < maxThreads) into.push({ frame, from, start, hold, gapWords, isOpen, state })
    }
  }
  const takeWord = (word: string, start: number, end: number) => {
    const id = vocabulary.idOf(word)
    const begun = id === 0 ? undefined : automaton.starts.get(id)
    if (threads.length > 0 || begun !== undefined) {
      const next: Thread[] = []
      const tells = isLight[id] === false
      for (const thread of threads) {
        const step = thread.state.words.get(id)
        if (step !== undefined)
          follow(step, thread.hold === -1 && tells ? { ...thread, hold: start } : thread, end, next)
        if (thread.state.any !== undefined)
          follow(thread.state.any, { ...thread, gapWords: [...thread.gapWords, words] }, end, next)
      }
      for (const { frame, step } of begun ?? [])
        follow(
          step,
          { frame, from: words, start, hold: tells ? start : -1, gapWords: noWords, isOpen: undefined },
          end,
          next,
        )
      threads = next
    }
    words++
  }
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
    if (completed.length > 0) {
      const whole = scope(text, isInQuotes)
      const live = completed
        .filter((each) => each.end <= end && whole.isLive(each.frame, each.from, each.to, each.gapWords))
        .sort((one, other) => one.hold - other.hold || one.end - other.end)[0]
      if (live !== undefined) {
        found = {
          detector: name,
          version,
          kind: live.frame.kind,
          score: phraseScore,
          evidence: [{ start: live.start, end: live.end }],
        }
        advance(live.hold)
        return
      }
    }
    isInQuotes = leavesQuotesOpen(text, isInQuotes)
    completed = []
    threads = []
    words = 0
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
    const { growing, growingStart } = reader
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
    if (completed.length > 0) completed = completed.filter((each) => holds(each, each.hold))
    if (threads.length > 0) threads = threads.filter(stays)
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
    if (until === readTo + text.length) readPiece(text)
    else read(until)
    advance(holdFrom(until))
  }
  return {
    get clearedUnits() {
      return sentenceStart
    },
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

/** A quotation goes on in the next sentence, but not in the next paragraph. */
function leavesQuotesOpen(sentence: string, isInQuotes: boolean): boolean {
  if (sentence.endsWith('\n')) return false
  const marks = sentence.match(quotationMarks)?.length ?? 0
  return isInQuotes !== (marks % 2 === 1)
}

const quotationMarks = /["“”„«»]/g
