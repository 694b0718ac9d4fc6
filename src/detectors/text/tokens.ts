import { type Folded, fold } from './fold.ts'
import type { WordFacts } from './word-facts.ts'

/** The words of a text. Every array has one entry a word. */
export interface Tokens {
  /** The folded text, and where in it each word stands. */
  text: string
  from: number[]
  until: number[]
  words: string[]
  /** UTF-16 offsets into the original text, `ends` exclusive. */
  starts: number[]
  ends: number[]
  /** What stands before the word: `none`, or the end of a clause, or the end of a sentence. */
  breaks: Break[]
  /** Words with the same number touch: no white space between them. */
  chunks: number[]
  /** Between quotation marks. */
  quoted: boolean[]
  /** What a detector knows about each word, once it has looked them up. */
  facts?: WordFacts[]
}

export const Break = { none: 0, clause: 1, sentence: 2 } as const
export type Break = (typeof Break)[keyof typeof Break]

/** Reads the words of a text; apostrophes inside a word vanish ("don't" is `dont`). Linear. */
export function tokenize(text: string): Tokens {
  return tokenizeFolded(fold(text))
}

export function tokenizeFolded({ text, origins }: Folded): Tokens {
  const tokens: Tokens = {
    text,
    from: [],
    until: [],
    words: [],
    starts: [],
    ends: [],
    breaks: [],
    chunks: [],
    quoted: [],
  }
  let before: Break = Break.sentence
  let lineWords = 0
  let chunk = 0
  let inQuotes = false
  let quoteLimit = 0
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at)
    if (isWordUnit(unit)) {
      let end = at + 1
      let hasApostrophe = false
      while (end < text.length) {
        const next = text.charCodeAt(end)
        if (next === apostrophe && end + 1 < text.length && isWordUnit(text.charCodeAt(end + 1)))
          hasApostrophe = true
        else if (!isWordUnit(next)) break
        end++
      }
      const word = text.slice(at, end)
      tokens.words.push(hasApostrophe ? word.replaceAll("'", '') : word)
      tokens.from.push(at)
      tokens.until.push(end)
      tokens.starts.push(origins[at] ?? 0)
      tokens.ends.push(origins[end] ?? 0)
      tokens.breaks.push(before)
      lineWords++
      tokens.chunks.push(chunk)
      tokens.quoted.push(inQuotes && at < quoteLimit)
      before = Break.none
      at = end
      continue
    }
    if (unit === quote) {
      // An opening mark counts only when it is closed within reach, so that a stray one does not hide the rest.
      if (inQuotes) inQuotes = false
      else {
        const close = text.indexOf('"', at + 1)
        inQuotes = close !== -1 && close - at <= maxQuoteLength
        quoteLimit = close
      }
    }
    const kind =
      unit === lineFeed ? lineBreak(text, at, lineWords, tokens.words.at(-1)) : breakAt(text, at, unit)
    if (kind > before) before = kind
    if (unit === lineFeed) lineWords = 0
    if (unit <= 32) chunk++
    at++
  }
  return tokens
}

/** Where sentences begin and end, as word indexes; a sentence is also cut where it grows beyond `maxWords`. */
export function sentencesOf(tokens: Tokens, maxWords = 60): { from: number; to: number }[] {
  const sentences: { from: number; to: number }[] = []
  let from = 0
  for (let at = 1; at <= tokens.words.length; at++) {
    if (at === tokens.words.length || tokens.breaks[at] === Break.sentence || at - from >= maxWords) {
      sentences.push({ from, to: at })
      from = at
    }
  }
  return sentences
}

/** Some of the words, as a text of their own. */
export function sliceTokens(tokens: Tokens, { from, to }: { from: number; to: number }): Tokens {
  const breaks = tokens.breaks.slice(from, to)
  breaks[0] = Break.sentence
  return {
    text: tokens.text,
    from: tokens.from.slice(from, to),
    until: tokens.until.slice(from, to),
    words: tokens.words.slice(from, to),
    starts: tokens.starts.slice(from, to),
    ends: tokens.ends.slice(from, to),
    breaks,
    chunks: tokens.chunks.slice(from, to),
    quoted: tokens.quoted.slice(from, to),
  }
}

const apostrophe = 39
const quote = 34
const maxQuoteLength = 400

export function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit >= 128
}

const lineFeed = 10
/** Chat lines of a word or two go on in the next line. */
const wordsOfALine = 4
/** No sentence ends in these: a line that does goes on in the next one. */
const openWords: ReadonlySet<string> = new Set(
  'i im ill ive to my the a an and or but of with wanna gonna going will want just really so cant dont because that'.split(
    ' ',
  ),
)

/** What a line feed ends: nothing but a clause where a short or open line goes on, and not before a list or a gap. */
function lineBreak(text: string, at: number, lineWords: number, last: string | undefined): Break {
  const isOpen = lineWords < wordsOfALine || (last !== undefined && openWords.has(last))
  return isOpen && !isListOrGap(text.charCodeAt(at + 1)) ? Break.clause : Break.sentence
}

/** A line feed, "-", "*", "#" or a digit. */
function isListOrGap(unit: number): boolean {
  return (
    unit === lineFeed ||
    unit === 13 ||
    unit === 45 ||
    unit === 42 ||
    unit === 35 ||
    (unit >= 48 && unit <= 57)
  )
}

function breakAt(text: string, at: number, unit: number): Break {
  switch (unit) {
    case 33: // !
    case 63: // ?
      return isInsideWord(text, at) ? Break.none : Break.sentence
    case 46: // . ends a sentence only before white space, the end or another mark
      return isInsideWord(text, at) ? Break.none : Break.sentence
    case 44: // ,
    case 58: // :
    case 59: // ;
    case 40: // (
    case 41: // )
      return Break.clause
    case 45: // - is a dash only with a space beside it
      return text.charCodeAt(at + 1) === 32 || text.charCodeAt(at + 1) === 45 ? Break.clause : Break.none
    default:
      return Break.none
  }
}

function isInsideWord(text: string, at: number): boolean {
  return (
    at + 1 < text.length &&
    isWordUnit(text.charCodeAt(at + 1)) &&
    at > 0 &&
    isWordUnit(text.charCodeAt(at - 1))
  )
}
