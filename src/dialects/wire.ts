import { GatewayError } from '../errors.ts'

/** More choices than this in one reply are not followed: memory stays bounded. As many as OpenAI's `n` allows. */
export const MAX_CHOICES = 128

/** More output items or content blocks than this in one reply are not followed: memory stays bounded. */
export const MAX_PARTS = 4096

export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/** Parses the data of one event. Throws `GatewayError` `engine_garbage`. */
export function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    // Not as `cause`: the parser's message quotes the text.
    throw garbage('the data of an event is not JSON')
  }
}

export function garbage(what: string): GatewayError {
  return new GatewayError('engine_garbage', `the engine answered what is not of its dialect: ${what}`)
}

/**
 * An error that the engine reported in a reply that began as a success. Its message may quote the conversation,
 * so only its code or type is kept, and only where that is a plain word.
 */
export function reportedError(error: unknown): GatewayError {
  const words = isObject(error) ? [error.code, error.type] : [error]
  const word = words.find((value) => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value))
  return new GatewayError(
    'engine_error',
    `the engine reported an error${word === undefined ? '' : ` (${word})`}`,
  )
}

/**
 * A path as an engine's router may see it: decoded, without doubled or trailing slashes, lower case. A spelling that
 * only looks different must not pass unread.
 */
export function plainPath(path: string): string {
  let decoded = path
  try {
    if (path.includes('%')) decoded = decodeURIComponent(path)
  } catch {
    // Broken escapes: taken as they are.
  }
  return decoded
    .replace(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1')
    .toLowerCase()
}
