import type { RequestView } from '../exchange.ts'
import type { OwnMessage } from './openai-responses-own.ts'
import { outputTexts } from './openai-responses-reply.ts'
import { OWN_ITEM, ownMessage } from './openai-responses-safe.ts'
import type { SentResponse } from './openai-responses-sent.ts'
import { isObject, type JsonObject } from './wire.ts'

/**
 * Whether a response that has come to its end may get a paragraph more. Not where the caller is to run a tool and the
 * turn goes on after it, nor where the engine's filter left no words.
 */
export function endsAsText(response: JsonObject, callsTool: boolean, speaks: boolean): boolean {
  const { status, incomplete_details: why } = response
  if (status !== 'completed' && status !== 'incomplete') return false
  if (followsSchema(response.text) || callsTool) return false
  return speaks || !isObject(why) || why.reason !== 'content_filter'
}

/** Asked for with the first request; who reads the reply again does not say it, but the response itself does. */
export function followsSchema(text: unknown): boolean {
  return isObject(text) && isObject(text.format) && text.format.type !== 'text'
}

/** A call whose result the caller has to bring. A kind of call that is not known is taken for one. */
export function waitsForCaller(item: unknown): boolean {
  if (!isObject(item) || typeof item.type !== 'string') return false
  return /_(?:call|request)$/.test(item.type) && !RUN_BY_ENGINE.test(item.type)
}

const RUN_BY_ENGINE = /^(?:web_search|file_search|code_interpreter|image_generation|mcp)_call$/

/** The output of a response that ends, with what of ours stands in the stream before it and behind it. */
export function outputWith(
  response: JsonObject,
  sent: SentResponse,
  opening: OwnMessage | undefined,
  added: OwnMessage | undefined,
): { output: unknown[]; output_text?: string } {
  const { output, output_text: all } = response
  // Some engines do not repeat what they streamed.
  const before =
    Array.isArray(output) && output.length > 0 ? [...listOf(opening), ...output] : sent.streamedItems()
  const text = (message: OwnMessage | undefined) => message?.content[0].text ?? ''
  return {
    output: [...before, ...listOf(added)],
    ...(typeof all === 'string' && { output_text: text(opening) + all + text(added) }),
  }
}

/**
 * A whole response with the text at its end, or `undefined` where none may stand. It is one paragraph more in the last
 * message: many applications show one part alone, and callers that go on by the ids of items name none of ours.
 */
export function addToResponse(
  body: unknown,
  text: string,
  request: RequestView,
  choices?: readonly number[],
): unknown {
  if (request.replyForm === 'json-schema' || choices?.includes(0) === false) return undefined
  if (!isObject(body) || !Array.isArray(body.output)) return undefined
  const output: unknown[] = body.output
  const speaks = outputTexts(output).some(({ kind }) => kind === 'content' || kind === 'refusal')
  if (!endsAsText({ status: 'completed', ...body }, output.some(waitsForCaller), speaks)) return undefined
  const last = output.findLastIndex((item) => isObject(item) && item.type === 'message')
  const message = output[last]
  // Engines allow ids of 64 characters.
  const id = `${OWN_ITEM}added-${String(body.id).slice(-32)}`
  const added = isObject(message)
    ? output.with(last, { ...message, content: withText(message.content, text) })
    : [...output, ownMessage(id, text)]
  const { output_text: all } = body
  return { ...body, output: added, ...(typeof all === 'string' && { output_text: all + text }) }
}

function withText(content: unknown, text: string): unknown[] {
  const parts: unknown[] = Array.isArray(content) ? content : []
  const last = parts.at(-1)
  if (isObject(last) && last.type === 'output_text' && typeof last.text === 'string')
    return [...parts.slice(0, -1), { ...last, text: last.text + text }]
  return [...parts, { type: 'output_text', text, annotations: [], logprobs: [] }]
}

function listOf<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}
