import type { RequestView } from '../exchange.ts'
import type { SentMessage } from './anthropic-messages-sent.ts'
import { isObject, type JsonObject } from './wire.ts'

/** An event as it goes out. */
export type OwnEvent = JsonObject & { readonly type: string }

/** The text as a block of its own, whole, after the block that is open. */
export function textBlock({ closable, lastIndex }: SentMessage, text: string): OwnEvent[] {
  const index = lastIndex + 1
  return [
    ...closable.map((index) => ({ type: 'content_block_stop', index })),
    { type: 'content_block_start', index, content_block: { type: 'text', text: '', citations: null } },
    { type: 'content_block_delta', index, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index },
  ]
}

/** The engine's start of the message behind a start of ours: whatever blocks it brings, and nothing else. */
export function blocksOfStart(message: JsonObject, shift: number): OwnEvent[] {
  const blocks = Array.isArray(message.content) ? message.content.filter(isObject) : []
  return blocks.flatMap((block, at) => {
    const index = at + shift
    const { type, text } = block
    // Clients take text from deltas.
    const bare = type === 'text' ? { ...block, text: '' } : block
    return [
      { type: 'content_block_start', index, content_block: bare },
      ...(type === 'text' && text
        ? [{ type: 'content_block_delta', index, delta: { type: 'text_delta', text } }]
        : []),
      { type: 'content_block_stop', index },
    ]
  })
}

/** Tokens of the input are counted in the start of the message alone, unless its last delta says them too. */
export function withUsageOf(start: unknown, event: JsonObject): JsonObject {
  if (!isObject(start)) return event
  return { ...event, usage: { ...start, ...(isObject(event.usage) ? event.usage : {}) } }
}

/**
 * A whole message with the text at its end, or `undefined` where none may stand: what the text makes is one paragraph
 * more in the last block, for many applications show only one; a block of its own where the last is no text, or is
 * text with sources, which ours has not.
 */
export function addToMessage(
  body: unknown,
  text: string,
  request: RequestView,
  choices?: readonly number[],
): unknown {
  if (request.replyForm === 'json-schema' || choices?.includes(0) === false) return undefined
  if (!isObject(body) || !Array.isArray(body.content)) return undefined
  const content: unknown[] = body.content
  const types = content.map((block) => (isObject(block) ? block.type : undefined))
  const speaks = content.some((block) => isObject(block) && block.type === 'text' && Boolean(block.text))
  if (!endsAsText(body.stop_reason, types.includes('tool_use'), speaks)) return undefined
  const last = content.at(-1)
  if (isObject(last) && last.type === 'text' && typeof last.text === 'string' && !hasSources(last))
    return { ...body, content: [...content.slice(0, -1), { ...last, text: last.text + text }] }
  return { ...body, content: [...content, { type: 'text', text, citations: null }] }
}

/**
 * Whether a reply that stops for this reason may get a paragraph more. Not where a tool is to be run and the turn goes
 * on after it, nor where the engine goes on by itself with what it is given back unchanged.
 */
export function endsAsText(reason: unknown, callsTool: boolean, speaks: boolean): boolean {
  if (callsTool || reason === 'tool_use' || reason === 'pause_turn') return false
  return typeof reason === 'string' && (reason !== 'refusal' || speaks)
}

function hasSources({ citations }: JsonObject): boolean {
  return Array.isArray(citations) && citations.length > 0
}
