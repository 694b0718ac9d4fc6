import type { Made } from './dialect.ts'
import { outputWith } from './openai-responses-additions.ts'
import type { ResponseEvent } from './openai-responses-events.ts'
import { addedMessage, messageEvents, type OwnMessage } from './openai-responses-own.ts'
import type { SentResponse } from './openai-responses-sent.ts'
import { isObject, type JsonObject } from './wire.ts'

/** What goes out in place of an event, and what that changes for the client. */
export interface Rewritten {
  events: ResponseEvent[]
  changes: ResponseEvent[]
}

/**
 * Fits the engine's events to the messages of ours before and behind them: items move up by one, events are numbered
 * anew, and the response that was begun by us keeps the id that it began with, for official clients refuse another.
 */
export function createRewriter(made: Made) {
  let opening: { message: OwnMessage; id: string | undefined } | undefined
  let sequence = -1

  function numbered(event: ResponseEvent): ResponseEvent {
    sequence++
    return { ...event, sequence_number: sequence }
  }

  function moved(event: ResponseEvent): ResponseEvent {
    if (opening === undefined || typeof event.output_index !== 'number') return event
    return { ...event, output_index: event.output_index + 1 }
  }

  /** The response of an event under the id that the client knows. */
  function named(response: JsonObject): JsonObject {
    return opening?.id === undefined ? response : { ...response, id: opening.id }
  }

  return {
    /**
     * Our own beginning: `begin`, where the response has not begun yet, then the message, numbered on from `lastNumber`.
     * `id` is what the response has been called, where it is not what the engine calls it.
     */
    open(
      begin: readonly ResponseEvent[],
      message: OwnMessage,
      id: string | undefined,
      lastNumber: number,
    ): ResponseEvent[] {
      sequence = lastNumber
      opening = { message, id }
      return [...begin, ...messageEvents(0, message)].map(numbered)
    },

    /** `sentBefore` is what the client will have when the event goes out. */
    rewrite(
      event: ResponseEvent,
      text: string | undefined,
      sentBefore: () => SentResponse,
    ): Rewritten | undefined {
      if (opening === undefined && text === undefined) return undefined
      const { response, sequence_number: number } = event
      if (opening !== undefined && BEGINS.has(event.type)) {
        const { sequence_number: _, ...known } = event
        return { events: [], changes: [isObject(response) ? { ...known, response: named(response) } : known] }
      }
      const added = text === undefined ? undefined : addedMessage(text, made)
      const own: ResponseEvent[] = []
      let theirs = moved(event)
      if (isObject(response)) {
        const sent = sentBefore()
        const whole = outputWith(response, sent, opening?.message, added)
        if (opening === undefined) sequence = typeof number === 'number' ? number - 1 : sent.sequence
        if (added !== undefined)
          own.push(...messageEvents(Math.max(sent.lastIndex + 1, whole.output.length - 1), added))
        theirs = { ...theirs, response: { ...named(response), ...whole } }
      }
      const events = [...own.map(numbered), typeof number === 'number' ? numbered(theirs) : theirs]
      return { events, changes: events }
    },
  }
}

/** What an engine begins with; where ours has begun already it is left out. */
export const BEGINS: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
])
