import { type Folded, Folder, originBehind, originOf } from './fold.ts'
import { basis, prime } from './hash.ts'
import { maxUnits, type Word, type WordBook } from './word-book.ts'

export const Break = { none: 0, clause: 1, sentence: 2 } as const
export type Break = (typeof Break)[keyof typeof Break]

export interface Span {
  from: number
  to: number
}

/** The words of a text, with one entry a word in every array; only the first `length` entries mean anything. */
export class Tokens<W extends Word = Word> {
  length = 0
  readonly words: W[] = []
  /** Numbers of the words in the grammar's vocabulary, with a 0 behind the last. */
  ids = new Int32Array(startRoom + 1)
  /** Where in the folded text the word stands. */
  from = new Int32Array(startRoom)
  until = new Int32Array(startRoom)
  /** Words with the same number touch: no white space between them. */
  chunks = new Int32Array(startRoom)
  /** What stands before the word: nothing, or the end of a clause, or the end of a sentence. */
  breaks = new Uint8Array(startRoom)
  /** 1 between quotation marks. */
  quoted = new Uint8Array(startRoom)
  /** How many question and exclamation marks there are. */
  questions = 0
  exclamations = 0
  folded: Folded
  #sentences: Span[] | undefined
  #holdsLong = false

  constructor(folded: Folded) {
    this.folded = folded
  }

  /** Empty again, for another text. */
  begin(folded: Folded): void {
    this.folded = folded
    this.length = 0
    this.ids[0] = 0
    this.questions = 0
    this.exclamations = 0
    this.#sentences = undefined
  }

  /** Lets go of what no book of words keeps. */
  forget(): void {
    this.length = 0
    if (this.#holdsLong) this.words.length = 0
    this.#holdsLong = false
  }

  /** Adds a word. */
  add(word: W, from: number, until: number, chunk: number, before: number, quoted: number): void {
    const at = this.length
    if (at === this.from.length) this.#grow()
    this.words[at] = word
    this.ids[at] = word.id
    this.ids[at + 1] = 0
    this.from[at] = from
    this.until[at] = until
    this.chunks[at] = chunk
    this.breaks[at] = before
    this.quoted[at] = quoted
    if (until - from > maxUnits) this.#holdsLong = true
    this.length = at + 1
  }

  /** Adds what stands at `from` up to `until` of other tokens, as one word. */
  addFrom(other: Tokens<W>, from: number, until: number, word: W, before: number): void {
    this.add(
      word,
      other.from[from] ?? 0,
      other.until[until - 1] ?? 0,
      other.chunks[from] ?? 0,
      before,
      other.quoted[from] ?? 0,
    )
  }

  /** Where the word begins and ends in the original text, in UTF-16 units. */
  startOf(word: number): number {
    return originOf(this.folded, this.from[word] ?? 0)
  }
  endOf(word: number): number {
    return originBehind(this.folded, this.until[word] ?? 0)
  }

  /** Where sentences begin and end, as word indexes; one that grows beyond 60 words is cut. Worked out once. */
  sentences(): readonly Span[] {
    this.#sentences ??= this.#cutSentences()
    return this.#sentences
  }

  /** Some of the words, as a text of their own; good for as long as these tokens are. */
  slice({ from, to }: Span): Tokens<W> {
    const part = new Tokens<W>(this.folded)
    for (let at = from; at < to; at++) {
      const word = this.words[at]
      if (word !== undefined)
        part.addFrom(this, at, at + 1, word, at === from ? Break.sentence : (this.breaks[at] ?? 0))
    }
    return part
  }

  /** These tokens, to keep: those that a reader gives are used again for its next text. */
  copy(): Tokens<W> {
    const { units, length, origins } = this.folded
    const copy = this.slice({ from: 0, to: this.length })
    copy.questions = this.questions
    copy.exclamations = this.exclamations
    copy.folded = { units: units.slice(0, length + 1), length, origins: origins?.slice(0, length + 1) }
    return copy
  }

  #cutSentences(): Span[] {
    const sentences: Span[] = []
    let from = 0
    for (let at = 1; at <= this.length; at++) {
      if (at === this.length || this.breaks[at] === Break.sentence || at - from >= maxSentenceWords) {
        sentences.push({ from, to: at })
        from = at
      }
    }
    return sentences
  }

  #grow(): void {
    const room = this.from.length * 2
    const larger = <Numbers extends Int32Array | Uint8Array>(to: Numbers, from: Numbers): Numbers => {
      to.set(from)
      return to
    }
    this.ids = larger(new Int32Array(room + 1), this.ids)
    this.from = larger(new Int32Array(room), this.from)
    this.until = larger(new Int32Array(room), this.until)
    this.chunks = larger(new Int32Array(room), this.chunks)
    this.breaks = larger(new Uint8Array(room), this.breaks)
    this.quoted = larger(new Uint8Array(room), this.quoted)
  }
}

/** Words for which there is room at first. */
const startRoom = 64
/** Sentences that go on longer are cut. */
export const maxSentenceWords = 60

/** Reads the words of texts. What it gives is used again for its next text: `copy` what is to be kept. */
export interface Tokenizer<W extends Word> {
  /** Linear; apostrophes inside a word vanish ("don't" is `dont`). */
  read(text: string): Tokens<W>
  /** Leaves nothing of the last text behind. */
  forget(): void
}

export function createTokenizer<W extends Word>(book: WordBook<W>): Tokenizer<W> {
  const folder = new Folder()
  const tokens = new Tokens<W>(folder.fold(''))
  return {
    read(text) {
      tokens.begin(folder.fold(text))
      readWords(tokens, book)
      return tokens
    },
    forget() {
      folder.forget()
      tokens.forget()
    },
  }
}

function readWords<W extends Word>(tokens: Tokens<W>, book: WordBook<W>): void {
  const { units, length } = tokens.folded
  let before: Break = Break.sentence
  let lineWords = 0
  let chunk = 0
  let inQuotes = false
  let quoteLimit = 0
  for (let at = 0; at < length; ) {
    const unit = units[at] ?? 0
    if (isWordUnit(unit)) {
      let hash = Math.imul(basis ^ unit, prime)
      let end = at + 1
      for (; ; end++) {
        // Behind the last unit stands a 0, which ends every word.
        const next = units[end] ?? 0
        if (isWordUnit(next)) hash = Math.imul(hash ^ next, prime)
        else if (next !== apostrophe || !isWordUnit(units[end + 1] ?? 0)) break
      }
      const isQuoted = inQuotes && at < quoteLimit
      tokens.add(book.find(units, at, end, hash), at, end, chunk, before, isQuoted ? 1 : 0)
      lineWords++
      before = Break.none
      at = end
      continue
    }
    if (unit === space) {
      chunk++
      at++
      continue
    }
    if (unit === 63) tokens.questions++
    else if (unit === 33) tokens.exclamations++
    else if (unit === quote) {
      // An opening mark counts only when it is closed within reach, so that a stray one does not hide the rest.
      if (inQuotes) inQuotes = false
      else {
        quoteLimit = closingQuote(units, at, length)
        inQuotes = quoteLimit !== -1
      }
    }
    const kind =
      unit === lineFeed
        ? lineBreak(units, at, lineWords, tokens.words[tokens.length - 1]?.text)
        : breakAt(units, at, unit)
    if (kind > before) before = kind
    if (unit === lineFeed) lineWords = 0
    if (unit <= space) chunk++
    at++
  }
}

const apostrophe = 39
const quote = 34
const space = 32
const maxQuoteLength = 400

function closingQuote(units: Uint16Array, open: number, length: number): number {
  const last = Math.min(length - 1, open + maxQuoteLength)
  for (let at = open + 1; at <= last; at++) if (units[at] === quote) return at
  return -1
}

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
function lineBreak(units: Uint16Array, at: number, lineWords: number, last: string | undefined): Break {
  const isOpen = lineWords < wordsOfALine || (last !== undefined && openWords.has(last))
  return isOpen && !isListOrGap(units[at + 1] ?? 0) ? Break.clause : Break.sentence
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

function breakAt(units: Uint16Array, at: number, unit: number): Break {
  switch (unit) {
    case 33: // !
    case 63: // ?
    case 46: // . ends a sentence only before white space, the end or another mark
      return isInsideWord(units, at) ? Break.none : Break.sentence
    case 44: // ,
    case 58: // :
    case 59: // ;
    case 40: // (
    case 41: // )
      return Break.clause
    case 45: {
      // - is a dash only with a space beside it
      const next = units[at + 1]
      return next === space || next === 45 ? Break.clause : Break.none
    }
    default:
      return Break.none
  }
}

function isInsideWord(units: Uint16Array, at: number): boolean {
  return isWordUnit(units[at + 1] ?? 0) && at > 0 && isWordUnit(units[at - 1] ?? 0)
}
