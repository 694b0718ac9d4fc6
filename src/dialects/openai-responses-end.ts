import type { RequestView } from '../exchange.ts'
import type { Made } from './dialect.ts'
import { beginEvents, messageEvents } from './openai-responses-own.ts'
import { safeMessage, safeResponse } from './openai-responses-safe.ts'
import { filledPart, type SentItem, type SentPart, type SentResponse } from './openai-responses-sent.ts'
import { sseNamed } from './sse.ts'
import { isObject, type JsonObject } from './wire.ts'

/**
 * The events that end a response with the safe text, after whatever the client was sent. Open messages and thoughts
 * are closed as incomplete, the text follows as a message of its own, and the response is `completed`: for many
 * clients `incomplete` is an error (openai-python's `get_final_response()` raises, agent frameworks too), and the
 * person would read an error instead of the text. `metadata.haltgate` tells programs.
 *
 * An open tool call is left open, for clients run a call once it is done, with half its arguments or none. Official
 * clients refuse `completed` over an open item, so then the response is `incomplete` (`content_filter`).
 */
export function safeEnding(sent: SentResponse, request: RequestView, text: string, made: Made): string {
  const frames: string[] = []
  let sequence = sent.sequence
  const say = (type: string, fields: JsonObject) => {
    sequence++
    frames.push(sseNamed(type, { type, sequence_number: sequence, ...fields }))
  }
  const own = safeResponse(request, text, made)
  const base: JsonObject = sent.response ?? own
  if (!sent.begun) {
    for (const { type, ...fields } of beginEvents(request, own.metadata, made)) say(type, fields)
  }

  const output: JsonObject[] = []
  let callLeftOpen = false
  for (const [index, item] of [...sent.items].sort(([a], [b]) => a - b)) {
    if (item.done) output.push(item.item)
    else if (CLOSABLE.has(item.item.type)) output.push(closeItem(say, index, item))
    else callLeftOpen = true
  }

  const index = sent.lastIndex + 1
  const message = safeMessage(text, made)
  for (const { type, ...fields } of messageEvents(index, message)) say(type, fields)
  output.push(message)

  // Put together by some engines from the output that we replace.
  const { output_text: _, ...kept } = base
  const status = callLeftOpen ? 'incomplete' : 'completed'
  say(`response.${status}`, {
    response: {
      ...kept,
      status,
      completed_at: callLeftOpen ? null : own.completed_at,
      error: null,
      incomplete_details: callLeftOpen ? { reason: 'content_filter' } : null,
      output,
      metadata: { ...(isObject(base.metadata) ? base.metadata : {}), ...own.metadata },
    },
  })
  return frames.join('')
}

const CLOSABLE = new Set<unknown>(['message', 'reasoning'])

type Say = (type: string, fields: JsonObject) => void

/** Closes an item's open parts and the item, and returns it as it now is. */
function closeItem(say: Say, index: number, { item, parts }: SentItem): JsonObject {
  const at = { item_id: item.id, output_index: index }
  const lists: Record<SentPart['list'], unknown[]> = {
    content: asList(item.content),
    summary: asList(item.summary),
  }
  for (const part of [...parts.values()].sort((a, b) => a.index - b.index)) {
    const filled = filledPart(part)
    lists[part.list][part.index] = filled
    if (!part.done) closePart(say, at, part, filled)
  }
  const closed = {
    ...item,
    status: 'incomplete',
    ...((item.type === 'message' || lists.content.length > 0) && { content: lists.content.filter(isObject) }),
    ...(item.type === 'reasoning' && { summary: lists.summary.filter(isObject) }),
  }
  say('response.output_item.done', { output_index: index, item: closed })
  return closed
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : []
}

function closePart(
  say: Say,
  item: JsonObject,
  { list, index, text, part }: SentPart,
  filled: JsonObject,
): void {
  if (list === 'summary') {
    const at = { ...item, summary_index: index }
    say('response.reasoning_summary_text.done', { ...at, text })
    say('response.reasoning_summary_part.done', { ...at, part: filled })
    return
  }
  const at = { ...item, content_index: index }
  if (part.type === 'refusal') say('response.refusal.done', { ...at, refusal: text })
  else if (part.type === 'reasoning_text') say('response.reasoning_text.done', { ...at, text })
  else say('response.output_text.done', { ...at, text, logprobs: [] })
  say('response.content_part.done', { ...at, part: filled })
}
