import type { Context } from 'hono'
import { type Breaker, BreakerOpenError } from '../breakers/breaker.ts'
import { asBody } from '../bytes.ts'
import type { Engine, EngineName, EngineRequest } from '../engines/engine.ts'
import { clientHeaders, engineHeaders } from '../engines/headers.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { type AnswerParts, answerError, answerHalted, answerSafely, onHaltHeader } from './answers.ts'
import { guardStream } from './guard-stream.ts'
import { guardUnread } from './guard-unread.ts'
import type { EngineCall, LiveExchange, TrafficEnv } from './live-exchange.ts'
import {
  type CallMeasures,
  endCall,
  observeOverhead,
  outcomeOf,
  outcomeOfStatus,
  startCall,
} from './measure-call.ts'
import { type OpenReply, openReply, type ReplyLimits } from './open-reply.ts'
import { headerOf } from './platform.ts'
import { type ExchangeWatch, type WatchParts, watchExchange } from './watch-exchange.ts'

/** An engine with all that surrounds it. */
export interface GuardedEngine {
  engine: Engine
  breaker: Breaker
  limits: ReplyLimits
  /** The gateway sends a credential of its own: a refusal of it is the engine's failure, not the caller's. */
  ownCredential: boolean
}

export interface CallParts extends AnswerParts, CallMeasures, WatchParts {
  engines: Partial<Record<EngineName, GuardedEngine>>
  logger: Logger
}

/**
 * Sends the exchange to an engine through its breaker and answers with the guarded reply. Before the first byte has
 * gone out another engine may take over; when none is left the person gets the safe reply, never a bypass.
 */
export function callEngine(
  parts: CallParts,
): (exchange: LiveExchange, c: Context<TrafficEnv>) => Promise<Response> {
  return async function callEngine(exchange, c) {
    const watch = watchExchange(parts, exchange, c)
    try {
      const answer = await answerFromEngines(parts, exchange, watch, c)
      if (!answer.streams) watch.stop()
      return answer.response
    } catch (error) {
      watch.stop()
      throw error
    }
  }
}

interface Answer {
  response: Response
  /** The reply is still running: the exchange is watched until it ends. */
  streams: boolean
}

async function answerFromEngines(
  parts: CallParts,
  exchange: LiveExchange,
  watch: ExchangeWatch,
  c: Context<TrafficEnv>,
): Promise<Answer> {
  const { first, fallback } = exchange.plan
  let nothingLeft = false
  let failure: GatewayError | undefined
  /** What engines took that then failed. */
  let lostMs = 0
  for (const name of fallback === undefined ? [first] : [first, fallback]) {
    const target = parts.engines[name]
    if (target === undefined) continue
    const subject = { engine: name, tenant: exchange.who.tenant }
    const halted = exchange.open ? undefined : parts.halt.check(subject)
    if (halted !== undefined) return whole(answerHalted(parts, exchange, halted, wantsError(exchange)))

    exchange.engine = name
    watch.subject = subject
    const measured = startCall(parts, exchange, name)
    try {
      const request: EngineRequest = {
        method: exchange.method,
        path: exchange.pathAndQuery,
        headers: engineHeaders(exchange.headers, { traceparent: measured.span.traceparent }),
        body: exchange.body,
      }
      const reply = await target.breaker.run(() =>
        openReply({ ...target, measured, clock: parts.clock }, request, exchange.conversation, watch.signal),
      )
      if (name !== first) parts.metrics.failovers.inc({ from: first, to: name })
      const stale = parts.halt.refresh()
      if (stale !== undefined) await stale
      observeOverhead(parts, exchange, measured, lostMs)
      return answerReply(parts, exchange, watch, c, target, measured, reply)
    } catch (thrown) {
      if (watch.cutBy !== undefined && watch.cutBy !== 'client') {
        endCall(parts, exchange, measured, 'halted')
        return whole(answerHalted(parts, exchange, watch.cutBy, wantsError(exchange)))
      }
      if (thrown instanceof BreakerOpenError) {
        measured.span.end('breaker-open')
        nothingLeft = true
        continue
      }
      failure = toGatewayError(thrown)
      lostMs += parts.clock.monotonicMs() - measured.startedMs
      endCall(parts, exchange, measured, outcomeOf(failure))
      if (!mayFailOver(failure)) break
    }
  }
  if (failure !== undefined && !(nothingLeft && mayFailOver(failure))) throw failure
  if (failure === undefined) {
    const outcome = parts.engines[first]?.breaker.state === 'held' ? 'halted' : 'refused'
    parts.signals.recordExchange({ engine: first, outcome, totalMs: 0 })
  }
  const { conversation } = exchange
  if (conversation === undefined || conversation.request.replyForm === 'json-schema') {
    const unavailable = new GatewayError('unavailable', 'no engine can answer now; do not retry at once')
    return whole(answerError(parts, exchange, unavailable, { 'x-should-retry': 'false' }))
  }
  return whole(answerSafely(parts, exchange, conversation, 'unavailable', { 'x-haltgate': 'unavailable' }))
}

/** The engine's reply as the client gets it, with the halt checked before anything is written. */
function answerReply(
  parts: CallParts,
  exchange: LiveExchange,
  watch: ExchangeWatch,
  c: Context<TrafficEnv>,
  target: GuardedEngine,
  measured: EngineCall,
  reply: OpenReply,
): Answer {
  const { status } = reply
  // No engine is asked any more: a long stream need not keep a large request.
  exchange.body = undefined
  const headers = clientHeaders(reply.headers, reply.kind === 'stream' ? 'stream' : 'unchanged', {
    'x-request-id': exchange.requestId,
    'x-haltgate-engine': measured.engine,
  })

  if (reply.kind === 'whole') {
    endCall(parts, exchange, measured, outcomeOfStatus(status))
    const verdict = parts.halt.check(watch.subject)
    if (verdict !== undefined) return whole(answerHalted(parts, exchange, verdict, wantsError(exchange)))
    parts.metrics.unscanned.inc({ cause: status >= 300 ? 'engine-refusal' : 'no-detector' })
    exchange.finish(status >= 300 ? 'engine-refused' : 'ok', status)
    return whole(new Response(asBody(reply.bytes), { status, headers }))
  }

  const guard = {
    ...parts,
    limits: target.limits,
    subject: watch.subject,
    cutBy: () => watch.cutBy,
    onEngineEnd: (error: GatewayError | undefined) => {
      if (error !== undefined) target.breaker.recordLateFailure(error)
      const { cutBy } = watch
      const ending =
        cutBy === undefined ? outcomeOfStatus(status) : cutBy === 'client' ? 'client-closed' : 'halted'
      endCall(
        parts,
        exchange,
        measured,
        error === undefined ? ending : outcomeOf(error),
        reply.kind === 'stream',
      )
    },
    onEnd: watch.stop,
    breakOff: () => parts.platform.breakOff(c.env),
  }
  if (reply.kind === 'stream' && exchange.conversation !== undefined) {
    exchange.form = 'stream'
    parts.metrics.unscanned.inc({ cause: 'no-detector' })
    const body = guardStream(guard, exchange, exchange.conversation, reply)
    return { response: new Response(body, { status, headers }), streams: true }
  }
  parts.metrics.unscanned.inc({ cause: exchange.open ? 'open-path' : 'no-dialect' })
  if (isBodyless(exchange.method, status)) {
    // Nobody would ever read a stream of it, and so it would never end.
    reply.body.cancel()
    endCall(parts, exchange, measured, outcomeOfStatus(status))
    exchange.finish('ok', status)
    return whole(new Response(null, { status, headers }))
  }
  const body = guardUnread(guard, exchange, status, reply.body)
  return { response: new Response(body, { status, headers }), streams: true }
}

function mayFailOver(error: GatewayError): boolean {
  return error.code.startsWith('engine_')
}

function isBodyless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}

const wantsError = ({ headers }: LiveExchange) => headerOf(headers, onHaltHeader) === 'error'

const whole = (response: Response): Answer => ({ response, streams: false })
