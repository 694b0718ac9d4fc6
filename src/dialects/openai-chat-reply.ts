import type { TextDelta } from '../exchange.ts'
import { garbage, isAbsent, isObject, type JsonObject, MAX_CHOICES, reportedError } from './wire.ts'

/** Reads a whole `chat.completion`: every text in it that can reach a person or a tool. */
export function readChatReply(body: unknown): TextDelta[] {
  const choices = readChoices(body)
  if (choices.length === 0) throw garbage('a reply without choices')
  const texts: TextDelta[] = []
  for (const [position, choice] of choices.entries()) {
    const index = readIndex(choice, position)
    if (!isObject(choice.message)) throw garbage(`choices[${position}].message is not an object`)
    addTexts(texts, index, choice.message)
  }
  return texts
}

/**
 * The choices of a reply or of a stream's chunk; none in a chunk that carries usage alone.
 * Throws `GatewayError` `engine_error` for an error in place of a reply, else `engine_garbage`.
 */
export function readChoices(body: unknown): JsonObject[] {
  if (!isObject(body)) throw garbage('not an object')
  if (body.error) throw reportedError(body.error)
  const { choices } = body
  if (isAbsent(choices) && isObject(body.usage)) return []
  if (!Array.isArray(choices)) throw garbage('choices is not an array')
  if (choices.length > MAX_CHOICES) throw garbage(`more than ${MAX_CHOICES} choices`)
  if (!choices.every(isObject)) throw garbage('a choice is not an object')
  return choices
}

/** The number of a choice, its position where it has none. */
export function readIndex({ index }: JsonObject, position: number): number {
  if (isAbsent(index)) return position
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= MAX_CHOICES)
    throw garbage(`the index of a choice is not a whole number from 0 to ${MAX_CHOICES - 1}`)
  return index
}

/**
 * Adds the texts of one `message` or `delta`. Text in a shape that is not known cannot be screened and is refused.
 * Besides OpenAI's own fields: `reasoning_content` (DeepSeek, vLLM), `reasoning` (OpenRouter), content as typed parts
 * (Mistral).
 */
export function addTexts(texts: TextDelta[], choice: number, message: JsonObject): void {
  const { content } = message
  if (Array.isArray(content)) for (const part of content) addPart(texts, choice, part)
  else add(texts, choice, 'content', content)
  add(texts, choice, 'refusal', message.refusal)
  add(texts, choice, 'reasoning', message.reasoning_content)
  add(texts, choice, 'reasoning', message.reasoning)
  // What is spoken reaches the person too.
  if (isObject(message.audio)) add(texts, choice, 'content', message.audio.transcript)
  if (isObject(message.function_call)) add(texts, choice, 'tool-call', message.function_call.arguments)
  const { tool_calls: calls } = message
  if (isAbsent(calls)) return
  if (!Array.isArray(calls)) throw garbage('tool_calls is not an array')
  for (const call of calls) {
    if (!isObject(call)) throw garbage('a tool call is not an object')
    if (isObject(call.function)) add(texts, choice, 'tool-call', call.function.arguments)
    if (isObject(call.custom)) add(texts, choice, 'tool-call', call.custom.input)
  }
}

function addPart(texts: TextDelta[], choice: number, part: unknown): void {
  const { text, refusal, thinking }: JsonObject =
    typeof part === 'string' ? { text: part } : expectObject(part)
  add(texts, choice, 'content', text)
  add(texts, choice, 'refusal', refusal)
  for (const thought of Array.isArray(thinking) ? thinking : [thinking])
    add(texts, choice, 'reasoning', isObject(thought) ? thought.text : thought)
}

function expectObject(part: unknown): JsonObject {
  if (!isObject(part)) throw garbage('a content part is neither text nor an object')
  return part
}

function add(texts: TextDelta[], choice: number, kind: TextDelta['kind'], text: unknown): void {
  if (isAbsent(text) || text === '') return
  if (typeof text !== 'string') throw garbage(`a ${kind} text is not a string`)
  texts.push({ choice, kind, text })
}
