import type { RequestView, TextDelta } from '../exchange.ts'
import { addTexts, readChoices, readIndex } from './openai-chat-reply.ts'
import { noteSaid, paragraphField, saidNothing, takesParagraph } from './openai-chat-said.ts'
import { isObject, type JsonObject } from './wire.ts'

/** Adds a paragraph to the choices of a whole `chat.completion` that can take it; `undefined` where none can. */
export function addToChatReply(
  body: unknown,
  text: string,
  request: RequestView,
  wanted?: readonly number[],
): unknown {
  if (request.replyForm === 'json-schema' || !isObject(body)) return undefined
  let added = false
  const choices = readChoices(body).map((choice, position) => {
    const index = readIndex(choice, position)
    const message = wanted?.includes(index) === false ? undefined : withText(choice, index, text)
    if (message === undefined) return choice
    added = true
    return { ...choice, message }
  })
  return added ? { ...body, choices } : undefined
}

function withText(choice: JsonObject, index: number, text: string): JsonObject | undefined {
  const { message, finish_reason: reason } = choice
  if (!isObject(message)) return undefined
  const texts: TextDelta[] = []
  addTexts(texts, index, message)
  const said = saidNothing()
  noteSaid(said, message, texts)
  if (!takesParagraph(said, reason, false)) return undefined
  const field = paragraphField(said)
  const before = message[field]
  if (Array.isArray(before)) return { ...message, [field]: [...before, { type: 'text', text }] }
  return { ...message, [field]: typeof before === 'string' ? before + text : text }
}
