import type { Vocabulary } from '../phrases/phrase-trie.ts'
import { basis, hashString, prime } from '../text/hash.ts'
import type { Grammar } from './grammar.ts'

/** A text, or the parts of a very long one that are read at all. */
export interface TextCut {
  text: string
  isPartial: boolean
  /** Where a place in `text` stands in the original. */
  originOf(at: number): number
}

/** Gives texts of up to `maxUnits` back as they are, and of longer ones head, tail and the blocks between that promise most. */
export type TextLimit = (text: string) => TextCut

/** Folding and reading this many UTF-16 units takes a few milliseconds. */
const maxUnits = 50_000
const blockUnits = 400
/** Of the head and of the tail. */
const edgeBlocks = 20

/**
 * Asks the grammar which blocks are worth reading. Looks at each unit once, past case, look-alikes of Latin letters and the
 * marks upon them, and makes no strings: a million units take a few milliseconds.
 */
export function createTextLimit(grammar: Grammar, lookAlikes: Readonly<Record<string, string>>): TextLimit {
  const letters = letterTable(lookAlikes)
  const table = wordTable(grammar.vocabulary)
  return (text) => {
    if (text.length <= maxUnits) return { text, isPartial: false, originOf: (at) => at }
    const { ids, starts } = wordsOf(text, letters, table)
    return cut(text, rangesOf(text.length, bestBlocks(grammar.interestOf(ids, starts))))
  }
}

interface Range {
  from: number
  to: number
}

/** Numbers of words by the hash of the word, in open addressing: 0 is an empty slot. */
interface WordTable {
  mask: number
  hashes: Int32Array
  numbers: Int32Array
}

function wordTable(vocabulary: Vocabulary): WordTable {
  const slots = 2 ** Math.ceil(Math.log2(vocabulary.size * 4 + 1))
  const table = { mask: slots - 1, hashes: new Int32Array(slots), numbers: new Int32Array(slots) }
  for (const word of vocabulary.words()) {
    const hash = hashString(word)
    const slot = slotOf(table, hash)
    table.hashes[slot] = hash
    table.numbers[slot] = vocabulary.idOf(word)
  }
  return table
}

/** Where a hash stands, or would. */
function slotOf({ mask, hashes, numbers }: WordTable, hash: number): number {
  let slot = (hash ^ (hash >>> 15)) & mask
  while (numbers[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & mask
  return slot
}

/** By UTF-16 unit: the unit that it is read as, 0 for one that is passed over, 32 between words. */
function letterTable(lookAlikes: Readonly<Record<string, string>>): Uint16Array {
  const table = new Uint16Array(0x10000).fill(space)
  for (let unit = 97; unit <= 122; unit++) table[unit] = table[unit - 32] = table[unit + 0xfee0] = unit
  for (let unit = 48; unit <= 57; unit++) table[unit] = unit
  for (let unit = 97; unit <= 122; unit++) table[unit - 32 + 0xfee0] = unit
  // Accented Latin letters as their base letter, once.
  for (let unit = 0xc0; unit < 0x250; unit++) {
    const base = String.fromCharCode(unit).normalize('NFKD').toLowerCase().charCodeAt(0)
    if (base >= 97 && base <= 122) table[unit] = base
  }
  for (const [letter, others] of Object.entries(lookAlikes))
    for (let at = 0; at < others.length; at++) table[others.charCodeAt(at)] = letter.charCodeAt(0)
  // Apostrophes, the soft hyphen, combining marks, and what has no width.
  for (const unit of [0x27, 0x2019, 0x60, 0xad, 0x2060, 0xfeff]) table[unit] = 0
  table.fill(0, 0x300, 0x370).fill(0, 0x200b, 0x2010).fill(0, 0x202a, 0x202f)
  return table
}

const space = 32

/** The vocabulary numbers of all words, 0 for those that it does not know, and which of them is the first of each block. */
function wordsOf(
  text: string,
  letters: Uint16Array,
  table: WordTable,
): { ids: Int32Array; starts: Int32Array } {
  const ids = new Int32Array(Math.ceil(text.length / 2) + 1)
  const starts = new Int32Array(Math.ceil(text.length / blockUnits))
  let count = 0
  let block = 0
  let hash = basis
  for (let at = 0; at <= text.length; at++) {
    const unit = at === text.length ? space : (letters[text.charCodeAt(at)] ?? space)
    if (unit === 0) continue
    if (unit !== space) {
      hash = Math.imul(hash ^ unit, prime)
      continue
    }
    if (hash === basis) continue
    // A word belongs to the block in which it ends.
    while (block * blockUnits < at - blockUnits) starts[++block] = count
    ids[count++] = table.numbers[slotOf(table, hash)] ?? 0
    hash = basis
  }
  starts.fill(count, block + 1)
  return { ids: ids.subarray(0, count), starts }
}

/** By block of the text: 1 for those that are read. */
function bestBlocks(interest: Float64Array): Uint8Array {
  const isKept = new Uint8Array(interest.length).fill(1, 0, edgeBlocks).fill(1, -edgeBlocks)
  let left = Math.floor(maxUnits / blockUnits) - 2 * edgeBlocks
  const order = [...interest.keys()].filter((block) => (interest[block] ?? 0) > 0)
  for (const block of order.sort((a, b) => (interest[b] ?? 0) - (interest[a] ?? 0))) {
    // What is said may begin in the block before, and go on in the next.
    for (const near of [block - 1, block, block + 1]) {
      if (isKept[near] !== 0) continue
      isKept[near] = 1
      left--
    }
    if (left <= 0) break
  }
  return isKept
}

function rangesOf(length: number, isKept: Uint8Array): Range[] {
  const ranges: Range[] = []
  for (let block = 0; block < isKept.length; block++) {
    if (isKept[block] === 0) continue
    const from = block * blockUnits
    const to = Math.min(length, from + blockUnits)
    const last = ranges.at(-1)
    if (last?.to === from) last.to = to
    else ranges.push({ from, to })
  }
  return ranges
}

/** The parts with the end of a paragraph between those that do not touch. */
function cut(text: string, ranges: readonly Range[]): TextCut {
  const pieces: string[] = []
  const starts: { at: number; origin: number }[] = []
  let length = 0
  let last = 0
  for (const { from, to } of ranges) {
    if (from !== last) {
      pieces.push(gap)
      length += gap.length
    }
    starts.push({ at: length, origin: from })
    pieces.push(text.slice(from, to))
    length += to - from
    last = to
  }
  const originOf = (at: number) => {
    const start = starts.findLast((each) => each.at <= at)
    return start === undefined ? at : Math.min(text.length, start.origin + at - start.at)
  }
  return { text: pieces.join(''), isPartial: true, originOf }
}

const gap = '\n\n'
