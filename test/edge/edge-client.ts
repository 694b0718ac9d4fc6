import { env, exports } from 'cloudflare:workers'

export type Fetch = (request: Request) => Promise<Response>

/** The Worker itself, each request in a context of its own as on the platform. */
export const worker: Fetch = (request) => exports.default.fetch(request)

export interface Call {
  id: string
  response: Promise<Response>
}

/** Asks for a chat completion; the engine does what `scenario` says. */
export function ask(scenario: string, through: Fetch = worker, signal?: AbortSignal): Call {
  const id = crypto.randomUUID()
  const request = new Request('http://edge.test/v1/chat/completions', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-call-id': id,
      'x-scenario': scenario,
      'accept-language': 'en',
    },
    body: JSON.stringify({
      model: 'm',
      stream: scenario !== 'json' && scenario !== 'fail',
      messages: [{ role: 'user', content: 'hello' }],
    }),
    signal: signal ?? null,
  })
  return { id, response: through(request) }
}

export interface Seen {
  authorization: string
  body: string
  events: number
  aborted: boolean
}

/** What the engine saw of a call; `null` when it never came. */
export async function seen(id: string): Promise<Seen | null> {
  const response = await fetch(`${env.ENGINE_URL}/seen/${id}`)
  return response.json<Seen | null>()
}

export function control(
  method: string,
  path: string,
  body?: object,
  key: string = env.ADMIN_KEY,
): Promise<Response> {
  return worker(
    new Request(`http://edge.test/__haltgate/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    }),
  )
}

export async function halt(scope = 'all', cause = 'operator'): Promise<string> {
  const response = await control('POST', '/halts', { scope, cause, reason: 'answers harmfully' })
  const { halt } = await response.json<{ halt: { id: string } }>()
  return halt.id
}

export async function clearAllHalts(): Promise<void> {
  const response = await control('GET', '/halts?state=engaged')
  const { halts } = await response.json<{ halts: { id: string }[] }>()
  for (const { id } of halts)
    await control('POST', `/halts/${id}/clear`, { reason: 'the test is over', breakGlass: true })
}

/** Reads a stream piece by piece, with the time each came. */
export async function* pieces(response: Response): AsyncGenerator<{ text: string; atMs: number }> {
  const reader = response.body?.getReader()
  const utf8 = new TextDecoder()
  for (;;) {
    const read = await reader?.read()
    if (read === undefined || read.done) return
    yield { text: utf8.decode(read.value, { stream: true }), atMs: Date.now() }
  }
}

export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  limitMs = 4_000,
): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
