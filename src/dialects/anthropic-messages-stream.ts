import type { RequestView, TextDelta } from '../exchange.ts'
import { addBlock, addDelta, readContent, throwError } from './anthropic-messages-reply.ts'
import { emptyMessage, messagesError, STOPPED } from './anthropic-messages-safe.ts'
import { anyText } from './any-text.ts'
import type { Made, ReplyStream } from './dialect.ts'
import { sseNamed } from './sse.ts'
import { garbage, isAbsent, isObject, type JsonObject, MAX_PARTS, parseEvent } from './wire.ts'

/** What an event changes for the client; applied when it has gone out. */
type Step =
  | { kind: 'start'; outputTokens: number }
  | { kind: 'block'; index: number; type: unknown }
  | { kind: 'block-end'; index: number }
  | { kind: 'stop-reason' }
  | { kind: 'end' }
  | { kind: 'none' }

/**
 * One streamed message. What events change waits in `unsent` until they have gone out: for the client a block is open
 * until its end was sent, not merely read.
 */
export function openMessagesStream(request: RequestView, made: Made): ReplyStream {
  let unsent: Step[] = []
  let ended = false
  /** As the client has it. */
  const sent = { started: false, stopped: false, ended: false, outputTokens: 0, lastIndex: -1 }
  const openBlocks = new Map<number, unknown>()

  function apply(step: Step): void {
    if (step.kind === 'start') {
      sent.started = true
      sent.outputTokens = step.outputTokens
    } else if (step.kind === 'block') {
      openBlocks.set(step.index, step.type)
      sent.lastIndex = Math.max(sent.lastIndex, step.index)
    } else if (step.kind === 'block-end') openBlocks.delete(step.index)
    else if (step.kind === 'stop-reason') sent.stopped = true
    else if (step.kind === 'end') sent.ended = true
  }

  /**
   * Open text and thoughts are closed, then the text follows in a block of its own. An open tool call is left without
   * its end: clients run a call once it has ended, with half its input or none.
   */
  function ending(text: string): string {
    const frames: string[] = []
    const say = (type: string, fields: JsonObject) => frames.push(sseNamed(type, { type, ...fields }))
    if (!sent.stopped) {
      if (!sent.started) say('message_start', { message: emptyMessage(request, made) })
      for (const [index, type] of openBlocks) if (CLOSABLE.has(type)) say('content_block_stop', { index })
      const index = sent.lastIndex + 1
      say('content_block_start', { index, content_block: { type: 'text', text: '', citations: null } })
      say('content_block_delta', { index, delta: { type: 'text_delta', text } })
      say('content_block_stop', { index })
      say('message_delta', { delta: STOPPED, usage: { output_tokens: sent.outputTokens } })
    }
    say('message_stop', {})
    return frames.join('')
  }

  return {
    read(data, event) {
      const parsed = parseEvent(data)
      if (!isObject(parsed)) throw garbage('an event is not an object')
      if (event === 'error') throwError({ type: 'error', error: parsed.error ?? parsed })
      throwError(parsed)
      const texts: TextDelta[] = []
      const step = readEvent(texts, { type: event, ...parsed })
      unsent.push(step)
      if (step.kind === 'end') ended = true
      return texts
    },

    sent(events = unsent.length) {
      for (const step of unsent.slice(0, events)) apply(step)
      unsent = unsent.slice(events)
    },

    get ended() {
      return ended
    },

    endSafely(text) {
      if (sent.ended) return new Uint8Array(0)
      if (request.replyForm === 'json-schema') return undefined
      return encoder.encode(ending(text))
    },

    endWithError: (error, requestId) => encoder.encode(sseNamed('error', messagesError(error, requestId))),
  }
}

const CLOSABLE = new Set<unknown>(['text', 'thinking', 'redacted_thinking'])
const encoder = new TextEncoder()

/** Adds the texts of one event and says what it changes. */
function readEvent(texts: TextDelta[], event: JsonObject): Step {
  const { type, message, delta } = event
  switch (type) {
    case 'message_start': {
      if (!isObject(message)) throw garbage('message_start has no message')
      if (!isAbsent(message.content)) texts.push(...readContent(message.content))
      const { usage } = message
      const tokens = isObject(usage) ? usage.output_tokens : undefined
      return { kind: 'start', outputTokens: typeof tokens === 'number' ? tokens : 0 }
    }
    case 'content_block_start': {
      const index = readIndex(event)
      addBlock(texts, index, event.content_block)
      return {
        kind: 'block',
        index,
        type: isObject(event.content_block) ? event.content_block.type : undefined,
      }
    }
    case 'content_block_delta':
      addDelta(texts, readIndex(event), delta)
      return { kind: 'none' }
    case 'content_block_stop':
      return { kind: 'block-end', index: readIndex(event) }
    case 'message_delta':
      return isObject(delta) && delta.stop_reason ? { kind: 'stop-reason' } : { kind: 'none' }
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
