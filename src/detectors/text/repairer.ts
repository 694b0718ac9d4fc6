import { remembered } from './remembered.ts'
import { gluedTriggers, gluedWords, hardToMisspell, knownSlips, leftHalves, properWords } from './spelling.ts'

/** Undoes the ways in which people hide a word from a filter, or just mistype it. Build once, use for every text. */
export interface Repairer {
  isKnown(word: string): boolean
  /** The words that one written word stands for; undefined when it stands for itself. Remembers common words. */
  correct(word: string): readonly string[] | undefined
  /** The words behind letters mixed with digits and symbols; undefined when nothing is hidden. Remembers short ones. */
  decode(written: string): readonly string[] | undefined
  /** A word for what may be a slip of it; undefined when it is none. */
  respell(word: string): string | undefined
  /** The words in letters that stand together, read past digits and symbols in place of letters. */
  segment(letters: string): string[] | undefined
  /** The known word that digits and symbols stand in, as in `al1ve` or `wh3n`. */
  readWord(written: string): string | undefined
  /** The word that `k*ll` stands for. */
  fillIn(masked: string): string | undefined
}

export function createRepairer(known: Iterable<string>, isKnown: (word: string) => boolean): Repairer {
  const knownBySkeleton = new Map<string, string>()
  for (const word of known) {
    const shape = skeleton(word)
    if (!knownBySkeleton.has(shape)) knownBySkeleton.set(shape, word)
  }
  const byDeletion = deletionsOf(hardToMisspell)
  const shapes = buildShapeTrie(gluedWords)
  const lengths = new Set(hardToMisspell.map((word) => `${word[0]}${word.length}`))
  const corrections = remembered((word) => correct(word, repairer))
  const decoded = remembered((written) => decode(written, repairer))
  const repairer: Repairer = {
    isKnown,
    correct: corrections,
    decode: decoded,
    respell(word) {
      const slip = knownSlips.get(word)
      if (slip !== undefined) return slip
      if (word.length < 5 || word.length > 14 || properWords.has(word)) return undefined
      const first = word[0] ?? ''
      const near = [word.length - 1, word.length, word.length + 1]
      return near.some((length) => lengths.has(`${first}${length}`)) ? nearest(word, byDeletion) : undefined
    },
    segment: (letters) => segment(letters, shapes),
    readWord: (written) => knownBySkeleton.get(skeleton(written)),
    fillIn(masked) {
      if (masked.length < 3 || masked.length > 12) return undefined
      const shape = new RegExp(`^${masked.replace(/[^a-z]+/g, (gap) => `.{${gap.length}}`)}$`)
      return [...gluedTriggers].find((word) => word.length === masked.length && shape.test(word))
    },
  }
  return repairer
}

/** Whether a word needs no look at its neighbours or letters when nothing touches it. */
export function isOrdinaryWord(word: string, repairer: Repairer): boolean {
  return (
    word.length > 1 && hasLettersOnly(word) && !leftHalves.has(word) && repairer.correct(word) === undefined
  )
}

/** Longer runs of letters are not taken apart. */
export const maxLetters = 48

function decode(written: string, repairer: Repairer): string[] | undefined {
  if (!hasMixedSymbols(written)) return undefined
  const letters = written.replace(/[^a-z0-9@$!|+€£&()<]/g, '')
  const trimmed = letters.replace(/[^a-z0-9@$|+]+$/, '')
  return (
    repairer.segment(letters) ??
    repairer.segment(trimmed) ??
    masked(written, repairer) ??
    leetWord(trimmed, repairer)
  )
}

/** A single word with digits for letters, when the result is a word we know or a digit stands between letters. */
function leetWord(written: string, repairer: Repairer): string[] | undefined {
  if (
    !/[a-z]/.test(written) ||
    !/[0-9@$!|+€]/.test(written) ||
    /^[0-9]+[a-z]{1,3}$|^[a-z]+[0-9]{1,4}$/.test(written)
  ) {
    const word =
      /[a-z][0-9]|[0-9][a-z]/.test(written) && written.length >= 4 ? repairer.readWord(written) : undefined
    return word === undefined ? undefined : [word]
  }
  const known = repairer.readWord(written)
  if (known !== undefined) return [known]
  return /[a-z][013457@$][a-z]/.test(written)
    ? [written.replace(/[0-9@$!|+€£]/g, (symbol) => spoken[symbol] ?? symbol)]
    : undefined
}

const spoken: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '+': 't',
  '€': 'e',
}

/** The words that a word of letters stands for, when it is held, mistyped or glued; undefined when it stands for itself. */
function correct(word: string, repairer: Repairer): string[] | undefined {
  if (word.length < 2 || repairer.isKnown(word)) return undefined
  const calm = hasHeldLetter(word) ? collapse(word, repairer) : word
  if (calm !== word && repairer.isKnown(calm)) return [calm]
  const spelt = repairer.respell(calm)
  if (spelt !== undefined) return [spelt]
  if (calm.length >= 7 && calm.length <= maxLetters && holdsTrigger.test(calm)) {
    const segments = repairer.segment(calm)
    if (segments !== undefined && segments.length > 1) return segments
  }
  return calm === word ? undefined : [calm]
}

/** Glued words that are worth taking apart; keeps all other long words cheap. */
const holdsTrigger = /die|kil|sui|myself|unaliv|overd|dead|hurt|cutt|alive|harm|kms|dying|death/

function hasHeldLetter(word: string): boolean {
  for (let at = 2; at < word.length; at++) {
    const unit = word.charCodeAt(at)
    if (unit === word.charCodeAt(at - 1) && unit === word.charCodeAt(at - 2)) return true
  }
  return false
}

/** "dieeee", "kiiiilll": a letter that is held down counts twice or once, whichever makes a known word. */
function collapse(word: string, repairer: Repairer): string {
  if (!/(.)\1\1/.test(word)) return word
  const head = word.slice(0, maxLetters)
  const once = head.replace(/(.)\1{2,}/g, '$1')
  if (repairer.isKnown(once)) return once
  const twice = head.replace(/(.)\1{2,}/g, '$1$1')
  if (repairer.isKnown(twice)) return twice
  // "kiiiilll": each run on its own.
  const lastTwice = head.replace(/(.)\1{2,}$/, '$1$1').replace(/(.)\1{2,}/g, '$1')
  return repairer.isKnown(lastTwice) ? lastTwice : once
}

/** Letters that are written for each other, as one of them. */
function skeleton(word: string): string {
  for (let at = 0; at < word.length; at++) {
    if (skeletonUnits[word.charCodeAt(at)] !== undefined) return skeletonFrom(word, at)
  }
  return word
}

function skeletonFrom(word: string, from: number): string {
  let shape = word.slice(0, from)
  for (let at = from; at < word.length; at++) shape += skeletonUnits[word.charCodeAt(at)] ?? word[at]
  return shape
}

const skeletonLetters: Readonly<Record<string, string>> = {
  i: 'l',
  '1': 'l',
  '!': 'l',
  '|': 'l',
  '0': 'o',
  '3': 'e',
  '€': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
  '8': 'b',
  '9': 'g',
  '6': 'g',
  '2': 'z',
  '£': 'l',
  '(': 'c',
  '<': 'c',
  '&': 'e',
}

const skeletonUnits: readonly (string | undefined)[] = Array.from(
  { length: 0xa4 },
  (_, unit) => skeletonLetters[String.fromCharCode(unit)],
)

/** Shapes of words as a tree, letter by letter. */
interface ShapeTrie {
  next: Map<number, ShapeTrie>
  word: string | undefined
}

function buildShapeTrie(words: readonly string[]): ShapeTrie {
  const root: ShapeTrie = { next: new Map(), word: undefined }
  for (const word of words) {
    let node = root
    for (const letter of skeleton(word)) {
      const unit = letter.charCodeAt(0)
      const next = node.next.get(unit) ?? { next: new Map(), word: undefined }
      node.next.set(unit, next)
      node = next
    }
    node.word ??= word
  }
  return root
}

/** Fewest words that make up all letters, at least one of them a trigger. */
function segment(letters: string, shapes: ShapeTrie): string[] | undefined {
  const shape = skeleton(letters.slice(0, maxLetters))
  // By where a word ends: how many words lead there, and the last of them.
  const counts = new Uint8Array(shape.length + 1)
  const starts = new Uint8Array(shape.length + 1)
  const lastWords: string[] = []
  for (let from = 0; from < shape.length; from++) {
    if (from > 0 && counts[from] === 0) continue
    const count = (counts[from] ?? 0) + 1
    let node: ShapeTrie | undefined = shapes
    for (let end = from + 1; end <= shape.length; end++) {
      node = node.next.get(shape.charCodeAt(end - 1))
      if (node === undefined) break
      const known = counts[end] ?? 0
      if (node.word === undefined || (known !== 0 && known <= count)) continue
      counts[end] = count
      starts[end] = from
      lastWords[end] = node.word
    }
  }
  if (counts[shape.length] === 0) return undefined
  const found: string[] = []
  for (let end = shape.length; end > 0; end = starts[end] ?? 0) found.unshift(lastWords[end] ?? '')
  return found.some((word) => gluedTriggers.has(word)) ? found : undefined
}

function deletionsOf(words: readonly string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (const word of words) {
    map.set(word, word)
    for (let at = 1; at < word.length; at++) map.set(word.slice(0, at) + word.slice(at + 1), word)
  }
  return map
}

/** One letter dropped, added, changed or swapped, never the first (after SymSpell: compare deletions). */
function nearest(word: string, byDeletion: ReadonlyMap<string, string>): string | undefined {
  const direct = byDeletion.get(word)
  if (direct !== undefined) return direct
  for (let at = 1; at < word.length; at++) {
    const found = byDeletion.get(word.slice(0, at) + word.slice(at + 1))
    if (found !== undefined && Math.abs(found.length - word.length) <= 1) return found
  }
  return undefined
}

function masked(written: string, repairer: Repairer): string[] | undefined {
  if (!/^[a-z]+[*#_.\-•x@!$%&]+[a-z]+$/.test(written)) return undefined
  const word = repairer.fillIn(written)
  return word === undefined ? undefined : [word]
}

/** Digits or symbols beside letters, apart from marks at the end and plain hyphens, slashes and full stops between words. */
function hasMixedSymbols(written: string): boolean {
  return /[a-z][0-9@$!|+*#_~^€£%&.-][a-z0-9@$!|+*#_.-]|[@$!|+*#0-9€£(][a-z]|[a-z][0-9]/.test(written)
}

export function hasLettersOnly(word: string): boolean {
  for (let unit = 0; unit < word.length; unit++) {
    if (word.charCodeAt(unit) < 97) return false
  }
  return true
}
