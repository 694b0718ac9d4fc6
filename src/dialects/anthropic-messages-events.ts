import type { TextDelta } from '../exchange.ts'
import { addBlock, addDelta, readContent } from './anthropic-messages-reply.ts'
import { anyText } from './any-text.ts'
import { garbage, isAbsent, isObject, type JsonObject, MAX_PARTS } from './wire.ts'

/** What an event changes for the client. */
export type Step =
  | { kind: 'start'; outputTokens: number; blocks: number }
  | { kind: 'block'; index: number; type: unknown }
  | { kind: 'block-end'; index: number }
  | { kind: 'stop-reason'; reason: unknown }
  | { kind: 'end' }
  | { kind: 'none' }

/** Adds the texts of one event and says what it changes. Throws `GatewayError` `engine_garbage`. */
export function readEvent(texts: TextDelta[], event: JsonObject): Step {
  const { type, message, delta } = event
  switch (type) {
    case 'message_start': {
      if (!isObject(message)) throw garbage('message_start has no message')
      if (!isAbsent(message.content)) texts.push(...readContent(message.content))
      const { usage, content } = message
      const tokens = isObject(usage) ? usage.output_tokens : undefined
      return {
        kind: 'start',
        outputTokens: typeof tokens === 'number' ? tokens : 0,
        blocks: Array.isArray(content) ? content.length : 0,
      }
    }
    case 'content_block_start': {
      const index = readIndex(event)
      const { content_block: block } = event
      addBlock(texts, index, block)
      return { kind: 'block', index, type: isObject(block) ? block.type : undefined }
    }
    case 'content_block_delta':
      addDelta(texts, readIndex(event), delta)
      return { kind: 'none' }
    case 'content_block_stop':
      return { kind: 'block-end', index: readIndex(event) }
    case 'message_delta':
      if (!isObject(delta) || !delta.stop_reason) return { kind: 'none' }
      return { kind: 'stop-reason', reason: delta.stop_reason }
    case 'message_stop':
      return { kind: 'end' }
    case 'ping':
      return { kind: 'none' }
    default: {
      if (typeof type !== 'string') throw garbage('an event has no type')
      // Later versions may add events; whatever text they carry is read.
      const { type: _type, ...rest } = event
      const text = anyText(rest)
      if (text !== '') texts.push({ choice: 0, kind: 'content', text })
      return { kind: 'none' }
    }
  }
}

function readIndex({ index }: JsonObject): number {
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < MAX_PARTS) return index
  throw garbage(`the index of a content block is not a whole number from 0 to ${MAX_PARTS - 1}`)
}
