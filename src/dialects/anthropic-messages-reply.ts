import type { TextDelta } from '../exchange.ts'
import { anyText, everyString } from './any-text.ts'
import { garbage, isAbsent, isObject, type JsonObject, MAX_PARTS, reportedError } from './wire.ts'

/** Reads a whole `message`: every text in its content that can reach a person or a tool, one part a block. */
export function readMessagesReply(body: unknown): TextDelta[] {
  if (!isObject(body)) throw garbage('not an object')
  throwError(body)
  return readContent(body.content)
}

/** The texts of a message's content blocks. */
export function readContent(content: unknown): TextDelta[] {
  if (!Array.isArray(content)) throw garbage('content is not an array')
  if (content.length > MAX_PARTS) throw garbage(`more than ${MAX_PARTS} content blocks`)
  const texts: TextDelta[] = []
  for (const [part, block] of content.entries()) addBlock(texts, part, block)
  return texts
}

/** An error in place of a reply or of an event. */
export function throwError(body: JsonObject): void {
  if (body.type === 'error' || body.error) throw reportedError(body.error ?? body)
}

/** Adds the texts of one block, or of the start of one. Text in a shape that is not known is refused. */
export function addBlock(texts: TextDelta[], part: number, block: unknown): void {
  if (!isObject(block)) throw garbage('a content block is not an object')
  const { type, text, thinking, input } = block
  if (typeof type !== 'string') throw garbage('a content block has no type')
  addText(texts, part, 'content', text)
  addText(texts, part, 'reasoning', thinking)
  if (!isAbsent(input)) addText(texts, part, 'tool-call', everyString(input))
  const { text: _text, thinking: _thinking, input: _input, ...rest } = block
  // What tools of the engine's own found, and blocks of a later version.
  const kind = type.endsWith('tool_result') ? 'tool-call' : 'content'
  if (type !== 'text' && type !== 'thinking') addText(texts, part, kind, anyText(rest))
}

/** Adds the text of one delta. */
export function addDelta(texts: TextDelta[], part: number, delta: unknown): void {
  if (!isObject(delta)) throw garbage('a delta is not an object')
  const { type, text, thinking, partial_json: json } = delta
  addText(texts, part, 'content', text)
  addText(texts, part, 'reasoning', thinking)
  addText(texts, part, 'tool-call', json)
  // A citation repeats a source's words, and a signature is none.
  if (typeof type === 'string' && KNOWN_DELTAS.has(type)) return
  const { text: _text, thinking: _thinking, ...rest } = delta
  addText(texts, part, 'content', anyText(rest))
}

const KNOWN_DELTAS = new Set([
  'text_delta',
  'thinking_delta',
  'input_json_delta',
  'signature_delta',
  'citations_delta',
])

function addText(texts: TextDelta[], part: number, kind: TextDelta['kind'], text: unknown): void {
  if (isAbsent(text) || text === '') return
  if (typeof text !== 'string') throw garbage(`a ${kind} text is not a string`)
  texts.push({ choice: 0, kind, text, part })
}
