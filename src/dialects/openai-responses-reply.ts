import type { RequestView, TextDelta } from '../exchange.ts'
import { anyText } from './any-text.ts'
import { garbage, isAbsent, isObject, type JsonObject, MAX_PARTS, reportedError } from './wire.ts'

/** One text within an output item. `key` says where, so that a stream's repeats of it can be told from new text. */
export interface ItemText {
  key: string
  kind: TextDelta['kind']
  text: string
}

/**
 * Reads a whole `response`: every text in its output that can reach a person or a tool, one part an item. A response
 * in the background has none yet. An earlier reply that failed is a fact, not a failure of this exchange.
 */
export function readResponsesReply(body: unknown, request?: RequestView): TextDelta[] {
  if (!isObject(body)) throw garbage('not an object')
  const { output, error, status } = body
  if ((error || status === 'failed') && (request?.retrieves === undefined || isAbsent(output)))
    throw reportedError(error)
  const texts = outputTexts(output).map(({ part, kind, text }) => ({ choice: 0, kind, text, part }))
  const { output_text: all } = body
  // Some engines add what clients put together for themselves, and clients then show that.
  if (!isAbsent(all) && typeof all !== 'string') throw garbage('output_text is not a string')
  if (all) {
    const content = texts.filter(({ kind }) => kind === 'content').map(({ text }) => text)
    if (content.join('') !== all) texts.push({ choice: 0, kind: 'content', text: all, part: 0 })
  }
  return texts
}

/** The texts of all items of a response's `output`; `part` is the item's index. */
export function outputTexts(output: unknown): (ItemText & { part: number })[] {
  if (!Array.isArray(output)) throw garbage('output is not an array')
  if (output.length > MAX_PARTS) throw garbage(`more than ${MAX_PARTS} output items`)
  return output.flatMap((item: unknown, part) => itemTexts(item).map((text) => ({ ...text, part })))
}

/** The texts of one output item. Text in a shape that is not known cannot be screened and is refused. */
export function itemTexts(item: unknown): ItemText[] {
  if (!isObject(item)) throw garbage('an output item is not an object')
  const texts: ItemText[] = []
  switch (item.type) {
    case 'message':
      for (const [index, part] of expectParts(item.content, 'content').entries())
        texts.push(...partTexts(contentKey(index), part, 'content'))
      break
    case 'reasoning':
      for (const [index, part] of expectParts(item.summary, 'summary').entries())
        texts.push(...partTexts(summaryKey(index), part, 'reasoning'))
      for (const [index, part] of expectParts(item.content, 'content').entries())
        texts.push(...partTexts(contentKey(index), part, 'reasoning'))
      break
    case 'function_call':
    case 'mcp_call':
      add(texts, CALL, 'tool-call', item.arguments)
      add(texts, REST, 'tool-call', anyText(item.output))
      break
    case 'custom_tool_call':
      add(texts, CALL, 'tool-call', item.input)
      break
    case 'code_interpreter_call':
      add(texts, CALL, 'tool-call', item.code)
      add(texts, REST, 'tool-call', anyText(item.outputs))
      break
    default:
      add(texts, REST, 'tool-call', anyText(item))
  }
  return texts
}

/** The text of one content part, of whatever type. */
export function partTexts(key: string, part: unknown, kind: TextDelta['kind']): ItemText[] {
  if (!isObject(part)) throw garbage('a content part is not an object')
  const texts: ItemText[] = []
  const { text, refusal, transcript } = part
  add(texts, key, part.type === 'reasoning_text' ? 'reasoning' : kind, text)
  add(texts, key, 'refusal', refusal)
  // What is spoken reaches the person too.
  add(texts, key, kind, transcript)
  return texts
}

/** Keys of texts within an item. */
export const contentKey = (index: number): string => `content ${index}`
export const summaryKey = (index: number): string => `summary ${index}`
export const CALL = 'call'
export const REST = 'rest'

function expectParts(parts: JsonObject[string], field: string): unknown[] {
  if (isAbsent(parts)) return []
  if (!Array.isArray(parts)) throw garbage(`the ${field} of an output item is not an array`)
  if (parts.length > MAX_PARTS) throw garbage(`more than ${MAX_PARTS} parts in an output item`)
  return parts
}

function add(texts: ItemText[], key: string, kind: TextDelta['kind'], text: unknown): void {
  if (isAbsent(text) || text === '') return
  if (typeof text !== 'string') throw garbage(`a ${kind} text is not a string`)
  texts.push({ key, kind, text })
}
