import type { GatewayError } from '../errors.ts'
import type { RequestView } from '../exchange.ts'
import type { Made, ReplyAdditions, ReplyStream } from './dialect.ts'
import { chatError } from './openai-chat-error.ts'
import { endsAsText, followsSchema, waitsForCaller } from './openai-responses-additions.ts'
import { safeEnding } from './openai-responses-end.ts'
import { endsResponse, type ResponseEvent, responseTextReader } from './openai-responses-events.ts'
import { beginEvents, openingMessage } from './openai-responses-own.ts'
import { BEGINS, createRewriter } from './openai-responses-rewrite.ts'
import { responseId } from './openai-responses-safe.ts'
import { createSentResponse, type SentResponse } from './openai-responses-sent.ts'
import { sseNamed } from './sse.ts'
import { createUnsent } from './unsent.ts'
import { garbage, isObject, parseEvent, reportedError } from './wire.ts'

/**
 * One streamed response. Its end mark is its last event; some engines add a `[DONE]`, which is read and counted too.
 * Events read wait in `unsent` until they have gone out, and only then become what an ending of ours builds on. Text
 * of ours stands in messages of its own.
 */
export function openResponsesStream(request: RequestView, made: Made): ReplyStream & ReplyAdditions {
  const textsOf = responseTextReader(request)
  const rewriter = createRewriter(made)
  const unsent = createUnsent<ResponseEvent | typeof DONE>()
  const sent = createSentResponse()
  /** The first event, as the engine wrote it. */
  let created: ResponseEvent | undefined
  /** More of the engine's than its beginning has gone out. */
  let speaking = false
  let opening: Uint8Array | undefined
  let doneSent = false
  let ended = false
  /** As read, for `finishing`. */
  let speaks = false
  let callsTool = false
  let finishing: readonly number[] = []

  function finishes({ response }: ResponseEvent): boolean {
    if (request.replyForm === 'json-schema' || !isObject(response)) return false
    const output: unknown[] = Array.isArray(response.output) ? response.output : []
    return endsAsText(response, callsTool || output.some(waitsForCaller), speaks)
  }

  function apply(to: SentResponse, events: readonly (ResponseEvent | typeof DONE)[]): SentResponse {
    for (const event of events) if (event !== DONE) to.apply(event)
    return to
  }

  return {
    read(data, event) {
      finishing = []
      if (data === DONE || data.trim() === DONE) {
        unsent.add(data, [DONE])
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
      speaks ||= texts.some(({ kind }) => kind === 'content' || kind === 'refusal')
      if (type === 'response.created') created = read
      callsTool ||= waitsForCaller(parsed.item)
      if (endsResponse(read)) {
        if (!ended && finishes(read)) finishing = [0]
        ended = true
      }
      unsent.add(data, [read], finishing.length > 0)
      return texts
    },

    sent(events) {
      const gone = unsent.take(events)
      speaking ||= gone.some((event) => event === DONE || !BEGINS.has(event.type))
      doneSent ||= gone.includes(DONE)
      apply(sent, gone)
    },

    ended() {
      return ended
    },

    finishing() {
      return finishing
    },

    openWith(text) {
      if (opening !== undefined) return opening
      if (request.replyForm === 'json-schema' || request.retrieves !== undefined || speaking) return undefined
      // Where the caller may go on by the id, it must be the engine's from the beginning.
      if (request.openedByEngine && created === undefined) return undefined
      const engines = request.openedByEngine || sent.begun
      const begin = sent.begun ? [] : engines && created ? [created] : beginEvents(request, {}, made)
      const id = engines ? undefined : responseId(request, made)
      const events = rewriter.open(begin, openingMessage(text, made), id, sent.sequence)
      apply(sent, events)
      opening = encoder.encode(framesOf(events))
      return opening
    },

    rewrite(data, _event, added) {
      const { event: waiting, before } = unsent.next(data)
      const [event] = waiting.changes
      if (event === undefined || event === DONE) return undefined
      const text = waiting.finishes && added?.choices.includes(0) ? added.text : undefined
      const rewritten = rewriter.rewrite(event, text, () => apply(createSentResponse(sent), before()))
      if (rewritten === undefined) return undefined
      waiting.changes = rewritten.changes
      return encoder.encode(framesOf(rewritten.events))
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

function framesOf(events: readonly ResponseEvent[]): string {
  return events.map((event) => sseNamed(event.type, event)).join('')
}

/** Flat as OpenAI documents it, and nested as it sends it: clients read one or the other. */
function errorFrame(error: GatewayError, requestId: string, sequence: number): string {
  const { error: nested } = chatError(error, requestId)
  const { code, message, param } = nested
  return sseNamed('error', { type: 'error', sequence_number: sequence, code, message, param, error: nested })
}
