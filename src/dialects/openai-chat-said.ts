import type { TextDelta } from '../exchange.ts'
import { isObject, type JsonObject } from './wire.ts'

/** What a choice has said so far, as far as it matters to whether a paragraph of ours may follow. */
export interface Said {
  content: boolean
  refusal: boolean
  called: boolean
}

export const saidNothing = (): Said => ({ content: false, refusal: false, called: false })

/** Notes one `message` or `delta`, and the texts that were read from it. */
export function noteSaid(said: Said, message: JsonObject, texts: readonly TextDelta[]): void {
  for (const { kind, text } of texts) {
    // Some models write line feeds before they call a tool; nobody reads those.
    if ((kind === 'content' || kind === 'refusal') && !said[kind]) said[kind] = text.trim() !== ''
  }
  const { tool_calls: calls, function_call: call } = message
  if ((Array.isArray(calls) && calls.length > 0) || isObject(call)) said.called = true
}

/** Where a person reads the choice: applications show the refusal in place of the content, and it has one of them. */
export function paragraphField({ content, refusal }: Said): 'content' | 'refusal' {
  return refusal && !content ? 'refusal' : 'content'
}

/**
 * Whether a paragraph may be added to a choice that finishes so. Not where it has no words but a tool's, which a
 * program reads, and not where the engine's filter took all of them. `begun`: words of ours stand in it already.
 */
export function takesParagraph(said: Said, reason: unknown, begun: boolean): boolean {
  if (said.content || said.refusal) return true
  if (said.called || reason === 'tool_calls' || reason === 'function_call') return false
  return begun || reason !== 'content_filter'
}
