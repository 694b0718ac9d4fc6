import { emojiWords, lookAlikes } from './confusables.ts'

/** A text reduced to what it says: lower case, no accents, no invisible characters, look-alikes as Latin letters. */
export interface Folded {
  /** The first `length` are the text, and a 0 stands behind them. */
  units: Uint16Array
  length: number
  /** For each unit, and for the end, where it comes from in the original; undefined where nothing has moved. */
  origins: Int32Array | undefined
}

/**
 * Folds appearance away and remembers where everything was. What only changes the look of a text (case, accents,
 * zero-width characters, homoglyphs, full-width or mathematical letters) does not change the result.
 * Lone surrogates become spaces. Linear; does not throw. What it gives is used again for the next text; `forget` it when it
 * was read, for no text is kept.
 */
export class Folder {
  readonly #folded: Folded = { units: new Uint16Array(startUnits), length: 0, origins: undefined }
  #bytes = new Uint8Array(startUnits)
  #origins = new Int32Array(0)

  fold(text: string): Folded {
    this.forget()
    const folded = this.#folded
    // What stands for several letters may do so until the text has doubled; a flood of it counts one unit each from there.
    const roomy = 2 * text.length + freeUnits
    if (text.length >= folded.units.length) folded.units = new Uint16Array(roomy + maxExpansion + 1)
    if (text.length > this.#bytes.length) this.#bytes = new Uint8Array(2 * text.length)
    if (!foldAscii(text, this.#bytes, folded)) {
      if (roomy + maxExpansion >= folded.units.length)
        folded.units = new Uint16Array(roomy + maxExpansion + 1)
      if (folded.units.length > this.#origins.length) this.#origins = new Int32Array(folded.units.length)
      foldAny(text, folded, this.#origins, roomy)
    }
    folded.units[folded.length] = 0
    return folded
  }

  /** Leaves nothing of the last text behind, and no room for a very long one. */
  forget(): void {
    const folded = this.#folded
    if (folded.units.length > maxKeptUnits) {
      folded.units = new Uint16Array(startUnits)
      this.#bytes = new Uint8Array(startUnits)
      this.#origins = new Int32Array(0)
    } else {
      folded.units.fill(0, 0, folded.length)
      // As many bytes as were written are known only where all went well.
      this.#bytes.fill(0, 0, folded.origins === undefined ? folded.length : this.#bytes.length)
    }
    folded.length = 0
    folded.origins = undefined
  }
}

const startUnits = 1024
const maxKeptUnits = 1 << 16
const encoder = new TextEncoder()

/**
 * Most messages: nothing moves, so there is nothing to remember. False when there is more than ASCII in the text. The
 * encoder reads a string many times faster than unit by unit, and tells by the way whether every unit is one byte.
 */
function foldAscii(text: string, bytes: Uint8Array, folded: Folded): boolean {
  const { read, written } = encoder.encodeInto(text, bytes)
  if (written !== text.length || read !== written) return false
  const { units } = folded
  for (let at = 0; at < written; at++) units[at] = foldedAscii(bytes[at] ?? 0)
  folded.length = written
  folded.origins = undefined
  return true
}

function foldedAscii(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit + 32 : unit === 96 ? 39 : unit
}

function foldAny(text: string, folded: Folded, origins: Int32Array, roomy: number): void {
  const { units } = folded
  let length = 0
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at)
    if (unit < 128) {
      units[length] = foldedAscii(unit)
      origins[length++] = at++
    } else {
      const point = text.codePointAt(at) ?? 0
      const letters = foldCodePoint(point)
      const width = length + text.length - at < roomy ? letters.length : Math.min(1, letters.length)
      for (let i = 0; i < width; i++) {
        units[length] = letters.charCodeAt(i)
        origins[length++] = at
      }
      at += point > 0xffff ? 2 : 1
    }
  }
  origins[length] = text.length
  folded.length = length
  folded.origins = origins
}

/** Of one character: as long as the longest word of an emoji with its spaces. */
const maxExpansion = 20
/** Of one character that is no emoji: ligatures and squared words. */
const maxLetters = 4
/** Short texts may be all emoji. */
const freeUnits = 1024
/** As many as there are code points in the basic plane, so that its letters never push each other out. */
const cacheSlots = 1 << 16
const cache: { points?: Int32Array; folded?: string[] } = {}

function foldCodePoint(point: number): string {
  // Chinese characters and Korean syllables are many and stay what they are.
  if ((point >= 0x4e00 && point <= 0x9fff) || (point >= 0xac00 && point <= 0xd7a3))
    return String.fromCharCode(point)
  cache.points ??= new Int32Array(cacheSlots).fill(-1)
  cache.folded ??= new Array<string>(cacheSlots).fill('')
  const slot = point & (cacheSlots - 1)
  if (cache.points[slot] === point) return cache.folded[slot] ?? ''
  const folded = computeFold(point)
  cache.points[slot] = point
  cache.folded[slot] = folded
  return folded
}

function computeFold(point: number): string {
  // Surrogates without their half, and what has no meaning outside one font.
  if (point >= 0xd800 && point <= 0xf8ff) return ' '
  // Beyond emoji: rare Chinese characters, invisible tags, and nothing that anybody writes.
  if (point >= 0x20000) return point < 0x32400 ? '\u4e00' : point >> 12 === 0xe0 ? '' : ' '
  const character = String.fromCodePoint(point)
  const word = emojiWords[character]
  if (word !== undefined) return ` ${word} `
  // Letters in squares and regional indicators stand for letters and have no decomposition.
  if (point >= 0x1f130 && point <= 0x1f149) return String.fromCharCode(97 + point - 0x1f130)
  if (point >= 0x1f150 && point <= 0x1f169) return String.fromCharCode(97 + point - 0x1f150)
  if (point >= 0x1f170 && point <= 0x1f189) return String.fromCharCode(97 + point - 0x1f170)
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return String.fromCharCode(97 + point - 0x1f1e6)
  if (point >= 0x1f300 && point < 0x1fb00) return ' '
  if (isInvisible(point, character)) return ''
  const latin = latinLetters()
  const direct = latin.get(character)
  if (direct !== undefined) return direct
  let folded = ''
  for (const piece of character.normalize('NFKD').toLowerCase().normalize('NFKD')) {
    folded += latin.get(piece) ?? plain(piece)
    if (folded.length >= maxLetters) break
  }
  return folded.slice(0, maxLetters)
}

/** One decomposed character: a mark vanishes, punctuation becomes ASCII, a letter stays, all else is a space. */
function plain(piece: string): string {
  if (piece.charCodeAt(0) < 128) return piece
  const known = plainForms.get(piece)
  if (known !== undefined) return known
  if (/^[\p{L}\p{N}]$/u.test(piece)) return piece
  if (/^\p{M}$/u.test(piece)) return ''
  return /^\p{Pd}$/u.test(piece) ? '-' : ' '
}

const plainForms: ReadonlyMap<string, string> = new Map([
  ...[...'‘’‚‛′ʼʹ´ˈ＇'].map((mark) => [mark, "'"] as const),
  ...[...'“”„‟«»「」『』″'].map((mark) => [mark, '"'] as const),
  ...[...'。！？।؟'].map((mark) => [mark, '.'] as const),
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
])

function isInvisible(point: number, character: string): boolean {
  if (point === 0x115f || point === 0x1160 || point === 0x3164 || point === 0xffa0) return true
  if (point === 0x2800 || point === 0x2028 || point === 0x2029) return false
  return /^[\p{M}\p{Cf}\p{Cc}]$/u.test(character)
}

const tables: { latin?: Map<string, string> } = {}

function latinLetters(): Map<string, string> {
  if (tables.latin !== undefined) return tables.latin
  const latin = new Map<string, string>()
  const pairs = Object.entries(lookAlikes).flatMap(([letter, others]) =>
    [...others].map((other) => [other, letter] as const),
  )
  for (const [other, letter] of pairs) latin.set(other, letter)
  // What the lower case of a letter looks like may be listed by itself: Greek upsilon is like u, its capital like Y.
  for (const [other, letter] of pairs) {
    const lower = other.toLowerCase()
    if (!latin.has(lower)) latin.set(lower, letter)
  }
  tables.latin = latin
  return latin
}

/** Where in the original the folded unit `at` comes from. */
export function originOf({ origins }: Folded, at: number): number {
  return origins === undefined ? at : (origins[at] ?? 0)
}

/** Where the original goes on behind the unit before `until`: never inside the character that unit is a part of. */
export function originBehind({ length, origins }: Folded, until: number): number {
  if (origins === undefined) return until
  const last = origins[until - 1]
  let behind = until
  while (behind < length && origins[behind] === last) behind++
  return origins[behind] ?? 0
}

/** The folded units `from` up to `until` as a text. */
export function textOfUnits(units: Uint16Array, from: number, until: number): string {
  const some = units.subarray(from, until)
  // A decoder costs more than a sentence.
  if (some.length <= startUnits) return Reflect.apply(String.fromCharCode, undefined, some)
  const bytes = new Uint8Array(some.buffer, some.byteOffset, some.byteLength)
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes)
}
