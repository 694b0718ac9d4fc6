import type { HaltVerdict } from '../breakers/halt-gate.ts'
import { asBody } from '../bytes.ts'
import type { Dialect, ReplyStream } from '../dialects/dialect.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { CrisisRecorder, DisclosureSource } from '../referrals/disclosure.ts'
import type { SafeReplies } from '../safe-reply/safe-reply.ts'
import type { Metrics, Outcome } from '../telemetry/metrics.ts'
import type { Conversation, LiveExchange } from './live-exchange.ts'

/** Why a safe reply stands where the engine's would. */
export type SafeReplyWhy = 'halted' | 'suspended' | 'unavailable' | 'withheld' | 'intercepted'

export interface AnswerParts {
  dialect: Dialect
  safeReplies: SafeReplies
  singleCountry: string | undefined
  metrics: Metrics
  recorder: CrisisRecorder
}

/** The caller's way of asking for an error instead of the safe reply: this request header with the value `error`. */
export const onHaltHeader = 'x-haltgate-on-halt'

const jsonType = 'application/json'
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/**
 * The whole answer while AI replies are off: the safe reply with HTTP 200 in the caller's own dialect, from memory.
 * 503 with `x-should-retry: false` where no text of ours can stand (no dialect, JSON schema) or the caller asked for it.
 */
export function answerHalted(
  parts: AnswerParts,
  exchange: LiveExchange,
  verdict: HaltVerdict,
  wantsError: boolean,
): Response {
  const mark = haltMark(verdict)
  const { conversation } = exchange
  if (conversation === undefined || conversation.request.replyForm === 'json-schema' || wantsError)
    return answerError(parts, exchange, haltedError(verdict), { ...mark, 'x-should-retry': 'false' })
  return answerSafely(parts, exchange, conversation, verdict.kind, mark)
}

/** The safe reply as a whole answer, JSON or SSE. */
export function answerSafely(
  parts: AnswerParts,
  exchange: LiveExchange,
  conversation: Conversation,
  why: SafeReplyWhy,
  mark: Record<string, string>,
): Response {
  const { dialect, request, made } = conversation
  const text = sayInstead(parts, exchange, why, false)
  exchange.finish(why === 'withheld' ? 'withheld' : 'safe-reply', 200)
  const headers = { ...requestIdHeaders(dialect, exchange.requestId), ...crisisMark(exchange), ...mark }
  const stream = request.stream ? openStream(exchange, conversation).endSafely(text) : undefined
  if (stream !== undefined)
    return new Response(asBody(stream), { status: 200, headers: { ...streamHeaders, ...headers } })
  const body = JSON.stringify(dialect.safeReply(request, text, made))
  return new Response(body, { status: 200, headers: { 'content-type': jsonType, ...headers } })
}

/** A stream in the caller's dialect that knows what has gone out before it. */
export function openStream(
  { acknowledged }: LiveExchange,
  { dialect, request, made }: Conversation,
): ReplyStream {
  const stream = dialect.openStream(request, made)
  if (acknowledged !== undefined) stream.openWith(acknowledged)
  return stream
}

/** The words of the safe reply for the person of this exchange, noted as what the person got. */
export function sayInstead(
  parts: AnswerParts,
  exchange: LiveExchange,
  why: SafeReplyWhy,
  afterCut: boolean,
): string {
  const { screening, who } = exchange
  const usual = who.ageBand === 'minor' ? 'minor' : 'none'
  const found = screening?.finding === undefined ? usual : screening.variant
  const { text, version } = parts.safeReplies.render({
    // Whoever tells of a crisis reads of help before reading of a service that does not answer.
    variant: why === 'unavailable' && found === 'none' ? 'unavailable' : found,
    occasion: why === 'withheld' || why === 'intercepted' ? why : 'paused',
    ...placeOf(parts, exchange),
    afterCut,
  })
  parts.metrics.safeReplies.inc({ why })
  parts.recorder.noticed(version)
  if (screening !== undefined) screening.given = { source: sourceOf[why], textVersion: version }
  return text
}

/** Whose language and whose crisis lines. */
export function placeOf(
  { singleCountry }: Pick<AnswerParts, 'singleCountry'>,
  { who: { language, region } }: LiveExchange,
) {
  return { language, region, singleCountry }
}

const sourceOf: Record<SafeReplyWhy, DisclosureSource> = {
  halted: 'halted',
  suspended: 'halted',
  unavailable: 'withheld',
  withheld: 'withheld',
  intercepted: 'intercept',
}

/**
 * An error with the request id, in the dialect of the gateway, also on paths that it does not read: callers speak it.
 * An unknown error says only "internal error".
 */
export function answerError(
  parts: { dialect: Dialect; metrics: Metrics },
  exchange: LiveExchange,
  thrown: unknown,
  extra: Record<string, string> = {},
): Response {
  const error = toGatewayError(thrown)
  parts.metrics.errors.inc({ code: error.code })
  exchange.finish(outcomeOf(error), error.status, error.code)
  const { requestId } = exchange
  return new Response(JSON.stringify(parts.dialect.errorBody(error, requestId)), {
    status: error.status,
    headers: { 'content-type': jsonType, ...requestIdHeaders(parts.dialect, requestId), ...extra },
  })
}

/** The request id where callers look for it. */
export function requestIdHeaders({ requestIdHeader }: Dialect, requestId: string): Record<string, string> {
  const ours = { 'x-request-id': requestId }
  return requestIdHeader === undefined ? ours : { ...ours, [requestIdHeader]: requestId }
}

/** Headers that tell a program why it got a safe reply. */
export function haltMark(verdict: HaltVerdict): Record<string, string> {
  if (verdict.kind === 'suspended') return { 'x-haltgate': `suspended; why=${verdict.why}` }
  return { 'x-haltgate': `halted; id=${verdict.haltId}; cause=${verdict.cause}` }
}

/** Tells the application what the person disclosed, also where no words of ours may stand. */
export function crisisMark({ screening }: LiveExchange): Record<string, string> {
  if (screening?.finding === undefined) return {}
  const { category, level } = screening.finding
  return { 'x-haltgate-crisis': `${category}; level=${level}` }
}

export function haltedError(verdict: HaltVerdict): GatewayError {
  const why = verdict.kind === 'halted' ? 'by a safety halt' : 'because the halt state cannot be confirmed'
  return new GatewayError('halted', `AI replies are off ${why}; do not retry`)
}

/** The reply was held back, and no text of ours can stand in for it. */
export function withheldError(): GatewayError {
  return new GatewayError('withheld', 'the reply was withheld by an automated check; do not retry')
}

function outcomeOf(error: GatewayError): Outcome {
  if (error.code === 'client_closed') return 'client-closed'
  if (error.code === 'halted') return 'safe-reply'
  if (error.code === 'withheld') return 'withheld'
  if (error.code === 'internal') return 'internal-error'
  return error.code.startsWith('engine_') ? 'engine-error' : 'refused'
}
