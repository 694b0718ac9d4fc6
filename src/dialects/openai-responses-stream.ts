import type { GatewayError } from '../errors.ts'
import type { RequestView } from '../exchange.ts'
import type { Made, ReplyStream } from './dialect.ts'
import { chatError } from './openai-chat-error.ts'
import { safeEnding } from './openai-responses-end.ts'
import { endsResponse, type ResponseEvent, responseTextReader } from './openai-responses-events.ts'
import { createSentResponse } from './openai-responses-sent.ts'
import { sseNamed } from './sse.ts'
import { garbage, isObject, parseEvent, reportedError } from './wire.ts'

/**
 * One streamed response. Its end mark is its last event; some engines add a `[DONE]`, which is read and counted too.
 * Events read wait in `unsent` until they have gone out, and only then become what an ending of ours builds on.
 */
export function openResponsesStream(request: RequestView, made: Made): ReplyStream {
  const textsOf = responseTextReader(request)
  const sent = createSentResponse()
  let unsent: (ResponseEvent | typeof DONE)[] = []
  let doneSent = false
  let ended = false

  return {
    read(data, event) {
      if (data === DONE || data.trim() === DONE) {
        unsent.push(DONE)
        ended = true
        return []
      }
      const parsed = parseEvent(data)
      if (event === 'error') throw reportedError(isObject(parsed) ? (parsed.error ?? parsed) : parsed)
      if (!isObject(parsed)) throw garbage('an event is not an object')
      if (parsed.error) throw reportedError(parsed.error)
      const { type = event } = parsed
      if (typeof type !== 'string') throw garbage('an event has no type')
      const read = { ...parsed, type }
      const texts = textsOf(read)
      unsent.push(read)
      if (endsResponse(read)) ended = true
      return texts
    },

    sent(events = unsent.length) {
      for (const event of unsent.slice(0, events)) {
        if (event === DONE) doneSent = true
        else sent.apply(event)
      }
      unsent = unsent.slice(events)
    },

    get ended() {
      return ended
    },

    endSafely(text) {
      if (sent.ended || doneSent) return new Uint8Array(0)
      if (request.replyForm === 'json-schema' || followsSchema(sent.response?.text)) return undefined
      return encoder.encode(safeEnding(sent, request, text, made))
    },

    endWithError(error, requestId) {
      return encoder.encode(errorFrame(error, requestId, sent.sequence + 1))
    },
  }
}

const DONE = '[DONE]'
const encoder = new TextEncoder()

/** Asked for with the first request; who reads the reply again does not say it, but the response itself does. */
function followsSchema(text: unknown): boolean {
  return isObject(text) && isObject(text.format) && text.format.type !== 'text'
}

/** Flat as OpenAI documents it, and nested as it sends it: clients read one or the other. */
function errorFrame(error: GatewayError, requestId: string, sequence: number): string {
  const { error: nested } = chatError(error, requestId)
  const { code, message, param } = nested
  return sseNamed('error', { type: 'error', sequence_number: sequence, code, message, param, error: nested })
}
