import type { EngineReply, EngineRequest } from './engine.ts'

/** Header fields as they come: a Web `Headers`, or a record such as Node's `IncomingMessage.headers`. */
export type HeaderSource = Headers | Readonly<Record<string, string | string[] | undefined>>

/** A header that the gateway puts in place of whatever credential the caller sent. */
export interface Credential {
  /** Such as `authorization` or `x-api-key`. */
  header: string
  /** Secret: never logged. */
  value: string
}

/**
 * How the client gets the body: `unchanged` byte for byte, `replaced` by other bytes of known length (screened,
 * rewritten, or the safe reply), or as a `stream` whose length nobody knows.
 */
export type BodyForm = 'unchanged' | 'replaced' | 'stream'

/** Fields that belong to one connection only (RFC 9110, section 7.6.1), and the older ones of the same kind. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]

/** `__proto__` is a legal field name and would set an object's prototype. */
const neverToEngine = new Set([
  ...hopByHop,
  'host',
  'content-length',
  'expect',
  'accept-encoding',
  '__proto__',
])

/** `alt-svc` would lead clients to the engine itself, past the gateway. */
const neverFromEngine = new Set([...hopByHop, 'alt-svc', '__proto__'])

/** What is true of the engine's bytes only. */
const boundToBytes = new Set([
  'content-length',
  'content-encoding',
  'etag',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
  'accept-ranges',
])

const credentialHeaders = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])

const ours = 'x-haltgate-'
const received = '1.1 haltgate'

/**
 * The caller's headers as the engine gets them: lower case; without hop-by-hop fields, without what the transport
 * sets itself (`host`, `content-length`), without our own `x-haltgate-*`. Asks for `identity`, because a reply that
 * cannot be read cannot be screened, and appends to `via`. Everything else passes, `traceparent` too unless a span of
 * ours takes its place. A `credential` takes the place of the caller's; engines that were made with one do that too.
 */
export function engineHeaders(
  source: HeaderSource,
  { traceparent, credential }: { traceparent?: string | undefined; credential?: Credential | undefined } = {},
): EngineRequest['headers'] {
  const headers: EngineRequest['headers'] = {}
  if (source instanceof Headers) {
    const named = namedByConnection(source.get('connection'))
    source.forEach((value, name) => {
      if (passes(name, neverToEngine, named)) headers[name] = value
    })
  } else {
    const named = namedByConnection(source.connection)
    for (const key in source) {
      const value = source[key]
      const name = key.toLowerCase()
      if (value !== undefined && passes(name, neverToEngine, named)) headers[name] = value
    }
  }
  if (credential) {
    for (const name of credentialHeaders) delete headers[name]
    headers[credential.header.toLowerCase()] = credential.value
  }
  if (traceparent !== undefined) headers.traceparent = traceparent
  headers['accept-encoding'] = 'identity'
  headers.via = headers.via === undefined ? received : `${joined(headers.via)}, ${received}`
  return headers
}

/** The engine's headers as `EngineReply` carries them: lower case, without hop-by-hop fields and `x-haltgate-*`. */
export function replyHeaders(source: HeaderSource): EngineReply['headers'] {
  const headers: EngineReply['headers'] = {}
  if (source instanceof Headers) {
    const named = namedByConnection(source.get('connection'))
    source.forEach((value, name) => {
      if (name !== 'set-cookie' && passes(name, neverFromEngine, named)) headers[name] = value
    })
    const cookies = source.getSetCookie()
    if (cookies.length > 0) headers['set-cookie'] = cookies
  } else {
    const named = namedByConnection(source.connection)
    for (const name in source) {
      const value = source[name]
      if (value !== undefined && passes(name, neverFromEngine, named)) headers[name] = value
    }
  }
  return headers
}

/**
 * An engine reply's headers for the client, as `new Response()` takes them, with `own` headers of the gateway over
 * them. A plain record where that can be (the fast way through `@hono/node-server`), pairs where `set-cookie` comes
 * several times, since cookies cannot be joined.
 */
export function clientHeaders(
  headers: EngineReply['headers'],
  body: BodyForm,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> | [string, string][] {
  const record: Record<string, string> = {}
  let cookies: string[] | undefined
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || (body !== 'unchanged' && boundToBytes.has(name))) continue
    if (typeof value === 'string') record[name] = value
    else if (name === 'set-cookie') cookies = value
    else record[name] = value.join(', ')
  }
  if (body === 'stream') {
    record['cache-control'] = 'no-cache, no-transform'
    // Tells nginx, and what follows its habits, not to hold chunks back.
    record['x-accel-buffering'] = 'no'
  }
  for (const name in own) record[name] = own[name] ?? ''
  if (cookies === undefined) return record
  return [...Object.entries(record), ...cookies.map((cookie): [string, string] => ['set-cookie', cookie])]
}

/**
 * Names and values in turn, as transports write them. With a credential, the caller's own (`authorization`,
 * `x-api-key` and the like) stays behind, so that it never reaches an engine that has its own key.
 */
export function wireHeaders(headers: EngineRequest['headers'], credential: Credential | undefined): string[] {
  const wire: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || (credential && (credentialHeaders.has(name) || name === credential.header)))
      continue
    if (typeof value === 'string') wire.push(name, value)
    else for (const one of value) wire.push(name, one)
  }
  if (credential) wire.push(credential.header, credential.value)
  return wire
}

function passes(name: string, never: ReadonlySet<string>, named: ReadonlySet<string> | undefined): boolean {
  // A colon begins HTTP/2's pseudo fields.
  return !never.has(name) && !named?.has(name) && !name.startsWith(ours) && name.charCodeAt(0) !== 58
}

/** The further fields that a `connection` field declares hop-by-hop; nearly always none. */
function namedByConnection(connection: string | string[] | null | undefined): Set<string> | undefined {
  if (
    connection === null ||
    connection === undefined ||
    connection === 'keep-alive' ||
    connection === 'close'
  ) {
    return undefined
  }
  const names = joined(connection).toLowerCase().split(',')
  return new Set(names.map((name) => name.trim()))
}

function joined(value: string | string[]): string {
  return typeof value === 'string' ? value : value.join(', ')
}
