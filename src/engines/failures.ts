import { GatewayError } from '../errors.ts'
import type { EngineName, EngineReply } from './engine.ts'
import type { TimedPhase } from './timers.ts'

/** How far an exchange with an engine had come when it failed. */
export type Progress = 'connecting' | 'sent' | 'head'

/**
 * What a transport threw, as a `GatewayError` whose message names the engine and nothing else of it (no host, no
 * header); the original is its `cause`.
 *
 * | code | when |
 * |---|---|
 * | `engine_unreachable` | no connection: refused, unknown host, TLS, the transport is closing |
 * | `engine_timeout` | the transport's own connect timer |
 * | `engine_garbage` | the bytes are not HTTP/1.1, or the head is too long |
 * | `engine_closed` | the connection ended before the reply did |
 * | `invalid_request` | the request itself cannot be written; says nothing about the engine |
 */
export function transportFailure(name: EngineName, error: unknown, progress: Progress): GatewayError {
  if (error instanceof GatewayError) return error
  const code = codeOf(error)
  const cause = { cause: error }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return new GatewayError('invalid_request', `the request cannot be sent to engine ${name} as it is`, cause)
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || (code === 'ETIMEDOUT' && progress === 'connecting')) {
    return new GatewayError('engine_timeout', `engine ${name} could not be connected to in time`, cause)
  }
  if (isGarbage(code, rootOf(error))) {
    return new GatewayError('engine_garbage', `engine ${name} did not answer in valid HTTP`, cause)
  }
  // `fetch` does not say when it has connected; a socket that undici lost had been connected.
  if (progress === 'connecting' && code !== 'UND_ERR_SOCKET') {
    return new GatewayError('engine_unreachable', `engine ${name} cannot be reached`, cause)
  }
  const when = progress === 'head' ? 'before its reply was complete' : 'before it answered'
  return new GatewayError('engine_closed', `engine ${name} closed the connection ${when}`, cause)
}

export function timeoutFailure(name: EngineName, phase: TimedPhase): GatewayError {
  const what = {
    connect: 'could not be connected to in time',
    'first-byte': 'sent no reply in time',
    gap: 'stopped sending in the middle of its reply',
    total: 'did not finish its reply in time',
  }[phase]
  return new GatewayError('engine_timeout', `engine ${name} ${what}`)
}

/** The caller aborted: the client has left, or a halt cut the exchange. The engine is not to blame for either. */
export function abortFailure(signal: AbortSignal): GatewayError {
  return new GatewayError('client_closed', 'the call was aborted', { cause: signal.reason })
}

/**
 * Why a reply's coding cannot be accepted, or `undefined`. We ask for `identity`; an engine that compresses anyway is
 * refused rather than decoded: unread bytes must not pass unscreened, and a decoder would invite a few kilobytes that
 * unfold to gigabytes. The message says what to change. `decoded`: codings that the transport has undone already.
 */
export function codingFailure(
  name: EngineName,
  headers: EngineReply['headers'],
  decoded: ReadonlySet<string>,
): GatewayError | undefined {
  const field = headers['content-encoding']
  if (field === undefined) return undefined
  const codings = String(field).toLowerCase().split(',')
  if (codings.every((coding) => coding.trim() === 'identity' || decoded.has(coding.trim()))) return undefined
  return new GatewayError(
    'engine_garbage',
    `engine ${name} compressed its reply although identity was asked for; turn compression off there`,
  )
}

function codeOf(error: unknown): string | undefined {
  const root = rootOf(error)
  return root instanceof Error && 'code' in root && typeof root.code === 'string' ? root.code : undefined
}

/** `fetch` wraps what happened in a TypeError, undici does not. */
function rootOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause !== undefined ? error.cause : error
}

function isGarbage(code: string | undefined, error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') return true
  // undici tells an answer that broke the protocol from a closed socket by the message alone.
  return code === 'UND_ERR_SOCKET' && /^bad (response|upgrade)$/.test(error.message)
}
