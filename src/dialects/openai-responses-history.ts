import { OWN_ITEM } from './openai-responses-safe.ts'
import { isAbsent, isObject, type JsonObject } from './wire.ts'

/**
 * A request body without what only we know of earlier replies, or `undefined` where there is nothing of it. References
 * to items of ours are left out, and items sent back whole lose their id: an engine refuses ids that it never gave, and
 * then the person's next message would get an error for an answer.
 */
export function withoutOwnItems(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.input)) return undefined
  const input: unknown[] = body.input
  if (!input.some(isOwn)) return undefined
  return { ...body, input: input.flatMap((item) => (isOwn(item) ? known(item) : [item])) }
}

function isOwn(item: unknown): item is JsonObject {
  return isObject(item) && typeof item.id === 'string' && item.id.startsWith(OWN_ITEM)
}

function known({ id: _, ...item }: JsonObject): JsonObject[] {
  return isAbsent(item.content) ? [] : [item]
}
