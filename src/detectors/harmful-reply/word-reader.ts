import { fold } from '../text/fold.ts'
import { isWordUnit } from '../text/tokens.ts'

/**
 * Reads words from a text that arrives in pieces, as `tokenize` would read them from the whole: folded, apostrophes inside
 * a word gone. What stands at the end may still grow and is kept as `growing`.
 */
export interface WordReader {
  /** `start` is where the piece begins; `visit` gets each word that ended, with its offsets in the original. */
  read(piece: string, start: number, visit: (word: string, start: number, end: number) => void): void
  /** There is no more: what was growing is a word. */
  finish(visit: (word: string, start: number, end: number) => void): void
  /** The word that may go on, or empty. */
  readonly growing: string
  readonly growingStart: number
}

/** No word is longer; more than this is skipped, so that a text without spaces stays cheap. */
const maxWordUnits = 40

export function createWordReader(): WordReader {
  let word = ''
  let wordStart = 0
  let wordEnd = 0
  let isAfterApostrophe = false
  const finish = (visit: (word: string, start: number, end: number) => void) => {
    if (word !== '') visit(word, wordStart, wordEnd)
    word = ''
    isAfterApostrophe = false
  }
  return {
    read(piece, start, visit) {
      const { text, origins } = fold(piece)
      for (let at = 0; at < text.length; at++) {
        const unit = text.charCodeAt(at)
        if (isWordUnit(unit)) {
          if (word === '') wordStart = start + (origins[at] ?? 0)
          if (word.length < maxWordUnits) word += text[at]
          wordEnd = start + (origins[at + 1] ?? 0)
          isAfterApostrophe = false
        } else if (word !== '') {
          if (unit === apostrophe && !isAfterApostrophe) isAfterApostrophe = true
          else finish(visit)
        }
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
