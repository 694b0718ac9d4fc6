import { GatewayError } from '../errors.ts'

/** One dispatched event. Comments, and blocks without `data`, make none; `id` and `retry` are not read. */
export interface SseEvent {
  /** All `data` lines, joined by line feeds. */
  data: string
  event: string | undefined
  /** Where the event ends within the `bytes` of its push, exclusive. */
  endOffset: number
}

export interface SseSplitter {
  /**
   * Takes the next chunk of any size. `bytes` are the original bytes of everything now complete; the rest is kept
   * back and comes out with a later push. They are the chunk itself, not a copy, where it ends on an event's end, and
   * may otherwise share its memory. Comment lines between events come out at once, so keep-alives are not held up.
   * Throws `GatewayError` `engine_garbage` for an event larger than `maxEventBytes`, after what came before it.
   */
  push(chunk: Uint8Array): { events: SseEvent[]; bytes: Uint8Array | undefined }
  /** At the end of the body: `cut` when it ended inside an event. Throws what `push` would have thrown next. */
  end(): { cut: boolean; heldBytes: number }
}

/**
 * Splits a `text/event-stream` body on its bytes, so that a proxy can forward originals and still know every event.
 * Lines end in LF, CRLF or CR, also mixed and split across chunks; a byte order mark at the start is passed over.
 * Memory: at most `maxEventBytes` and one chunk.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseSplitter({ maxEventBytes }: { maxEventBytes: number }): SseSplitter {
  // What is kept back: the block that has not ended. `lineStart` and the end of its scanned part are offsets in it.
  let held = NOTHING
  let heldLength = 0
  let lineStart = 0
  // The block so far. It is open once it has a field, even one that is not read.
  let open = false
  let data: string | undefined
  let event: string | undefined
  // A CR ended the last chunk: an LF at the start of the next one belongs to the same line end.
  let lfMayFollow = false
  let atStart = true
  let failure: GatewayError | undefined

  function hold(chunk: Uint8Array): void {
    const needed = heldLength + chunk.length
    if (held.length < needed) {
      const larger = new Uint8Array(Math.max(needed, 2 * held.length, 1024))
      larger.set(held.subarray(0, heldLength))
      held = larger
    }
    held.set(chunk, heldLength)
    heldLength = needed
  }

  /** Keeps `buffer` from `done` on, and gives out what is before it. */
  function settle(buffer: Uint8Array, length: number, done: number): Uint8Array | undefined {
    let bytes: Uint8Array | undefined
    if (buffer === held) {
      if (done > 0) bytes = held.slice(0, done)
      held.copyWithin(0, done, length)
      heldLength = length - done
    } else {
      if (done > 0) bytes = done === length ? buffer : buffer.subarray(0, done)
      if (done < length) hold(buffer.subarray(done))
    }
    if (heldLength === 0 && held.length > KEPT_CAPACITY) held = NOTHING
    return bytes
  }

  function readField(buffer: Uint8Array, from: number, to: number): void {
    open = true
    if (isField(buffer, from, to, DATA)) {
      const value = fieldValue(buffer, from + DATA.length, to)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (isField(buffer, from, to, EVENT)) {
      event = fieldValue(buffer, from + EVENT.length, to) || undefined
    }
  }

  function push(chunk: Uint8Array) {
    if (failure !== undefined) throw failure
    let at = heldLength
    if (heldLength > 0) hold(chunk)
    const buffer = heldLength > 0 ? held : chunk
    const length = heldLength > 0 ? heldLength : chunk.length
    const events: SseEvent[] = []
    let line = lineStart
    let done = 0

    if (lfMayFollow && at < length) {
      lfMayFollow = false
      if (buffer[at] === LF) {
        line = ++at
        if (!open) done = at
      }
    }
    for (at = findLineEnd(buffer, at, length); at < length; at = findLineEnd(buffer, at + 1, length)) {
      const lineEnd = at
      if (buffer[at] === CR) {
        if (at + 1 === length) lfMayFollow = true
        else if (buffer[at + 1] === LF) at++
      }
      const next = at + 1
      if (atStart) {
        if (buffer[line] === 0xef && buffer[line + 1] === 0xbb && buffer[line + 2] === 0xbf) line += 3
        atStart = false
      }
      if (lineEnd === line) {
        // Counted without a last LF, which may come later: the limit must not depend on where chunks end.
        if (lineEnd + 1 - done > maxEventBytes) break
        if (data !== undefined) events.push({ data, event, endOffset: next })
        data = event = undefined
        open = false
        done = next
      } else if (buffer[line] !== COLON) readField(buffer, line, lineEnd)
      else if (!open) done = next
      line = next
    }
    if (length - done > maxEventBytes) {
      failure = new GatewayError(
        'engine_garbage',
        `the engine sent an event larger than ${maxEventBytes} bytes`,
      )
      if (done === 0) throw failure
    }
    lineStart = line - done
    return { events, bytes: settle(buffer, length, done) }
  }

  function end() {
    if (failure !== undefined) throw failure
    return { cut: open || (heldLength > 0 && held[0] !== COLON), heldBytes: heldLength }
  }

  return { push, end }
}

/** The bytes of one event whose data is this JSON. */
export function sseData(json: unknown): Uint8Array {
  return encoder.encode(sseFrame(wireJson(json)))
}

/** One named event with this JSON as its data, as text. */
export function sseNamed(event: string, json: unknown): string {
  return `event: ${event}\n${sseFrame(wireJson(json))}`
}

/** One event with this data, as text. Line ends in the data become further `data` lines. */
export function sseFrame(data: string): string {
  return `data: ${data.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`
}

/** JSON for one `data` line, with the three characters escaped that some clients wrongly take for line ends. */
export function wireJson(json: unknown): string {
  return JSON.stringify(json).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const DATA = new Uint8Array([100, 97, 116, 97])
const EVENT = new Uint8Array([101, 118, 101, 110, 116])
const NOTHING = new Uint8Array(0)
/** A larger buffer is given back when nothing is kept in it: idle streams are many. */
const KEPT_CAPACITY = 16_384

const encoder = new TextEncoder()
// A byte order mark is passed over at the start of the stream only; elsewhere it is text.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A loop of its own: this is where the time goes, and two `indexOf` cost more on chunks of this size. */
function findLineEnd(buffer: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = buffer[at]
    if (byte === LF || byte === CR) return at
  }
  return to
}

function isField(buffer: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
  const end = from + name.length
  if (end > to || (end < to && buffer[end] !== COLON)) return false
  for (let i = 0; i < name.length; i++) if (buffer[from + i] !== name[i]) return false
  return true
}

/** The value after the field's name: without the colon and exactly one space; empty where there is no colon. */
function fieldValue(buffer: Uint8Array, nameEnd: number, to: number): string {
  const from = buffer[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1
  return from >= to ? '' : decoder.decode(buffer.subarray(from, to))
}
