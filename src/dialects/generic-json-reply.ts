import type { GatewayError } from '../errors.ts'
import type { TextDelta } from '../exchange.ts'
import type { ReplyAdditions, ReplyStream } from './dialect.ts'
import { EVERY, type JsonPath, readPath, updatePath, writePath } from './json-path.ts'
import { sseData, sseFrame, wireJson } from './sse.ts'
import { garbage, isAbsent, isObject, MAX_CHOICES, parseEvent, reportedError } from './wire.ts'

/** Whatever is truthy at the path is an error that the engine reported. Throws `GatewayError` `engine_error`. */
export function throwReportedError(errorText: JsonPath, body: unknown): void {
  const reported = readPath(errorText, body).find(Boolean)
  if (reported !== undefined) throw reportedError(reported)
}

/** The texts at the path, one choice each; `undefined` when there is none. Throws `GatewayError` `engine_garbage`. */
export function readTexts(path: JsonPath, body: unknown): TextDelta[] | undefined {
  const values = readPath(path, body).filter((value) => !isAbsent(value))
  if (values.length === 0) return undefined
  if (values.length > MAX_CHOICES) throw garbage(`more than ${MAX_CHOICES} texts at ${path.source}`)
  const texts: TextDelta[] = []
  for (const [choice, text] of values.entries()) {
    if (typeof text !== 'string') throw garbage(`what is at ${path.source} is not a string`)
    if (text !== '') texts.push({ choice, kind: 'content', text })
  }
  return texts
}

/** The message at its path, with our code and the request id beside it where the document is an object. */
export function genericError(errorText: JsonPath, error: GatewayError, requestId: string): unknown {
  const body = writePath(errorText, error.message)
  return isObject(body) ? { code: error.code, request_id: requestId, ...body } : body
}

/** Adds a text to the texts at the path, counted as `readTexts` does; `undefined` where none of them is asked for. */
export function addToTexts(
  path: JsonPath,
  body: unknown,
  added: string,
  choices?: readonly number[],
): unknown {
  let choice = -1
  let changed = false
  const copy = updatePath(path, body, (value) => {
    if (typeof value !== 'string') return value
    choice++
    if (choices?.includes(choice) === false) return value
    changed = true
    return value + added
  })
  return changed ? copy : undefined
}

/**
 * One streamed reply. Where streams have no end mark (`streamDone: null`), `ended` stays false, `finishing` stays empty,
 * and `closeWith` adds what is to be added. Where they have one, the text goes before it.
 */
export function openGenericStream(paths: {
  errorText: JsonPath
  streamDelta: JsonPath
  streamDone: string | null
}): ReplyStream & ReplyAdditions {
  const { errorText, streamDelta, streamDone } = paths
  const spoke = new Set<number>()
  let readCount = 0
  let sentCount = 0
  let endedAt = NEVER
  /** The first event with text. */
  let spokenAt = NEVER
  let finishing: number[] = []

  const isDone = (data: string) => streamDone !== null && (data === streamDone || data.trim() === streamDone)

  /** A reply without any words is one choice: the one that an opening or an ending of ours would fill. */
  const speakers = () => (spoke.size === 0 ? [0] : [...spoke].sort((a, b) => a - b))

  /** One event that says the text in these choices. Those between them get an empty one, which holds their place. */
  function say(text: string, choices: readonly number[]): string {
    if (choices.length === 0) return ''
    const texts = Array.from({ length: Math.max(...choices) + 1 }, (_, choice) =>
      choices.includes(choice) ? text : '',
    )
    return sseFrame(wireJson(writeTexts(streamDelta, texts)))
  }

  return {
    read(data, event) {
      readCount++
      finishing = []
      if (isDone(data)) {
        if (endedAt === NEVER) finishing = speakers()
        endedAt = Math.min(endedAt, readCount)
        return []
      }
      const body = parseEvent(data)
      if (event === 'error') throw reportedError(body)
      throwReportedError(errorText, body)
      // An event without text may carry whatever else the service reports.
      const texts = readTexts(streamDelta, body) ?? []
      for (const { choice } of texts) spoke.add(choice)
      if (texts.length > 0) spokenAt = Math.min(spokenAt, readCount)
      return texts
    },

    sent(events = NEVER) {
      sentCount = Math.min(readCount, sentCount + events)
    },

    ended() {
      return endedAt !== NEVER
    },

    openWith(text) {
      if (Math.min(spokenAt, endedAt) <= sentCount) return undefined
      return encoder.encode(say(text, [0]))
    },

    finishing() {
      return finishing
    },

    rewrite(data, event, added) {
      // Events have no role or id that an opening would have changed, so they go out as they are.
      if (added === undefined || added.choices.length === 0) return undefined
      const name = event === undefined ? '' : `event: ${event}\n`
      return encoder.encode(say(added.text, added.choices) + name + sseFrame(data))
    },

    closeWith: (text, choices) => encoder.encode(say(text, choices ?? speakers())),

    endSafely(text) {
      if (endedAt <= sentCount) return new Uint8Array(0)
      const delta = say(text, [0])
      return encoder.encode(streamDone === null ? delta : delta + sseFrame(streamDone))
    },

    endWithError: (error, requestId) => sseData(genericError(errorText, error, requestId)),
  }
}

const NEVER = Number.POSITIVE_INFINITY
const encoder = new TextEncoder()

/** The smallest document with these texts at the path. More than one need a `[*]` in it, else the first is written. */
function writeTexts({ source, segments }: JsonPath, texts: readonly string[]): unknown {
  const at = segments.indexOf(EVERY)
  if (at < 0) return writePath({ source, segments }, texts[0])
  const inside = { source, segments: segments.slice(at + 1) }
  const elements = texts.map((text) => writePath(inside, text))
  return writePath({ source, segments: segments.slice(0, at) }, elements)
}
