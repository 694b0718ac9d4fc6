import type { RequestView, TextDelta } from '../exchange.ts'
import type { ReplyAdditions, ReplyStream } from './dialect.ts'
import { chatError } from './openai-chat-error.ts'
import { addTexts, readChoices, readIndex } from './openai-chat-reply.ts'
import { joinChunk, splitChunk, writeChunk } from './openai-chat-rewrite.ts'
import { noteSaid, paragraphField, type Said, saidNothing, takesParagraph } from './openai-chat-said.ts'
import { sseData, sseFrame, wireJson } from './sse.ts'
import { garbage, isAbsent, isObject, type JsonObject, parseEvent, reportedError } from './wire.ts'

/** What every chunk of one stream repeats. */
export interface ChatStamp {
  id: string
  /** Epoch seconds. */
  created: number
  model: string
}

/** What a choice has said, at which event it said its role, and at which it finished. */
interface ChoiceState extends Said {
  roleAt: number
  finishedAt: number
}

/**
 * One streamed chat completion. Events are numbered as they are read, and `sentCount` says how many of them the client
 * has seen: for the client a choice is open until its `finish_reason` was sent, not merely read.
 */
export function openChatStream(request: RequestView, made: ChatStamp): ReplyStream & ReplyAdditions {
  const choices = new Map<number, ChoiceState>()
  const stamp: Partial<ChatStamp> = {}
  const asked = Array.from({ length: request.choices }, (_, index) => index)
  let readCount = 0
  let sentCount = 0
  let endedAt = NEVER
  /** The first event that says something to the person, or finishes a choice. */
  let spokenAt = NEVER
  /** Words of ours stand first; `begun` where nothing of the engine's was sent before them. */
  let opened: 'begun' | 'joined' | undefined
  let opening: Uint8Array | undefined
  let finishing: number[] = []

  function readStamp({ id, created, model }: JsonObject): void {
    if (stamp.id === undefined && typeof id === 'string' && id !== '') stamp.id = id
    if (stamp.model === undefined && typeof model === 'string' && model !== '') stamp.model = model
    if (stamp.created === undefined && typeof created === 'number') stamp.created = created
  }

  function readChoice(texts: TextDelta[], choice: JsonObject, position: number): void {
    const index = readIndex(choice, position)
    let state = choices.get(index)
    if (state === undefined) {
      state = { ...saidNothing(), roleAt: NEVER, finishedAt: NEVER }
      choices.set(index, state)
    }
    const { delta, finish_reason: reason } = choice
    if (isObject(delta)) {
      if (typeof delta.role === 'string' && delta.role !== '')
        state.roleAt = Math.min(state.roleAt, readCount)
      const before = texts.length
      addTexts(texts, index, delta)
      const fresh = texts.slice(before)
      noteSaid(state, delta, fresh)
      if (fresh.some(isForPerson)) spokenAt = Math.min(spokenAt, readCount)
    } else if (!isAbsent(delta)) throw garbage('a delta is not an object')
    if (!isAbsent(reason) && typeof reason !== 'string') throw garbage('a finish_reason is not a string')
    // Some engines write an empty reason for "not yet".
    if (!reason || state.finishedAt !== NEVER) return
    state.finishedAt = readCount
    spokenAt = Math.min(spokenAt, readCount)
    if (mayFollow(index, reason)) finishing.push(index)
  }

  function readEnd(): void {
    if (endedAt !== NEVER) return
    endedAt = readCount
    // An engine may answer with fewer choices than asked for: the others do not exist, unless we began them.
    const known = new Set([...choices.keys(), ...(opened !== undefined || choices.size === 0 ? asked : [])])
    finishing = [...known]
      .filter((index) => (choices.get(index)?.finishedAt ?? NEVER) === NEVER && mayFollow(index, undefined))
      .sort((a, b) => a - b)
  }

  function mayFollow(index: number, reason: unknown): boolean {
    if (request.replyForm === 'json-schema') return false
    return takesParagraph(choices.get(index) ?? saidNothing(), reason, hasOpening(index))
  }

  /** Words of ours opened the choice. */
  const hasOpening = (index: number) => opened !== undefined && index < request.choices

  function ownChunk(by: ChatStamp, index: number, delta: object, reason: string | null): string {
    const choice = { index, delta, logprobs: null, finish_reason: reason }
    return sseFrame(wireJson({ ...by, object: 'chat.completion.chunk', choices: [choice] }))
  }

  /** A stream that began with our stamp keeps it; the model may still be told. */
  const currentStamp = (): ChatStamp =>
    opened === 'begun' ? { ...made, model: stamp.model ?? made.model } : { ...made, ...stamp }

  /** A delta of ours, with the role where the client, who has seen so many events, does not know it yet. */
  function say(index: number, delta: object, seen: number): string {
    const roleSaid = hasOpening(index) || (choices.get(index)?.roleAt ?? NEVER) <= seen
    return ownChunk(currentStamp(), index, roleSaid ? delta : { role: 'assistant', ...delta }, null)
  }

  /** In a choice that finishes with the next event, so that its role, if it says one, is out by then. */
  function addParagraph(index: number, text: string): string {
    return say(index, { [paragraphField(choices.get(index) ?? saidNothing())]: text }, readCount)
  }

  /** Ends the choices that the engine, which may answer with fewer than asked for, left to our opening alone. */
  function finishOpenings(): string {
    const alone = asked.filter((index) => hasOpening(index) && !choices.has(index))
    return alone.map((index) => ownChunk(currentStamp(), index, {}, 'stop')).join('')
  }

  return {
    read(data, event) {
      readCount++
      finishing = []
      if (isDone(data)) {
        readEnd()
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

    ended() {
      return endedAt !== NEVER
    },

    openWith(text) {
      if (opening !== undefined) return opening
      if (request.replyForm === 'json-schema' || Math.min(spokenAt, endedAt) <= sentCount) return undefined
      opened = sentCount === 0 ? 'begun' : 'joined'
      // By our own stamp, whatever was read already, so that the same call gives the same bytes.
      const by = opened === 'begun' ? made : currentStamp()
      const first = (index: number) => {
        const roleSent = (choices.get(index)?.roleAt ?? NEVER) <= sentCount
        return ownChunk(by, index, { ...(!roleSent && { role: 'assistant' }), content: text }, null)
      }
      opening = encoder.encode(asked.map(first).join(''))
      return opening
    },

    finishing() {
      return finishing
    },

    rewrite(data, event, added) {
      const addTo = added === undefined || request.replyForm === 'json-schema' ? [] : added.choices
      if (opened === undefined && addTo.length === 0) return undefined
      const ours = addTo.map((index) => addParagraph(index, added?.text ?? '')).join('')
      const name = event === undefined ? '' : `event: ${event}\n`
      if (isDone(data)) return encoder.encode(ours + finishOpenings() + name + sseFrame(data))
      const chunk = parseEvent(data)
      if (!isObject(chunk)) throw garbage('not an object')
      const joined =
        opened === undefined
          ? chunk
          : joinChunk(chunk, opened === 'begun' ? made : undefined, request.choices)
      const { before, finish } = splitChunk(joined, addTo)
      const frame = (json: JsonObject) => name + sseFrame(json === chunk ? data : writeChunk(json))
      return encoder.encode((before === undefined ? '' : frame(before)) + ours + frame(finish))
    },

    endSafely(text) {
      if (endedAt <= sentCount) return new Uint8Array(0)
      if (request.replyForm === 'json-schema') return undefined
      const open = [...new Set([...asked, ...choices.keys()])]
        .filter((index) => (choices.get(index)?.finishedAt ?? NEVER) > sentCount)
        .sort((a, b) => a - b)
      // As an engine's own content filter ends a choice.
      const ends = open.map(
        (index) =>
          say(index, { content: text }, sentCount) + ownChunk(currentStamp(), index, {}, 'content_filter'),
      )
      return encoder.encode(ends.join('') + sseFrame(DONE))
    },

    endWithError: (error, requestId) => sseData(chatError(error, requestId)),
  }
}

function isForPerson({ kind }: TextDelta): boolean {
  return kind === 'content' || kind === 'refusal'
}

function isDone(data: string): boolean {
  return data === DONE || data.trim() === DONE
}

const DONE = '[DONE]'
const NEVER = Number.POSITIVE_INFINITY
const encoder = new TextEncoder()
