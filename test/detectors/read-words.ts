import { createCrisisWords } from '../../src/detectors/crisis/crisis-words.ts'
import { createGrammar } from '../../src/detectors/crisis/grammar.ts'
import { readTokens } from '../../src/detectors/crisis/reading.ts'
import { Folder, textOfUnits } from '../../src/detectors/text/fold.ts'
import { createRepairer } from '../../src/detectors/text/repairer.ts'
import { createTokenizer, type Tokens } from '../../src/detectors/text/tokens.ts'

/** What the crisis detector reads with, from text to grammar, without its models. */
export function crisisReading() {
  const grammar = createGrammar()
  const { idOf, words } = grammar.vocabulary
  const repairer = createRepairer(words(), (word) => idOf(word) > 0)
  const book = createCrisisWords(idOf, repairer)
  const tokenizer = createTokenizer(book)
  const parts = { grammar, repairer, book }
  const tokenize = (text: string) => tokenizer.read(text).copy()
  return { ...parts, tokenize, read: (text: string) => readTokens(tokenize(text), parts) }
}

export const textsOf = ({ words, length }: Tokens) => words.slice(0, length).map(({ text }) => text)

export function fold(written: string): { text: string; origins: number[] } {
  const { units, length, origins } = new Folder().fold(written)
  const places = Array.from({ length: length + 1 }, (_, at) => origins?.[at] ?? at)
  return { text: textOfUnits(units, 0, length), origins: places }
}
