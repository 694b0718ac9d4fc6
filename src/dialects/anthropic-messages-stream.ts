import type { RequestView, TextDelta } from '../exchange.ts'
import {
  blocksOfStart,
  endsAsText,
  type OwnEvent,
  textBlock,
  withUsageOf,
} from './anthropic-messages-additions.ts'
import { readEvent, type Step } from './anthropic-messages-events.ts'
import { throwError } from './anthropic-messages-reply.ts'
import { emptyMessage, messagesError, STOPPED } from './anthropic-messages-safe.ts'
import { sentAfter } from './anthropic-messages-sent.ts'
import type { Made, ReplyAdditions, ReplyStream } from './dialect.ts'
import { sseFrame, sseNamed } from './sse.ts'
import { createUnsent } from './unsent.ts'
import { garbage, isObject, parseEvent } from './wire.ts'

/**
 * One streamed message. What events change waits in `unsent` until they have gone out. Text of ours stands in blocks
 * of its own; behind one at the beginning, the engine's blocks move up by one.
 */
export function openMessagesStream(request: RequestView, made: Made): ReplyStream & ReplyAdditions {
  const unsent = createUnsent<Step>()
  let sent = sentAfter([])
  let ended = false
  /** As read, for `finishing`. */
  let speaks = false
  let callsTool = false
  let stopRead = false
  let finishing: readonly number[] = []
  /** The block of ours that stands before the engine's. */
  let opening: Uint8Array | undefined
  let startUsage: unknown

  function ending(text: string): OwnEvent[] {
    const start = sent.started ? [] : [{ type: 'message_start', message: emptyMessage(request, made) }]
    const stop = { type: 'message_delta', delta: STOPPED, usage: { output_tokens: sent.outputTokens } }
    return [...(sent.stopped ? [] : [...start, ...textBlock(sent, text), stop]), { type: 'message_stop' }]
  }

  /** An engine's event behind a block of ours; `undefined` where it stays as it is. */
  function moved(data: string, name: string | undefined): OwnEvent[] | undefined {
    const parsed = parseEvent(data)
    if (!isObject(parsed)) return undefined
    const { type = name, index, message } = parsed
    if (typeof type !== 'string') return undefined
    if (type === 'message_start' && isObject(message)) {
      startUsage = message.usage
      return blocksOfStart(message, 1)
    }
    if (type === 'message_delta') return [{ ...withUsageOf(startUsage, parsed), type }]
    if (type.startsWith('content_block') && typeof index === 'number')
      return [{ ...parsed, type, index: index + 1 }]
    return undefined
  }

  return {
    read(data, event) {
      finishing = []
      const parsed = parseEvent(data)
      if (!isObject(parsed)) throw garbage('an event is not an object')
      if (event === 'error') throwError({ type: 'error', error: parsed.error ?? parsed })
      throwError(parsed)
      const texts: TextDelta[] = []
      const step = readEvent(texts, { type: event, ...parsed })
      speaks ||= texts.some(({ kind }) => kind === 'content')
      callsTool ||= step.kind === 'block' && step.type === 'tool_use'
      if (step.kind === 'stop-reason' && !stopRead) {
        stopRead = true
        if (request.replyForm === 'text' && endsAsText(step.reason, callsTool, speaks)) finishing = [0]
      }
      unsent.add(data, [step], finishing.length > 0)
      if (step.kind === 'end') ended = true
      return texts
    },

    sent(events) {
      sent = sentAfter(unsent.take(events), sent)
    },

    ended() {
      return ended
    },

    finishing() {
      return finishing
    },

    openWith(text) {
      if (request.replyForm === 'json-schema' || request.openedByEngine) return undefined
      if (opening !== undefined) return opening
      if (sent.lastIndex >= 0 || sent.stopped || sent.ended) return undefined
      // Engines often begin at once, and then think.
      const start = sent.started ? [] : [{ type: 'message_start', message: emptyMessage(request, made) }]
      const events = [...start, ...textBlock(sent, text)]
      sent = sentAfter(stepsOf(events), sent)
      opening = encode(events)
      return opening
    },

    rewrite(data, event, added) {
      const { event: read, before } = unsent.next(data)
      const adds = read.finishes && added?.choices.includes(0) === true
      const own = adds ? textBlock(sentAfter(before(), sent), added.text) : []
      const theirs = opening !== undefined ? moved(data, event) : undefined
      if (theirs === undefined) {
        read.changes = [...stepsOf(own), ...read.changes]
        return adds ? encoder.encode(framesOf(own) + original(data, event)) : undefined
      }
      // The start that the client has is ours; of the engine's, its count of tokens is kept.
      const start = read.changes.flatMap((step) => (step.kind === 'start' ? [{ ...step, blocks: 0 }] : []))
      read.changes = [...start, ...stepsOf(own), ...stepsOf(theirs)]
      return encode([...own, ...theirs])
    },

    endSafely(text) {
      if (sent.ended) return new Uint8Array(0)
      if (request.replyForm === 'json-schema') return undefined
      return encode(ending(text))
    },

    endWithError: (error, requestId) => encoder.encode(sseNamed('error', messagesError(error, requestId))),
  }
}

const encoder = new TextEncoder()

function encode(events: readonly OwnEvent[]): Uint8Array {
  return encoder.encode(framesOf(events))
}

function framesOf(events: readonly OwnEvent[]): string {
  return events.map((event) => sseNamed(event.type, event)).join('')
}

function stepsOf(events: readonly OwnEvent[]): Step[] {
  return events.map((event) => readEvent([], event))
}

/** The event as the engine wrote it, but for the ends of its lines. */
function original(data: string, event: string | undefined): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${sseFrame(data)}`
}
