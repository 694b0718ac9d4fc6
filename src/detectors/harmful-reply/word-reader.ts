import { fold } from '../text/fold.ts'
import { isWordUnit } from '../text/tokens.ts'

/**
 * Reads words from a text that arrives in pieces, as `tokenize` would read them from the whole: folded, apostrophes inside
 * a word gone. What stands at the end may still grow and is kept as `growing`.
 */
export interface WordReader {
  /** `start` is where the piece begins; `visit` gets each word that ended, with its offsets in the original. */
  read(piece: string, start: number, visit: Visit): void
  /** There is no more: what was growing is a word. */
  finish(visit: Visit): void
  /** The word that may go on, or empty. */
  readonly growing: string
  readonly growingStart: number
}

type Visit = (word: string, start: number, end: number) => void

/** No word is longer; more than this is skipped, so that a text without spaces stays cheap. */
const maxWordUnits = 40

export function createWordReader(): WordReader {
  let word = ''
  let wordStart = 0
  let wordEnd = 0
  let isAfterApostrophe = false
  const finish = (visit: Visit) => {
    if (word !== '') visit(word, wordStart, wordEnd)
    word = ''
    isAfterApostrophe = false
  }
  const take = (text: string, startOf: (at: number) => number, visit: Visit) => {
    for (let at = 0; at < text.length; ) {
      const unit = text.charCodeAt(at)
      if (isWordUnit(unit)) {
        let until = at + 1
        while (until < text.length && isWordUnit(text.charCodeAt(until))) until++
        if (word === '') wordStart = startOf(at)
        if (word.length < maxWordUnits) word += text.slice(at, until)
        wordEnd = startOf(until)
        isAfterApostrophe = false
        at = until
        continue
      }
      if (word !== '') {
        if (unit === apostrophe && !isAfterApostrophe) isAfterApostrophe = true
        else finish(visit)
      }
      at++
    }
  }
  return {
    read(piece, start, visit) {
      if (isPlain(piece)) {
        take(piece.toLowerCase(), (at) => start + at, visit)
      } else {
        const { text, origins } = fold(piece)
        take(text, (at) => start + (origins[at] ?? 0), visit)
      }
    },
    finish,
    get growing() {
      return word
    },
    get growingStart() {
      return wordStart
    },
  }
}

const apostrophe = 39
const backtick = 96

/** Nothing in it folds into anything but lower case, so that it need not be asked where each unit came from. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 127 || unit === backtick) return false
  }
  return true
}
