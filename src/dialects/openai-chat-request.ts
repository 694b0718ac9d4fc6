import { GatewayError } from '../errors.ts'
import type { Message, RequestView } from '../exchange.ts'
import { isAbsent, isObject, type JsonObject, MAX_CHOICES } from './wire.ts'

/**
 * Reads the body of `POST /v1/chat/completions`. Checked by hand and in one pass, for every exchange comes through
 * here; fields that are not needed are the engine's affair. Throws `GatewayError` `invalid_request`, field first.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function readChatRequest(body: unknown): RequestView {
  if (!isObject(body)) throw invalid('body', 'an object with "messages"')
  const { messages, stream, model, n } = body
  if (!Array.isArray(messages)) throw invalid('messages', 'an array of messages')
  if (messages.length === 0) throw invalid('messages', 'at least one message')
  if (!isAbsent(stream) && typeof stream !== 'boolean') throw invalid('stream', 'true or false')
  if (!isAbsent(model) && typeof model !== 'string') throw invalid('model', 'a string')
  return {
    stream: stream === true,
    model: model ?? undefined,
    messages: messages.map(readMessage),
    choices: readCount(n),
    replyForm: mustFollowSchema(body) ? 'json-schema' : 'text',
  }
}

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])

function readMessage(message: unknown, index: number): Message {
  const at = `messages[${index}]`
  if (!isObject(message)) throw invalid(at, 'an object with "role" and "content"')
  const { role, content } = message
  // An unknown role might be the person's under another name, and would then pass unscreened.
  if (typeof role !== 'string' || !ROLES.has(role))
    throw invalid(`${at}.role`, `one of ${[...ROLES].join(', ')}`)
  if (typeof content === 'string') return { role, text: content }
  if (Array.isArray(content)) return { role, text: readContentParts(content, `${at}.content`) }
  // An assistant's message may be tool calls alone, and a tool may have nothing to say.
  if (isAbsent(content) && role !== 'user' && role !== 'system' && role !== 'developer')
    return { role, text: '' }
  throw invalid(`${at}.content`, 'a string or an array of content parts')
}

/** The text of all parts. Images, audio and files have none; text under an unknown type is read too. */
function readContentParts(parts: readonly unknown[], at: string): string {
  const texts: string[] = []
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      texts.push(part)
      continue
    }
    if (!isObject(part)) throw invalid(`${at}[${index}]`, 'an object with "type"')
    const { type, text, refusal } = part
    if (typeof type !== 'string') throw invalid(`${at}[${index}].type`, 'a string')
    if (typeof text === 'string') texts.push(text)
    else if (type === 'text') throw invalid(`${at}[${index}].text`, 'a string')
    if (typeof refusal === 'string') texts.push(refusal)
  }
  return texts.join('\n')
}

function readCount(n: unknown): number {
  if (isAbsent(n)) return 1
  if (typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= MAX_CHOICES) return n
  throw invalid('n', `a whole number from 1 to ${MAX_CHOICES}`)
}

/**
 * Whether a program, not a person, reads the reply. Any `response_format` but text counts, and a forced tool call as
 * well: its caller takes the arguments, which follow the tool's schema, and never shows `content`. Text put there
 * would reach nobody and would pass for a finished turn, while an error lets the application show its own fallback.
 * With `tool_choice: "auto"` the model may always answer in text, so there text may stand in.
 */
function mustFollowSchema({
  response_format: format,
  tool_choice: choice,
  function_call: call,
}: JsonObject): boolean {
  if (isObject(format) && format.type !== 'text') return true
  if (choice === 'required' || choice === 'any' || isObject(call)) return true
  if (!isObject(choice)) return false
  return !(
    choice.type === 'allowed_tools' &&
    isObject(choice.allowed_tools) &&
    choice.allowed_tools.mode === 'auto'
  )
}

function invalid(field: string, expected: string): GatewayError {
  return new GatewayError('invalid_request', `${field}: expected ${expected}`)
}
