import { GatewayError } from '../errors.ts'
import type { Message, RequestView } from '../exchange.ts'
import { anyText } from './any-text.ts'
import type { RequestTarget } from './dialect.ts'
import { responsesOperation } from './openai-responses-path.ts'
import { isAbsent, isObject, type JsonObject } from './wire.ts'

/**
 * Reads a request of the Responses API. A retrieval or a cancellation has no body and asks for an earlier reply.
 * Checked by hand and in one pass. Throws `GatewayError` `invalid_request`, field first.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function readResponsesRequest(body: unknown, target?: RequestTarget): RequestView {
  const operation =
    target === undefined ? undefined : responsesOperation(target.method, withoutQuery(target.pathAndQuery))
  if (target === undefined || operation === undefined || operation.kind === 'create') return readCreate(body)
  return {
    stream: operation.kind === 'retrieve' && asksForStream(target.pathAndQuery),
    model: undefined,
    messages: [],
    choices: 1,
    // Who cancels wants to know that the reply was cancelled; a safe reply would say that it was not.
    replyForm: operation.kind === 'cancel' ? 'json-schema' : 'text',
    continues: true,
    openedByEngine: true,
    retrieves: operation.id,
  }
}

function readCreate(body: unknown): RequestView {
  if (!isObject(body)) throw invalid('body', 'an object with "input"')
  const { input, instructions, prompt, stream, model } = body
  if (!isAbsent(stream) && typeof stream !== 'boolean') throw invalid('stream', 'true or false')
  if (!isAbsent(model) && typeof model !== 'string') throw invalid('model', 'a string')
  const messages: Message[] = []
  if (typeof instructions === 'string') messages.push({ role: 'system', text: instructions })
  else if (!isAbsent(instructions)) throw invalid('instructions', 'a string')
  // The values that a stored prompt is filled with are the caller's, and often the person's words.
  if (isObject(prompt) && isObject(prompt.variables)) {
    const text = Object.values(prompt.variables).map(anyText).filter(Boolean).join('\n')
    if (text !== '') messages.push({ role: 'user', text })
  }
  let continues = !isAbsent(body.previous_response_id) || !isAbsent(body.conversation)
  if (typeof input === 'string') messages.push({ role: 'user', text: input })
  else if (Array.isArray(input)) {
    for (const [index, item] of input.entries()) {
      const read = readItem(item, `input[${index}]`)
      if (read === 'kept by the engine') continues = true
      else if (read !== undefined) messages.push(read)
    }
  } else if (!isAbsent(input)) throw invalid('input', 'a string or an array of items')
  else if (isAbsent(prompt) && !continues) throw invalid('input', 'a string or an array of items')
  return {
    stream: stream === true,
    model: model ?? undefined,
    messages,
    choices: 1,
    replyForm: mustFollowSchema(body) ? 'json-schema' : 'text',
    ...(continues && { continues }),
    ...(goesOnById(body, messages) && { openedByEngine: true as const }),
  }
}

/**
 * Whether the caller may go on from this reply by its id. Not where the engine keeps no reply or keeps the conversation
 * under an id of its own, nor where the caller has sent earlier replies itself and will do so again.
 */
function goesOnById(body: JsonObject, messages: readonly Message[]): boolean {
  if (body.store === false || !isAbsent(body.conversation)) return false
  return !isAbsent(body.previous_response_id) || !messages.some(({ role }) => role === 'assistant')
}

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool'])
/** Items without words for anybody. */
const SETTINGS = new Set(['additional_tools', 'configuration_update', 'compaction_trigger', 'mcp_list_tools'])
/** Items that stand for something which cannot be read here: stored, or encrypted. */
const KEPT = new Set(['item_reference', 'compaction'])
const BY_ASSISTANT =
  /^(?:reasoning|program|(?:function|custom_tool|file_search|web_search|computer|tool_search|image_generation|code_interpreter|local_shell|shell|apply_patch|mcp)_call|mcp_approval_request)$/

function readItem(item: unknown, at: string): Message | 'kept by the engine' | undefined {
  if (!isObject(item)) throw invalid(at, 'an object with "role" and "content", or with "type"')
  const { type, role, content } = item
  if (!isAbsent(type) && typeof type !== 'string') throw invalid(`${at}.type`, 'a string')
  if (typeof type === 'string' && SETTINGS.has(type)) return undefined
  if (typeof type === 'string' && KEPT.has(type)) return 'kept by the engine'
  if (isAbsent(type) && isAbsent(role) && isAbsent(content) && typeof item.id === 'string')
    return 'kept by the engine'
  if (isAbsent(type) || type === 'message' || !isAbsent(role)) {
    // An unknown role might be the person's under another name, and would then pass unscreened.
    if (typeof role !== 'string' || !ROLES.has(role))
      throw invalid(`${at}.role`, `one of ${[...ROLES].join(', ')}`)
    if (typeof content === 'string') return { role, text: content }
    if (Array.isArray(content)) return { role, text: readParts(content, `${at}.content`) }
    throw invalid(`${at}.content`, 'a string or an array of content parts')
  }
  const text = anyText(item)
  if (BY_ASSISTANT.test(type)) return { role: 'assistant', text }
  if (type.endsWith('_output')) return { role: 'tool', text }
  // Whoever is not known to be someone else is taken for the person, and screened.
  return { role: 'user', text }
}

/** The text of all parts. Images and files have none; text under an unknown type is read too. */
function readParts(parts: readonly unknown[], at: string): string {
  const texts: string[] = []
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      texts.push(part)
      continue
    }
    if (!isObject(part)) throw invalid(`${at}[${index}]`, 'an object with "type"')
    if (typeof part.type !== 'string') throw invalid(`${at}[${index}].type`, 'a string')
    if (/^(?:input_|output_)?text$/.test(part.type) && typeof part.text !== 'string')
      throw invalid(`${at}[${index}].text`, 'a string')
    const text = anyText(part)
    if (text !== '') texts.push(text)
  }
  return texts.join('\n')
}

/** Tools that the engine runs by itself: after them the model still answers in text. */
const ENGINE_TOOLS = /^(?:file_search|web_search|image_generation|code_interpreter|mcp)/

/**
 * Whether a program, not a person, reads the reply: any text format but plain text, and a forced call of one of the
 * caller's tools (see the same question in `openai-chat-request.ts`).
 */
function mustFollowSchema({ text, tool_choice: choice }: JsonObject): boolean {
  if (isObject(text) && isObject(text.format) && text.format.type !== 'text') return true
  if (choice === 'required' || choice === 'any') return true
  if (!isObject(choice)) return false
  if (choice.type === 'allowed_tools') return choice.mode !== 'auto'
  return !(typeof choice.type === 'string' && ENGINE_TOOLS.test(choice.type))
}

function asksForStream(pathAndQuery: string): boolean {
  const [, query = ''] = pathAndQuery.split('?', 2)
  return /^(?:true|1)$/i.test(new URLSearchParams(query).get('stream') ?? '')
}

function withoutQuery(pathAndQuery: string): string {
  return pathAndQuery.split('?', 1)[0] ?? ''
}

function invalid(field: string, expected: string): GatewayError {
  return new GatewayError('invalid_request', `${field}: expected ${expected}`)
}
