import { type Folded, textOfUnits } from './fold.ts'
import { hasLettersOnly, maxLetters, type Repairer } from './repairer.ts'
import { leftHalves, longTriggers } from './spelling.ts'
import { Break, type Span, Tokens } from './tokens.ts'
import type { Word, WordBook } from './word-book.ts'

/** A word that knows whether it may have to be repaired. */
export interface RepairableWord extends Word {
  /** The words it stands for when it is mistyped; undefined when it stands for itself. */
  readonly correction: readonly string[] | undefined
  /** Letters only, and nothing in it to repair. */
  readonly isOrdinary: boolean
}

/** The same text with hidden and mistyped words written out; the same object when there is nothing to repair. */
export function repair<W extends RepairableWord>(
  tokens: Tokens<W>,
  repairer: Repairer,
  book: WordBook<W>,
): Tokens<W> {
  let out: Edits | undefined
  let at = 0
  while (at < tokens.length) {
    if (isOrdinary(tokens, at)) {
      at++
      continue
    }
    out ??= new Edits()
    at =
      joinLetters(tokens, at, repairer, out) ??
      joinHalves(tokens, at, out) ??
      readSymbols(tokens, at, repairer, out) ??
      respellOne(tokens, at, out)
  }
  return out === undefined ? tokens : out.apply(tokens, book)
}

/** Whether nothing below would change a word: the cheap path of nearly all. */
function isOrdinary(tokens: Tokens<RepairableWord>, at: number): boolean {
  if (tokens.words[at]?.isOrdinary !== true) return false
  return (at > 0 && tokens.chunks[at - 1] === tokens.chunks[at]) || standsAlone(tokens, at)
}

const textAt = ({ words, length }: Tokens, at: number) => (at < length ? words[at]?.text : undefined)

/** "k i l l", "d.i.e": letters that stand alone. */
function joinLetters(tokens: Tokens, at: number, repairer: Repairer, out: Edits): number | undefined {
  if (at < out.lettersReadUntil || !isLoneLetter(tokens, at) || !isLoneLetter(tokens, at + 1))
    return undefined
  let end = at
  let letters = ''
  while (letters.length < maxLetters && isLoneLetter(tokens, end)) {
    // Letters that make words by themselves do not go on past the end of their sentence.
    if (
      letters.length > 2 &&
      tokens.breaks[end] === Break.sentence &&
      repairer.segment(letters) !== undefined
    )
      break
    letters += textAt(tokens, end++)
  }
  out.lettersReadUntil = end
  if (end - at < 3) return undefined
  // The last letters may stand together again: "s u i cide".
  const tail = textAt(tokens, end)
  if (tail !== undefined && tail.length <= 6) {
    const withTail = repairer.segment(letters + tail)
    if (withTail !== undefined) return out.replace(at, end + 1, withTail)
  }
  const segments = repairer.segment(letters)
  if (segments !== undefined) return out.replace(at, end, segments)
  // "i d i e": what stands before may be a word of its own.
  for (let skip = 1; skip <= 2 && end - at - skip >= 3; skip++) {
    const rest = repairer.segment(letters.slice(skip))
    if (rest !== undefined) return out.replace(at, end, [...letters.slice(0, skip), ...rest])
  }
  return undefined
}

/** "sui cide", "my self". */
function joinHalves(tokens: Tokens, at: number, out: Edits): number | undefined {
  const one = textAt(tokens, at) ?? ''
  if (one.length > 9 || !leftHalves.has(one)) return undefined
  const two = textAt(tokens, at + 1) ?? ''
  if (two === '' || one.length + two.length > 9 || !longTriggers.has(one + two)) return undefined
  return out.replace(at, at + 2, [one + two])
}

/** "k!ll", "su1c1de", "d*e", "$uicide": digits and symbols where letters belong. */
function readSymbols(tokens: Tokens, at: number, repairer: Repairer, out: Edits): number | undefined {
  const { folded, chunks } = tokens
  const chunk = chunks[at]
  if (at > 0 && chunks[at - 1] === chunk) return undefined
  if (isPlain(tokens, at)) return undefined
  let end = at + 1
  while (end < tokens.length && chunks[end] === chunk && end - at < 12) end++
  const from = leftEdge(folded, tokens.from[at] ?? 0)
  const until = rightEdge(folded, tokens.until[end - 1] ?? 0)
  if (until - from > maxLetters || until - from < 3) return undefined
  const segments = repairer.decode(textOfUnits(folded.units, from, until))
  return segments === undefined ? undefined : out.replace(at, end, segments)
}

/** Letters only, with white space or an ordinary mark on either side: nothing is hidden here. */
function isPlain(tokens: Tokens, at: number): boolean {
  return standsAlone(tokens, at) && hasLettersOnly(textAt(tokens, at) ?? '')
}

function standsAlone({ folded: { units }, from, until, chunks, length }: Tokens, at: number): boolean {
  return (
    (at + 1 === length || chunks[at + 1] !== chunks[at]) &&
    !isSymbol(units[(from[at] ?? 0) - 1] ?? 0) &&
    !isSymbol(units[until[at] ?? 0] ?? 0)
  )
}

/** ! # $ ( * + @ |; the others never stand for a letter at the edge of a word. */
function isSymbol(unit: number): boolean {
  return (
    unit === 33 ||
    unit === 35 ||
    unit === 36 ||
    unit === 40 ||
    unit === 42 ||
    unit === 43 ||
    unit === 64 ||
    unit === 124
  )
}

function leftEdge({ units }: Folded, from: number): number {
  let at = from
  while (at > 0 && from - at < 3 && '@$!|+*#('.includes(String.fromCharCode(units[at - 1] ?? 32))) at--
  return at
}

function rightEdge({ units, length }: Folded, until: number): number {
  let at = until
  while (at < length && at - until < 3 && '@$|+*#!'.includes(String.fromCharCode(units[at] ?? 32))) at++
  return at
}

function respellOne(tokens: Tokens<RepairableWord>, at: number, out: Edits): number {
  const words = tokens.words[at]?.correction
  return words === undefined ? at + 1 : out.replace(at, at + 1, words)
}

function isLoneLetter(tokens: Tokens, at: number): boolean {
  return textAt(tokens, at)?.length === 1
}

interface Edit extends Span {
  words: readonly string[]
}

/** Collects what is to be replaced; offsets of a replacement cover all that it stands for. */
class Edits {
  /** Letters that stand alone have been looked at up to here. */
  lettersReadUntil = 0
  readonly #edits: Edit[] = []

  replace(from: number, to: number, words: readonly string[]): number {
    this.#edits.push({ from, to, words })
    return to
  }

  apply<W extends Word>(source: Tokens<W>, book: WordBook<W>): Tokens<W> {
    if (this.#edits.length === 0) return source
    const out = new Tokens<W>(source.folded)
    const keepUntil = (from: number, to: number) => {
      for (let at = from; at < to; at++) {
        const word = source.words[at]
        if (word !== undefined) out.addFrom(source, at, at + 1, word, source.breaks[at] ?? 0)
      }
    }
    let at = 0
    for (const { from, to, words } of this.#edits) {
      keepUntil(at, from)
      words.forEach((word, index) => {
        out.addFrom(source, from, to, book.of(word), index > 0 ? Break.none : (source.breaks[from] ?? 0))
      })
      at = to
    }
    keepUntil(at, source.length)
    return out
  }
}
