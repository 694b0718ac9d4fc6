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
  let sinceSentence = 0
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
      sinceSentence = before === Break.sentence ? 1 : sinceSentence + 1
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
    const kind = breakAt(text, at, unit, sinceSentence)
    if (kind > before) before = kind
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

const apostrophe = 39
const quote = 34
const maxQuoteLength = 400

export function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit >= 128
}

/** Chat lines of a word or two go on in the next line. */
const wordsOfALine = 4

function breakAt(text: string, at: number, unit: number, wordsBefore: number): Break {
  switch (unit) {
    case 10: // line feed
      return wordsBefore < wordsOfALine && text.charCodeAt(at + 1) !== 10 ? Break.clause : Break.sentence
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
