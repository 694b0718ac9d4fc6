import { GatewayError } from '../errors.ts'
import type { Message, RequestView } from '../exchange.ts'
import { anyText, everyString } from './any-text.ts'
import { isAbsent, isObject, type JsonObject } from './wire.ts'

/**
 * Reads the body of `POST /v1/messages`. Checked by hand and in one pass; fields that are not needed are the engine's
 * affair. Throws `GatewayError` `invalid_request`, field first.
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function readMessagesRequest(body: unknown): RequestView {
  if (!isObject(body)) throw invalid('body', 'an object with "messages"')
  const { messages, system, stream, model } = body
  if (!Array.isArray(messages)) throw invalid('messages', 'an array of messages')
  if (messages.length === 0) throw invalid('messages', 'at least one message')
  if (!isAbsent(stream) && typeof stream !== 'boolean') throw invalid('stream', 'true or false')
  if (!isAbsent(model) && typeof model !== 'string') throw invalid('model', 'a string')
  const read: Message[] = []
  if (!isAbsent(system)) read.push({ role: 'system', text: readText(system, 'system') })
  for (const [index, message] of messages.entries()) addMessage(read, message, `messages[${index}]`)
  return {
    stream: stream === true,
    model: model ?? undefined,
    messages: read,
    choices: 1,
    replyForm: mustFollowSchema(body) ? 'json-schema' : 'text',
    ...(mustBeginWithThoughts(body) && { openedByEngine: true as const }),
  }
}

const ROLES = new Set(['user', 'assistant', 'system'])

/** One message, or several: what a tool found stands in a message of the user's here, but is not the person's. */
function addMessage(read: Message[], message: unknown, at: string): void {
  if (!isObject(message)) throw invalid(at, 'an object with "role" and "content"')
  const { role, content } = message
  // An unknown role might be the person's under another name, and would then pass unscreened.
  if (typeof role !== 'string' || !ROLES.has(role))
    throw invalid(`${at}.role`, `one of ${[...ROLES].join(', ')}`)
  if (!Array.isArray(content)) {
    read.push({ role, text: readText(content, `${at}.content`) })
    return
  }
  const own: unknown[] = []
  for (const [index, block] of content.entries()) {
    if (isObject(block) && isToolResult(block)) read.push({ role: 'tool', text: anyText(block.content) })
    else own.push(readBlock(block, `${at}.content[${index}]`))
  }
  if (own.length > 0 || content.length === 0) read.push({ role, text: own.filter(Boolean).join('\n') })
}

function isToolResult({ type }: JsonObject): boolean {
  return typeof type === 'string' && type.endsWith('tool_result')
}

function readText(content: unknown, at: string): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) throw invalid(at, 'a string or an array of content blocks')
  return content
    .map((block, index) => readBlock(block, `${at}[${index}]`))
    .filter(Boolean)
    .join('\n')
}

/** The text of a block. Images have none; text under an unknown type is read too. */
function readBlock(block: unknown, at: string): string {
  if (typeof block === 'string') return block
  if (!isObject(block)) throw invalid(at, 'an object with "type"')
  const { type, text, input, source } = block
  if (typeof type !== 'string') throw invalid(`${at}.type`, 'a string')
  if (type === 'text' && typeof text !== 'string') throw invalid(`${at}.text`, 'a string')
  if (type.endsWith('tool_use')) return everyString(input)
  // A document may be plain text, or content blocks of its own.
  const inside = isObject(source) ? [source.type === 'text' ? source.data : source] : []
  return [anyText(block), ...inside.map(anyText)].filter(Boolean).join('\n')
}

/**
 * Whether a program, not a person, reads the reply: an output format other than text, and a forced tool call (see the
 * same question in `openai-chat-request.ts`).
 */
function mustFollowSchema({
  output_config: config,
  output_format: format,
  tool_choice: choice,
}: JsonObject): boolean {
  const formats = [format, isObject(config) ? config.format : undefined]
  if (formats.some((one) => isObject(one) && one.type !== 'text')) return true
  return isObject(choice) && choice.type !== 'auto' && choice.type !== 'none'
}

/**
 * With thinking on a fixed budget, the engine refuses the results of a tool where the turn that called it begins with
 * anything but a thought.
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
function mustBeginWithThoughts({ thinking, tools }: JsonObject): boolean {
  return isObject(thinking) && thinking.type === 'enabled' && Array.isArray(tools) && tools.length > 0
}

function invalid(field: string, expected: string): GatewayError {
  return new GatewayError('invalid_request', `${field}: expected ${expected}`)
}
