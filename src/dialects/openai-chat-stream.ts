import type { RequestView, TextDelta } from '../exchange.ts'
import type { ReplyStream } from './dialect.ts'
import { chatError } from './openai-chat-error.ts'
import { addTexts, readChoices, readIndex } from './openai-chat-reply.ts'
import { sseData, sseFrame, wireJson } from './sse.ts'
import { garbage, isAbsent, isObject, type JsonObject, parseEvent, reportedError } from './wire.ts'

/** What every chunk of one stream repeats. */
export interface ChatStamp {
  id: string
  /** Epoch seconds. */
  created: number
  model: string
}

/** At which event a choice said its role, and at which it finished. */
interface ChoiceState {
  roleAt: number
  finishedAt: number
}

/**
 * One streamed chat completion. Events are numbered as they are read, and `sentCount` says how many of them the client
 * has seen: for the client a choice is open until its `finish_reason` was sent, not merely read.
 */
export function openChatStream(request: RequestView, made: ChatStamp): ReplyStream {
  const choices = new Map<number, ChoiceState>()
  const stamp: Partial<ChatStamp> = {}
  let readCount = 0
  let sentCount = 0
  let endedAt = NEVER

  function readStamp({ id, created, model }: JsonObject): void {
    if (stamp.id === undefined && typeof id === 'string' && id !== '') stamp.id = id
    if (stamp.model === undefined && typeof model === 'string' && model !== '') stamp.model = model
    if (stamp.created === undefined && typeof created === 'number') stamp.created = created
  }

  function readChoice(texts: TextDelta[], choice: JsonObject, position: number): void {
    const index = readIndex(choice, position)
    let state = choices.get(index)
    if (state === undefined) {
      state = { roleAt: NEVER, finishedAt: NEVER }
      choices.set(index, state)
    }
    const { delta, finish_reason: reason } = choice
    if (isObject(delta)) {
      if (typeof delta.role === 'string' && delta.role !== '')
        state.roleAt = Math.min(state.roleAt, readCount)
      addTexts(texts, index, delta)
    } else if (!isAbsent(delta)) throw garbage('a delta is not an object')
    if (!isAbsent(reason) && typeof reason !== 'string') throw garbage('a finish_reason is not a string')
    // Some engines write an empty reason for "not yet".
    if (reason) state.finishedAt = Math.min(state.finishedAt, readCount)
  }

  /** A delta with the text, then the finish, as an engine's own content filter ends a choice. */
  function endChoice(index: number, text: string): string {
    const chunk = (delta: object, reason: string | null) => {
      const choice = { index, delta, logprobs: null, finish_reason: reason }
      return sseFrame(wireJson({ ...made, ...stamp, object: 'chat.completion.chunk', choices: [choice] }))
    }
    const roleSent = (choices.get(index)?.roleAt ?? NEVER) <= sentCount
    const delta = roleSent ? { content: text } : { role: 'assistant', content: text }
    return chunk(delta, null) + chunk({}, 'content_filter')
  }

  return {
    read(data, event) {
      readCount++
      if (data === DONE || data.trim() === DONE) {
        endedAt = Math.min(endedAt, readCount)
        return []
      }
      const chunk = parseEvent(data)
      if (event === 'error') throw reportedError(isObject(chunk) ? (chunk.error ?? chunk) : chunk)
      const read = readChoices(chunk)
      if (isObject(chunk)) readStamp(chunk)
      const texts: TextDelta[] = []
      for (const [position, choice] of read.entries()) readChoice(texts, choice, position)
      return texts
    },

    sent(events = NEVER) {
      sentCount = Math.min(readCount, sentCount + events)
    },

    get ended() {
      return endedAt !== NEVER
    },

    endSafely(text) {
      if (endedAt <= sentCount) return new Uint8Array(0)
      if (request.replyForm === 'json-schema') return undefined
      const asked = Array.from({ length: request.choices }, (_, index) => index)
      const open = [...new Set([...asked, ...choices.keys()])]
        .filter((index) => (choices.get(index)?.finishedAt ?? NEVER) > sentCount)
        .sort((a, b) => a - b)
      return encoder.encode(open.map((index) => endChoice(index, text)).join('') + sseFrame(DONE))
    },

    endWithError: (error, requestId) => sseData(chatError(error, requestId)),
  }
}

const DONE = '[DONE]'
const NEVER = Number.POSITIVE_INFINITY
const encoder = new TextEncoder()
