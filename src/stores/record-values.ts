import { z } from 'zod'

/** Facts kept with an event or an audit line: flat and plain. Never message text, never secrets. */
export const Facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
export type Facts = z.infer<typeof Facts>

const longestText = 2_000
const mostFacts = 50

/**
 * Text as both databases take it: well-formed Unicode without control characters (PostgreSQL refuses NUL), on one
 * line, cut to `maxLength` UTF-16 units. Cleaned rather than refused, so that no record is lost over a character.
 */
export function cleanText(text: string, maxLength: number = longestText): string {
  // A cut may split a surrogate pair; then the half is replaced like any other.
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, maxLength)
    .toWellFormed()
}

/** Facts as JSON text with sorted keys: equal facts give equal text, in both databases. */
export function factsToText(
  facts: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string {
  const entries = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .slice(0, mostFacts)
    .map(([key, value]): [string, unknown] => [cleanText(key, 100), plain(value)])
  return canonicalJson(Object.fromEntries(entries))
}

/** Reads what `factsToText` wrote. Throws for anything else: the row was changed from outside. */
export function factsFromText(text: string): Facts {
  return Facts.parse(JSON.parse(text))
}

/** JSON with object keys in code-unit order and no white space. For plain values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** SHA-256 of the UTF-8 text, in lower-case hex. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function plain(value: string | number | boolean | null | undefined): unknown {
  if (typeof value === 'string') return cleanText(value)
  // JSON has no infinity; "Infinity" as a word is better than null.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
