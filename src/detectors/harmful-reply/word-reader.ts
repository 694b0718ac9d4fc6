import { type Folder, originBehind, originOf, textOfUnits } from '../text/fold.ts'
import { isWordUnit } from '../text/tokens.ts'

/**
 * Reads words from a text that arrives in pieces, as a tokenizer would read them from the whole: folded, apostrophes inside
 * a word gone. What stands at the end may still grow and is kept as `growing`.
 */
export interface WordReader {
  /** `start` is where the piece begins; `visit` gets each word that ended, with its offsets in the original. */
  read(piece: string, start: number, visit: Visit): void
  /** There is no more: what was growing is a word. */
  finish(visit: Visit): void
  /** The word that may go on, or empty. */
  growing(): string
  growingStart(): number
}

type Visit = (word: string, start: number, end: number) => void

/** No word is longer; more than this is skipped, so that a text without spaces stays cheap. */
const maxWordUnits = 40
const apostrophe = 39

/** Many readers may share a folder: it is done with a piece when the words of it have been read. */
export function createWordReader(folder: Folder): WordReader {
  let word = ''
  let wordStart = 0
  let wordEnd = 0
  let isAfterApostrophe = false
  const finish = (visit: Visit) => {
    if (word !== '') visit(word, wordStart, wordEnd)
    word = ''
    isAfterApostrophe = false
  }
  return {
    read(piece, start, visit) {
      const folded = folder.fold(piece)
      const { units, length } = folded
      for (let at = 0; at < length; ) {
        const unit = units[at] ?? 0
        if (isWordUnit(unit)) {
          let until = at + 1
          while (isWordUnit(units[until] ?? 0)) until++
          if (word === '') wordStart = start + originOf(folded, at)
          if (word.length < maxWordUnits) word += textOfUnits(units, at, until)
          wordEnd = start + originBehind(folded, until)
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
      folder.forget()
    },
    finish,
    growing: () => word,
    growingStart: () => wordStart,
  }
}
