/** As the global `fetch`, as far as it is used here. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface JsonTarget {
  url: string
  credential: { header: string; value: string } | undefined
  fetch: Fetch
}

/**
 * Why there is no opinion. `message` goes to the log: it never holds what was sent or answered, nor a secret. For that
 * reason there is no `cause` either: a parser's or a transport's own error may quote any of them.
 */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
}

/** Far more than any answer needs; a larger one is no answer to our question. */
export const maxAnswerBytes = 65_536

/**
 * Posts JSON and returns the JSON of a 200. Sends nothing of the caller's: no header, no cookie, no identifier. Follows
 * no redirect, because the text would go to somebody whom nobody has chosen. Rejects with `RemoteError`.
 */
export async function postJson(target: JsonTarget, body: unknown, signal: AbortSignal): Promise<unknown> {
  const response = await send(target, JSON.stringify(body), signal)
  if (response.status !== 200) {
    response.body?.cancel().catch(() => {})
    throw new RemoteError(isRedirect(response) ? redirected : `answered with status ${response.status}`)
  }
  const text = await readText(response)
  try {
    return JSON.parse(text)
  } catch {
    throw new RemoteError('answered with something that is not JSON')
  }
}

const redirected = 'answered with a redirect, which is not followed; set url to where it leads'

async function send({ url, credential, fetch }: JsonTarget, body: string, signal: AbortSignal) {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'haltgate' }
  try {
    return await fetch(url, {
      method: 'POST',
      headers: credential ? { ...headers, [credential.header]: credential.value } : headers,
      body,
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    throw new RemoteError(`could not be reached${codeOf(error)}`)
  }
}

/** Where `fetch` hides the status of a redirect, it is 0. */
function isRedirect({ status }: Response): boolean {
  return status === 0 || (status >= 300 && status < 400)
}

async function readText({ body }: Response): Promise<string> {
  if (body === null) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const piece = await reader.read().catch((error: unknown) => {
      throw new RemoteError(`broke off its answer${codeOf(error)}`)
    })
    if (piece.done) return text + decoder.decode()
    bytes += piece.value.byteLength
    // Counted after decompression, so that a small answer cannot unfold to a large one.
    if (bytes > maxAnswerBytes) {
      reader.cancel().catch(() => {})
      throw new RemoteError(`answered with more than ${maxAnswerBytes} bytes`)
    }
    text += decoder.decode(piece.value, { stream: true })
  }
}

/** Such as ` (ECONNREFUSED)`; only what looks like a code, for the rest of an error may quote a header. */
function codeOf(error: unknown): string {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = root instanceof Error && 'code' in root ? root.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,39}$/.test(code) ? ` (${code})` : ''
}
