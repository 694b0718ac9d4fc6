import { languagesOf, type TellingWord } from '../text/language.ts'
import { aboutNothing } from '../text/ngrams.ts'
import type { RepairableWord } from '../text/repair.ts'
import { isOrdinaryWord, type Repairer } from '../text/repairer.ts'
import { createWordBook, type WordBook } from '../text/word-book.ts'
import type { WeighedWord } from '../text/word-sums.ts'
import { indexWordClasses } from './word-classes.ts'

/** All that the crisis detector knows of a word wherever it stands. */
export interface CrisisWord extends WeighedWord, RepairableWord, TellingWord {
  /** A year that is some time ago. */
  readonly isPastYear: boolean
}

/** `weigh` gives what the models make of a word; the trainer has none yet. */
export function createCrisisWords(
  idOf: (text: string) => number,
  repairer: Repairer,
  weigh: (text: string, hash: number) => Pick<WeighedWord, 'about' | 'sums' | 'count'> = unweighed(),
): WordBook<CrisisWord> {
  return createWordBook((text, hash) => ({
    text,
    hash,
    id: idOf(text),
    ...weigh(text, hash),
    correction: repairer.correct(text),
    isOrdinary: isOrdinaryWord(text, repairer),
    languages: languagesOf(text),
    isPastYear: isPastYear(text),
  }))
}

function unweighed(): (text: string) => Pick<WeighedWord, 'about' | 'sums' | 'count'> {
  const classes = indexWordClasses()
  return (text) => ({ about: classes.get(text) ?? aboutNothing, sums: aboutNothing, count: 0 })
}

function isPastYear(word: string): boolean {
  return word.length === 4 && /^(?:19[5-9]\d|20[01]\d|202[0-4])$/.test(word)
}
