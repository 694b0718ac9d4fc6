import type { Dialect, Made } from '../dialects/dialect.ts'
import type { EngineName } from '../engines/engine.ts'
import type { HeaderSource } from '../engines/headers.ts'
import type { RoutePlan } from '../engines/route.ts'
import type { ErrorCode } from '../errors.ts'
import type { Identity, RequestView } from '../exchange.ts'
import type { Outcome } from '../telemetry/metrics.ts'
import type { EngineSpan, ExchangeSpan } from '../telemetry/tracing.ts'
import type { ReplyNotes } from './note-review.ts'
import type { Screening } from './screening.ts'

/**
 * One exchange on its way through the gateway. Each step of the path fills in what it knows; `measure` reads it at
 * the end. Times are monotonic milliseconds.
 */
export interface LiveExchange {
  readonly requestId: string
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly pathAndQuery: string
  /** The caller's headers. */
  readonly headers: HeaderSource
  readonly startedMs: number
  readonly who: Identity
  readonly span: ExchangeSpan
  /**
   * Ends the exchange for the measures, once; later calls do nothing. A step that adds to it names its function before it
   * writes it here; see `docs/decisions`, 0023.
   */
  finish(outcome: Outcome, status: number, code?: ErrorCode): void

  /** When the whole request had been read: the gateway's own time counts from here. */
  readMs: number
  body: Uint8Array | undefined
  /** A path that carries no AI text and stays open while halted. */
  open: boolean
  /** Absent on paths that no dialect reads. */
  conversation: Conversation | undefined
  /** What the person's side was found to be; absent where there is no conversation. */
  screening: Screening | undefined
  /** What is kept of the reply for whoever is to look at it; absent where nobody is. */
  notes: ReplyNotes | undefined
  /** What has gone out to the client already, before the engine's reply: the words of the acknowledgement. */
  acknowledged: string | undefined
  /** Which engine is asked first, and which takes over. */
  plan: RoutePlan
  /** The engine that serves it. */
  engine: EngineName | undefined
  engineCall: EngineCall | undefined
  form: 'json' | 'stream' | 'unread'
}

/** What a dialect made of a request. */
export interface Conversation {
  dialect: Dialect
  request: RequestView
  made: Made
}

/** One call to an engine, as it is measured. */
export interface EngineCall {
  engine: EngineName
  startedMs: number
  firstByteMs: number | undefined
  /** When the last bytes had come without which nothing can go out. */
  receivedMs: number | undefined
  span: EngineSpan
  ended: boolean
}

/** Whoever asked, as the platform knows it: the request, and Hono's `c.env`. */
export interface Caller {
  readonly request: Request
  readonly env: unknown
}
