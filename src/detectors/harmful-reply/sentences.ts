/** A sentence of a reply, and where it begins in the whole reply (UTF-16 units). */
export interface Sentence {
  text: string
  start: number
}

/**
 * Cuts a growing text into sentences. Where it cuts depends on the text alone and never on how the text was chunked, so
 * that a stream gives the same findings as the whole. Holds at most one sentence, `maxSentenceUnits` long.
 */
export interface SentenceSplitter {
  push(text: string): Sentence[]
  /** The rest, when there will be no more. */
  end(): Sentence[]
}

export const maxSentenceUnits = 600

export function createSentenceSplitter(): SentenceSplitter {
  let buffer = ''
  let start = 0
  /** Where the search goes on: everything before it is known not to end the sentence. */
  let searched = 0
  const take = (isLast: boolean): Sentence[] => {
    const sentences: Sentence[] = []
    let from = 0
    while (from < buffer.length) {
      const found = sentenceEnd(buffer, from, from + searched, isLast)
      if (found.end === -1) {
        searched = found.searched - from
        break
      }
      sentences.push({ text: buffer.slice(from, found.end), start: start + from })
      from = found.end
      searched = 0
    }
    start += from
    buffer = buffer.slice(from)
    return sentences
  }
  return {
    push(text) {
      const isSearched = searched === buffer.length
      buffer += text
      // Most pieces end nothing: the text so far, which has just grown, is then not even looked at.
      if (isSearched && buffer.length <= maxSentenceUnits && nextMark(text, 0, text.length) === text.length) {
        searched = buffer.length
        return []
      }
      return take(false)
    },
    end() {
      const sentences = take(true)
      if (buffer !== '') sentences.push({ text: buffer, start })
      start += buffer.length
      buffer = ''
      searched = 0
      return sentences
    },
  }
}

/** Marks that may follow the end of a sentence before white space does. */
const closers = '"\'”’»)]*_'
const maxClosers = 4
const abbreviations = new Set(
  'dr mr mrs ms prof st e.g i.e vs etc approx no sr sra bzw z.b d.h ca p.ex'.split(' '),
)

function sentenceEnd(
  text: string,
  from: number,
  searchFrom: number,
  isLast: boolean,
): { end: number; searched: number } {
  // From mark to mark: a regular expression finds the next one many times faster than a look at each unit.
  const limit = Math.min(text.length, from + maxSentenceUnits + 1)
  for (let at = nextMark(text, searchFrom, limit); ; at = nextMark(text, at + 1, limit)) {
    if (at - from >= maxSentenceUnits && text.length - from > maxSentenceUnits)
      return { end: cutLong(text, from, from + maxSentenceUnits), searched: at }
    if (at === text.length) return { end: -1, searched: at }
    const unit = text.charCodeAt(at)
    if (unit === lineFeed) return { end: at + 1, searched: at }
    let end = at + 1
    while (end - at <= maxClosers && end < text.length && closers.includes(text[end] ?? ' ')) end++
    // Whether it ends here shows with the first unit after the marks.
    if (!isLast && end >= text.length) return { end: -1, searched: at }
    const isCjk = unit > 0x2fff
    if (!isCjk && end < text.length && !isSpace(text.charCodeAt(end))) continue
    if (unit === fullStop && isAbbreviation(text, from, at)) continue
    return { end, searched: at }
  }
}

/** A line feed or one of . ! ? … 。 ！ ？ */
const marks = /[\n.!?\u2026\u3002\uff01\uff1f]/g

/** Where the next mark stands from `from` on, or the limit. */
function nextMark(text: string, from: number, limit: number): number {
  marks.lastIndex = 0
  return marks.test(text.slice(from, limit)) ? from + marks.lastIndex - 1 : limit
}

/** At the last space, so that no word is cut; never between the halves of a surrogate pair. */
function cutLong(text: string, from: number, at: number): number {
  const space = from + text.slice(from, at + 1).lastIndexOf(' ')
  if (space > from + maxSentenceUnits / 2) return space + 1
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}

const maxAbbreviation = Math.max(...[...abbreviations].map((word) => word.length))

function isAbbreviation(text: string, from: number, at: number): boolean {
  let wordFrom = at
  while (wordFrom > from && !isSpace(text.charCodeAt(wordFrom - 1)) && at - wordFrom < 8) wordFrom--
  if (at - wordFrom > maxAbbreviation) return false
  const word = text.slice(wordFrom, at).toLowerCase()
  // "1." at the head of a line belongs to what follows.
  if (/^\d{1,2}$/.test(word) && text.slice(from, wordFrom).trim() === '') return true
  return abbreviations.has(word)
}

const lineFeed = 10
const fullStop = 46

function isSpace(unit: number): boolean {
  return unit <= 32 || unit === 0xa0
}
