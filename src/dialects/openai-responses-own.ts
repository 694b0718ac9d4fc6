import type { RequestView } from '../exchange.ts'
import type { Made } from './dialect.ts'
import type { ResponseEvent } from './openai-responses-events.ts'
import { OWN_ITEM, ownMessage, safeResponse } from './openai-responses-safe.ts'
import type { JsonObject } from './wire.ts'

export type OwnMessage = ReturnType<typeof ownMessage>

/** The events that say a message of ours as output item `index`, from its beginning to its end, not yet numbered. */
export function messageEvents(index: number, message: OwnMessage): ResponseEvent[] {
  const [part] = message.content
  const { text } = part
  const at = { item_id: message.id, output_index: index }
  const inPart = { ...at, content_index: 0 }
  const begun = { ...message, status: 'in_progress', content: [] }
  return [
    { type: 'response.output_item.added', output_index: index, item: begun },
    { type: 'response.content_part.added', ...inPart, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...inPart, delta: text, logprobs: [] },
    { type: 'response.output_text.done', ...inPart, text, logprobs: [] },
    { type: 'response.content_part.done', ...inPart, part },
    { type: 'response.output_item.done', output_index: index, item: message },
  ]
}

/** The events with which a response of ours begins. */
export function beginEvents(request: RequestView, metadata: JsonObject, made: Made): ResponseEvent[] {
  const own = safeResponse(request, '', made)
  const response = { ...own, status: 'in_progress', completed_at: null, metadata, output: [], usage: null }
  return [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
  ]
}

/** Our first paragraph, as output item 0. Its id tells it from the engine's items, and from a safe reply after it. */
export function openingMessage(text: string, made: Made): OwnMessage {
  return ownMessage(`${OWN_ITEM}opening-${made.requestId}`, text)
}

/** Our last paragraph, as an output item. */
export function addedMessage(text: string, made: Made): OwnMessage {
  return ownMessage(`${OWN_ITEM}added-${made.requestId}`, text)
}
