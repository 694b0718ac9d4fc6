import { plainPath } from './wire.ts'

/** What a request asks of the Responses API, as far as AI text comes back. */
export type ResponsesOperation = { kind: 'create' } | { kind: 'retrieve' | 'cancel'; id: string }

/**
 * The operation at a method and path, tolerant of spelling as an engine's router may be. `undefined` for what the
 * dialect does not read: lists of input items, compaction, conversations.
 */
export function responsesOperation(method: string, path: string): ResponsesOperation | undefined {
  if (method !== 'GET' && method !== 'POST') return undefined
  const plain = plainPath(path)
  if (method === 'POST' && plain.endsWith('/responses')) return { kind: 'create' }
  if (method === 'GET' && /\/responses\/[^/]+$/.test(plain)) return { kind: 'retrieve', id: idAt(path, 1) }
  if (method === 'POST' && /\/responses\/[^/]+\/cancel$/.test(plain))
    return { kind: 'cancel', id: idAt(path, 2) }
  return undefined
}

/** Deleting a reply and counting tokens bring no AI text back. */
export function carriesNoText(method: string, path: string): boolean {
  if (method === 'DELETE') return /^\/v1\/responses\/[\w-]+$/.test(path)
  return method === 'POST' && path === '/v1/responses/input_tokens'
}

/** The id as the caller wrote it: `plainPath` would change its letters. */
function idAt(path: string, fromEnd: number): string {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // Broken escapes: taken as they are.
  }
  return decoded.split('/').filter(Boolean).at(-fromEnd) ?? ''
}
