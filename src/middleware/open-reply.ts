import { concat } from '../bytes.ts'
import type { Clock } from '../clock.ts'
import type { ReplyStream } from '../dialects/dialect.ts'
import { createSseSplitter, type SseSplitter } from '../dialects/sse.ts'
import type { ByteSource, Engine, EngineReply, EngineRequest } from '../engines/engine.ts'
import { GatewayError } from '../errors.ts'
import type { TextDelta } from '../exchange.ts'
import type { Conversation, EngineCall } from './live-exchange.ts'
import type { Platform } from './platform.ts'

/** Bounds of one engine's replies (config `engines.*`). */
export interface ReplyLimits {
  maxReplyBytes: number
  maxStreamBytes: number
  maxEventBytes: number
}

type Head = Pick<EngineReply, 'status' | 'headers'>

/** An engine's reply, read so far that its first byte may go out. Until then another engine may still take over. */
export type OpenReply =
  | (Head & { kind: 'whole'; bytes: Uint8Array; read: ReadReply | undefined })
  | (Head & {
      kind: 'stream'
      first: ReadEvents
      body: ByteSource
      stream: ReplyStream
      splitter: SseSplitter
    })
  | (Head & { kind: 'unread'; body: ByteSource })

/** A whole reply as its dialect reads it; absent for a refusal or redirect, which is no AI text. */
export interface ReadReply {
  body: unknown
  texts: TextDelta[]
}

/** Complete events of a stream, with the bytes that they and the comments between them came in. */
export interface ReadEvents {
  bytes: Uint8Array
  events: ReadEvent[]
}

export interface ReadEvent {
  data: string
  event: string | undefined
  texts: TextDelta[]
  /** The choices that it brings to their end. */
  finishing: readonly number[]
  /** Where it ends in the bytes, exclusive. */
  endOffset: number
}

export interface OpenCall {
  engine: Engine
  limits: ReplyLimits
  ownCredential: boolean
  measured: EngineCall
  clock: Clock
  platform: Platform
}

/**
 * Sends one exchange to one engine and reads its reply up to the first byte that may go out: a whole JSON reply to its
 * end, a stream to its first event. Throws `GatewayError`: `engine_unreachable`, `engine_timeout`, `engine_closed`,
 * `engine_error` (a 5xx, a refusal of our own credential, or an error inside a 200), `engine_garbage`, `client_closed`.
 */
export async function openReply(
  call: OpenCall,
  request: EngineRequest,
  conversation: Conversation | undefined,
  signal: AbortSignal,
): Promise<OpenReply> {
  const reply = await call.engine.send(request, signal)
  const { status, headers, body } = reply
  const onBytes = () => {
    const nowMs = call.clock.monotonicMs()
    call.measured.firstByteMs ??= nowMs
    call.measured.receivedMs = nowMs
  }
  try {
    if (status >= 500 || (call.ownCredential && (status === 401 || status === 403)))
      throw new GatewayError('engine_error', `the ${call.engine.name} engine answered ${status}`)
    if (conversation === undefined) {
      onBytes()
      return { kind: 'unread', status, headers, body }
    }
    // A refusal (4xx) or redirect is for the caller and no AI text: it passes as it is.
    if (status >= 300)
      return {
        kind: 'whole',
        status,
        headers,
        bytes: await readWhole(body, call.limits, onBytes),
        read: undefined,
      }
    if (isEventStream(headers)) {
      if (!conversation.request.stream) throw wrongForm(call.engine, 'a stream', 'a whole reply')
      return await openStream(reply, conversation, call, onBytes)
    }
    const bytes = await readWhole(body, call.limits, onBytes)
    await call.platform.nextTurn()
    const parsed = parseReply(bytes)
    const texts = conversation.dialect.readReply(parsed, conversation.request)
    // A client that waits for events would read nothing in it, and take that for the whole answer.
    if (conversation.request.stream) throw wrongForm(call.engine, 'a whole reply', 'a stream')
    return { kind: 'whole', status, headers, bytes, read: { body: parsed, texts } }
  } catch (error) {
    body.cancel()
    throw error
  }
}

function wrongForm({ name }: Engine, got: string, asked: string): GatewayError {
  return new GatewayError('engine_garbage', `the ${name} engine sent ${got} where ${asked} was asked for`)
}

async function openStream(
  { status, headers, body }: EngineReply,
  { dialect, request, made }: Conversation,
  { limits, platform }: OpenCall,
  onBytes: () => void,
): Promise<OpenReply> {
  const splitter = createSseSplitter({ maxEventBytes: limits.maxEventBytes })
  const stream = dialect.openStream(request, made)
  // Comments may come first; the stream has begun with its first event.
  const comments: Uint8Array[] = []
  let length = 0
  for (;;) {
    const first = await nextEvents(body, splitter, stream, platform, onBytes)
    if (first === undefined)
      throw new GatewayError('engine_closed', 'the engine ended its stream before the first event')
    comments.push(first.bytes)
    if (first.events.length > 0) {
      const events = first.events.map((each) => ({ ...each, endOffset: each.endOffset + length }))
      const bytes = concat(comments, length + first.bytes.byteLength)
      return { kind: 'stream', status, headers, first: { bytes, events }, body, stream, splitter }
    }
    length += first.bytes.byteLength
    if (length > limits.maxEventBytes)
      throw new GatewayError('engine_garbage', 'the engine sent no event but comments')
  }
}

/**
 * The bytes of the next complete events, read by the dialect; `undefined` at the end of the body.
 * Throws as `ByteSource.read` and `ReplyStream.read` do.
 */
export async function nextEvents(
  body: ByteSource,
  splitter: SseSplitter,
  stream: ReplyStream,
  { nextTurn }: Platform,
  onBytes: (count: number) => void,
): Promise<ReadEvents | undefined> {
  for (;;) {
    const chunk = await body.read()
    if (chunk === undefined) return undefined
    onBytes(chunk.byteLength)
    await nextTurn()
    const { events, bytes } = splitter.push(chunk)
    if (bytes === undefined) continue
    const read = events.map(({ data, event, endOffset }) => ({
      data,
      event,
      texts: stream.read(data, event),
      finishing: stream.finishing(),
      endOffset,
    }))
    return { bytes, events: read }
  }
}

async function readWhole(body: ByteSource, limits: ReplyLimits, onBytes: () => void): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for (;;) {
    const piece = await body.read()
    if (piece !== undefined || length > 0) onBytes()
    if (piece === undefined) return concat(pieces, length)
    length += piece.byteLength
    if (length > limits.maxReplyBytes)
      throw new GatewayError(
        'engine_garbage',
        `the engine's reply is larger than ${limits.maxReplyBytes} bytes`,
      )
    pieces.push(piece)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseReply(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (cause) {
    throw new GatewayError('engine_garbage', "the engine's reply is not JSON", { cause })
  }
}

function isEventStream(headers: EngineReply['headers']): boolean {
  const type = headers['content-type']
  return typeof type === 'string' && type.toLowerCase().startsWith('text/event-stream')
}
