import { hashString } from './hash.ts'

/** What is known of a word wherever it stands; a detector adds what it needs. */
export interface Word {
  /** As it is read: folded, without apostrophes. */
  readonly text: string
  /** `hashString` of the text. */
  readonly hash: number
  /** Its number in the grammar's vocabulary, 0 for none. */
  readonly id: number
}

/** All words that were met, so that each is worked out once and found again without making a string of it. */
export interface WordBook<W extends Word = Word> {
  /** The word that stands in `units` (folded, `from` up to `until`), apostrophes left out; `hash` is that of its text. */
  find(units: Uint16Array, from: number, until: number, hash: number): W
  of(text: string): W
}

/** Twice as many at most: enough for the words that people use. */
const maxWords = 10_000
const slots = 1 << 15
/** So far a word may stand from its place: more would let made-up words make the others slow. */
const maxProbes = 16
/** Longer words hardly ever come again, and are not kept. */
export const maxUnits = 24
/** A row of units is one line of a processor's cache. */
const rowUnits = 32
const apostrophe = 39

/** Words by number from 1 on; number 0 is none. Plain numbers in rows, so that a look-up touches little memory. */
interface Page<W> {
  words: W[]
  /** By slot, two numbers each: the hash, and the word's number with its length in the lowest byte. */
  places: Int32Array
  /** By number: the units of the word, `rowUnits` for each. */
  units: Uint16Array
}

const emptyPage = <W>(): Page<W> => ({
  words: [],
  places: new Int32Array(2 * slots),
  units: new Uint16Array((maxWords + 1) * rowUnits),
})

/**
 * `describe` works a word out. When the book is full it forgets what was not asked for of late, so that a flood of made-up
 * words does not leave it slow.
 */
export function createWordBook<W extends Word>(describe: (text: string, hash: number) => W): WordBook<W> {
  let recent = emptyPage<W>()
  let older = recent

  function keep(word: W): void {
    if (recent.words.length >= maxWords) {
      older = recent
      recent = emptyPage()
    }
    const number = recent.words.push(word)
    const slot = freeSlot(recent.places, word.hash)
    recent.places[2 * slot] = word.hash
    recent.places[2 * slot + 1] = (number << 8) | word.text.length
    for (let at = 0; at < word.text.length; at++)
      recent.units[number * rowUnits + at] = word.text.charCodeAt(at)
  }
  function meet(units: Uint16Array, from: number, until: number, hash: number): W {
    const known = older === recent ? undefined : lookUp(older, units, from, until, hash)
    const word = known ?? describe(textOf(units, from, until), hash)
    if (word.text.length <= maxUnits) keep(word)
    return word
  }

  const units = new Uint16Array(maxUnits)
  const find = (inside: Uint16Array, from: number, until: number, hash: number) =>
    lookUp(recent, inside, from, until, hash) ?? meet(inside, from, until, hash)
  return {
    find,
    of(text) {
      const hash = hashString(text)
      if (text.length > maxUnits) return describe(text, hash)
      for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at)
      return find(units, 0, text.length, hash)
    },
  }
}

function firstSlot(hash: number): number {
  return (hash ^ (hash >>> 15)) & (slots - 1)
}

/** Where nothing stands yet; where all places are taken the first one, whose word is then worked out anew. */
function freeSlot(places: Int32Array, hash: number): number {
  const first = firstSlot(hash)
  for (let probe = 0; probe < maxProbes; probe++) {
    const slot = (first + probe) & (slots - 1)
    if (places[2 * slot + 1] === 0) return slot
  }
  return first
}

function lookUp<W extends Word>(
  page: Page<W>,
  units: Uint16Array,
  from: number,
  until: number,
  hash: number,
): W | undefined {
  const first = firstSlot(hash)
  for (let probe = 0; probe < maxProbes; probe++) {
    const slot = (first + probe) & (slots - 1)
    const place = page.places[2 * slot + 1] ?? 0
    if (place === 0) return undefined
    if (page.places[2 * slot] === hash && stands(page, place, units, from, until))
      return page.words[(place >>> 8) - 1]
  }
  return undefined
}

/** Whether a word stands there: two words may have one hash, and somebody may have seen to it. */
function stands<W>(page: Page<W>, place: number, units: Uint16Array, from: number, until: number): boolean {
  const known = page.units
  const base = (place >>> 8) * rowUnits
  const end = base + (place & 0xff)
  let at = from
  for (let unit = base; unit < end; unit++) {
    if (units[at] === apostrophe) at++
    if (units[at++] !== known[unit]) return false
  }
  return at === until
}

function textOf(units: Uint16Array, from: number, until: number): string {
  let text = ''
  for (let at = from; at < until; at++) {
    const unit = units[at] ?? apostrophe
    if (unit !== apostrophe) text += String.fromCharCode(unit)
  }
  return text
}
