import type { GatewayError } from '../errors.ts'
import type { TextDelta } from '../exchange.ts'
import type { ReplyStream } from './dialect.ts'
import { type JsonPath, readPath, writePath } from './json-path.ts'
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

/** One streamed reply. Where streams have no end mark (`streamDone: null`), `ended` stays false. */
export function openGenericStream(paths: {
  errorText: JsonPath
  streamDelta: JsonPath
  streamDone: string | null
}): ReplyStream {
  const { errorText, streamDelta, streamDone } = paths
  let readCount = 0
  let sentCount = 0
  let endedAt = NEVER

  return {
    read(data, event) {
      readCount++
      if (streamDone !== null && (data === streamDone || data.trim() === streamDone)) {
        endedAt = Math.min(endedAt, readCount)
        return []
      }
      const body = parseEvent(data)
      if (event === 'error') throw reportedError(body)
      throwReportedError(errorText, body)
      // An event without text may carry whatever else the service reports.
      return readTexts(streamDelta, body) ?? []
    },

    sent(events = NEVER) {
      sentCount = Math.min(readCount, sentCount + events)
    },

    get ended() {
      return endedAt !== NEVER
    },

    endSafely(text) {
      if (endedAt <= sentCount) return new Uint8Array(0)
      const delta = sseFrame(wireJson(writePath(streamDelta, text)))
      return encoder.encode(streamDone === null ? delta : delta + sseFrame(streamDone))
    },

    endWithError: (error, requestId) => sseData(genericError(errorText, error, requestId)),
  }
}

const NEVER = Number.POSITIVE_INFINITY
const encoder = new TextEncoder()
