import type { RequestView, TextDelta } from '../exchange.ts'
import { anyText } from './any-text.ts'
import {
  CALL,
  contentKey,
  type ItemText,
  itemTexts,
  outputTexts,
  partTexts,
  REST,
  summaryKey,
} from './openai-responses-reply.ts'
import { garbage, isAbsent, isObject, type JsonObject, MAX_PARTS, reportedError } from './wire.ts'

/** One event of a streamed response. */
export type ResponseEvent = JsonObject & { readonly type: string }

/** With one of these a stream is over; a failed one only where an earlier reply is read again. */
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'])

export function endsResponse({ type }: ResponseEvent): boolean {
  return ENDS.has(type)
}

/**
 * Makes the reader of one stream's texts. The format says every text up to five times: as deltas, when the text is
 * done, with its part, with its item and with the whole response. Each is read, and what was not said before is given
 * out, so that an engine that skips the deltas or changes its words in the end does not pass unread.
 */
export function responseTextReader(request: RequestView): (event: ResponseEvent) => TextDelta[] {
  const said = new Map<string, string>()

  function whole(part: number, { key, kind, text }: ItemText): TextDelta[] {
    const at = `${part} ${key}`
    const before = said.get(at) ?? ''
    if (text === before) return []
    said.set(at, text)
    return [{ choice: 0, kind, text: text.startsWith(before) ? text.slice(before.length) : text, part }]
  }

  function more(part: number, { key, kind, text }: ItemText): TextDelta[] {
    const at = `${part} ${key}`
    said.set(at, (said.get(at) ?? '') + text)
    return [{ choice: 0, kind, text, part }]
  }

  return (event) => {
    const { type, item, part, response } = event
    if (type === 'error') throw reportedError(event.error ?? event)
    if (type === 'response.failed' && request.retrieves === undefined)
      throw reportedError(isObject(response) ? response.error : undefined)
    const index = readIndex(event.output_index, 'output_index')
    const { key, kind } = placeOf(event)
    if (!isAbsent(response)) {
      if (!isObject(response)) throw garbage('the response of an event is not an object')
      if (isAbsent(response.output)) return []
      return outputTexts(response.output).flatMap((text) => whole(text.part, text))
    }
    if (!isAbsent(item)) return itemTexts(item).flatMap((text) => whole(index, text))
    if (!isAbsent(part)) return partTexts(key, part, kind).flatMap((text) => whole(index, text))
    // Sound as such is not text; its transcript has events of its own.
    if (type === 'response.audio.delta') return []
    const text = textOf(event.delta)
    if (text !== '') return more(index, { key, kind, text })
    if (isAbsent(event.delta)) {
      const { type: _type, message: _message, ...rest } = event
      const all = anyText(rest)
      if (all !== '') return whole(index, { key, kind, text: all })
    }
    return []
  }
}

/** Where the text of an event belongs, and what it is. */
export function placeOf(event: ResponseEvent): { key: string; kind: TextDelta['kind'] } {
  const { type } = event
  const content = () => contentKey(readIndex(event.content_index, 'content_index'))
  if (type.startsWith('response.reasoning_summary'))
    return { key: summaryKey(readIndex(event.summary_index, 'summary_index')), kind: 'reasoning' }
  if (type.startsWith('response.reasoning')) return { key: content(), kind: 'reasoning' }
  if (type.startsWith('response.refusal')) return { key: content(), kind: 'refusal' }
  if (/^response\.(?:output_text|content_part|audio)\./.test(type)) return { key: content(), kind: 'content' }
  if (/^response\.(?:function_call|mcp_call)_arguments\./.test(type)) return { key: CALL, kind: 'tool-call' }
  if (/^response\.(?:custom_tool_call_input|code_interpreter_call_code)\./.test(type))
    return { key: CALL, kind: 'tool-call' }
  return { key: REST, kind: 'tool-call' }
}

/** A place in a list; the first where none is given. */
export function readIndex(index: unknown, field: string): number {
  if (isAbsent(index)) return 0
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= MAX_PARTS)
    throw garbage(`${field} is not a whole number from 0 to ${MAX_PARTS - 1}`)
  return index
}

function textOf(delta: unknown): string {
  if (isAbsent(delta) || typeof delta === 'string') return delta ?? ''
  if (isObject(delta)) return anyText(delta)
  throw garbage('the delta of an event is neither text nor an object')
}
