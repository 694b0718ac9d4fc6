import { concat } from '../bytes.ts'
import type { Clock } from '../clock.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { HeaderSource } from '../engines/headers.ts'
import { GatewayError } from '../errors.ts'
import type { Caller, LiveExchange } from './live-exchange.ts'
import { headerOf, type Platform } from './platform.ts'

/**
 * Reads the whole request body within its limit and, on a path that the dialect knows, the conversation in it.
 * Throws `GatewayError`: `body_too_large`, `unsupported_media_type`, `invalid_json`, `invalid_request`,
 * `client_closed`.
 */
export function readExchange(parts: {
  dialect: Dialect
  maxBodyBytes: number
  openPaths: readonly string[]
  clock: Clock
  platform: Platform
}): (exchange: LiveExchange, caller: Caller) => Promise<void> {
  const { dialect, maxBodyBytes, clock, platform } = parts
  const openPaths = new Set(parts.openPaths)
  return async function readExchange(exchange, caller) {
    const { method, path, headers } = exchange
    if (method !== 'GET' && method !== 'HEAD')
      exchange.body = await readBody(caller, headers, maxBodyBytes, platform)
    exchange.readMs = clock.monotonicMs()
    exchange.open = openPaths.has(`${method} ${path}`) || dialect.carriesNoText?.(method, path) === true
    if (!exchange.open && dialect.reads(method, path)) {
      const bodyless = dialect.hasNoBody?.(method, path) === true
      if (!bodyless) requireJson(headers)
      await platform.nextTurn()
      const body = bodyless ? undefined : parseJson(exchange.body)
      const request = dialect.readRequest(body, exchange)
      const own = dialect.withoutOwnItems?.(body)
      if (own !== undefined) exchange.body = utf8Bytes.encode(JSON.stringify(own))
      exchange.conversation = {
        dialect,
        request,
        made: { requestId: exchange.requestId, nowMs: clock.wallMs() },
      }
      exchange.form = exchange.conversation.request.stream ? 'stream' : 'json'
    }
  }
}

async function readBody(
  { request, env }: Caller,
  headers: HeaderSource,
  maxBytes: number,
  platform: Platform,
): Promise<Uint8Array | undefined> {
  const declared = headerOf(headers, 'content-length')
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes)
  try {
    const whole = await platform.readBody(env, maxBytes)
    if (whole === 'too-large') throw tooLarge(maxBytes)
    if (whole !== undefined) return whole.byteLength === 0 && declared === undefined ? undefined : whole
    // A declared length is enforced by the HTTP parser, so the fast path cannot grow past it.
    if (declared !== undefined) return new Uint8Array(await request.arrayBuffer())
    return await readUpTo(request, maxBytes)
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('client_closed', 'the request body broke off', { cause })
  }
}

async function readUpTo(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (request.body === null) return undefined
  const reader = request.body.getReader()
  const pieces: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > maxBytes) {
      await reader.cancel().catch(() => {})
      throw tooLarge(maxBytes)
    }
    pieces.push(value)
  }
  return concat(pieces, length)
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'body_too_large',
    `the request body is larger than ${maxBytes} bytes (traffic.maxBodyBytes)`,
  )
}

/** What cannot be read cannot be screened: only plain JSON passes on a path with a dialect. */
function requireJson(headers: HeaderSource) {
  const type = headerOf(headers, 'content-type')
  if (type === undefined || !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new GatewayError('unsupported_media_type', 'expected content-type: application/json')
  const encoding = headerOf(headers, 'content-encoding')
  if (encoding !== undefined && encoding !== 'identity')
    throw new GatewayError('unsupported_media_type', 'expected a request body without content-encoding')
}

const utf8Bytes = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Uint8Array | undefined): unknown {
  if (body === undefined || body.byteLength === 0)
    throw new GatewayError('invalid_json', 'expected a JSON body, got none')
  try {
    return JSON.parse(utf8.decode(body))
  } catch (cause) {
    const reason =
      cause instanceof SyntaxError ? 'the request body is not JSON' : 'the request body is not UTF-8'
    throw new GatewayError('invalid_json', reason, { cause })
  }
}
