import { type Breaker, BreakerOpenError } from '../breakers/breaker.ts'
import { asBody } from '../bytes.ts'
import type { Engine, EngineName, EngineRequest } from '../engines/engine.ts'
import { clientHeaders, engineHeaders } from '../engines/headers.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import { type Answer, answerInTime, whole } from './answer-in-time.ts'
import {
  answerError,
  answerHalted,
  answerSafely,
  crisisMark,
  onHaltHeader,
  withheldError,
} from './answers.ts'
import { countReply } from './count-reply.ts'
import { guardStream } from './guard-stream.ts'
import { guardUnread } from './guard-unread.ts'
import { haltSubject } from './halt-subject.ts'
import { interceptReply } from './intercept-reply.ts'
import type { Caller, EngineCall, LiveExchange } from './live-exchange.ts'
import { logFault } from './log-fault.ts'
import {
  type CallMeasures,
  endCall,
  observeOverhead,
  outcomeOf,
  outcomeOfStatus,
  startCall,
} from './measure-call.ts'
import { noteHeaders, noteWhole } from './note-review.ts'
import { type OpenReply, openReply, type ReplyLimits } from './open-reply.ts'
import { headerOf } from './platform.ts'
import type { JudgeParts } from './reply-judge.ts'
import { hearRemote, type ListenParts } from './screen-message.ts'
import { screenWhole } from './screen-reply.ts'
import { inCrisis } from './screening.ts'
import { type ExchangeWatch, type WatchParts, watchExchange } from './watch-exchange.ts'

/** An engine with all that surrounds it. */
export interface GuardedEngine {
  engine: Engine
  breaker: Breaker
  limits: ReplyLimits
  /** The gateway sends a credential of its own: a refusal of it is the engine's failure, not the caller's. */
  ownCredential: boolean
}

export interface CallParts extends JudgeParts, ListenParts, CallMeasures, WatchParts {
  engines: Partial<Record<EngineName, GuardedEngine>>
}

/**
 * Sends the exchange to an engine through its breaker and answers with the guarded reply. Before the first byte has
 * gone out another engine may take over; when none is left the person gets the safe reply, never a bypass. In a crisis
 * every failure ends in the safe reply.
 */
export function callEngine(parts: CallParts): (exchange: LiveExchange, caller: Caller) => Promise<Response> {
  return async function callEngine(exchange, caller) {
    const watch = watchExchange(parts, exchange, caller)
    try {
      const answering = answerFromEngines(parts, exchange, watch, caller)
      const answer = await answerInTime(parts, exchange, watch, answering)
      if (!answer.streams) watch.stop()
      return answer.response
    } catch (error) {
      watch.stop()
      const { conversation } = exchange
      const code = error instanceof GatewayError ? error.code : 'internal'
      if (conversation === undefined || !inCrisis(parts, exchange) || code === 'client_closed') throw error
      if (code === 'internal') logFault(parts.logger, exchange.requestId, error)
      parts.metrics.errors.inc({ code })
      return answerSafely(parts, exchange, conversation, 'unavailable', { 'x-haltgate': 'unavailable' })
    }
  }
}

async function answerFromEngines(
  parts: CallParts,
  exchange: LiveExchange,
  watch: ExchangeWatch,
  caller: Caller,
): Promise<Answer> {
  const { first, fallback } = exchange.plan
  let nothingLeft = false
  let failure: GatewayError | undefined
  /** What engines took that then failed. */
  let lostMs = 0
  for (const name of fallback === undefined ? [first] : [first, fallback]) {
    const target = parts.engines[name]
    if (target === undefined) continue
    const subject = haltSubject(parts, exchange, name)
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
        openReply(
          { ...target, measured, clock: parts.clock, platform: parts.platform },
          request,
          exchange.conversation,
          watch.signal,
        ),
      )
      if (name !== first) parts.metrics.failovers.inc({ from: first, to: name })
      const stale = parts.halt.refresh()
      if (stale !== undefined) await stale
      observeOverhead(parts, exchange, measured, lostMs)
      if (exchange.screening?.remote !== undefined) {
        await hearRemote(parts, exchange)
        const intercepted = interceptReply(parts)(exchange)
        if (intercepted !== undefined) {
          if (reply.kind !== 'whole') reply.body.cancel()
          endCall(parts, exchange, measured, outcomeOfStatus(reply.status))
          return whole(intercepted)
        }
      }
      return answerReply(parts, exchange, watch, caller, target, measured, reply)
    } catch (thrown) {
      const { cutBy } = watch
      if (cutBy !== undefined && cutBy !== 'client' && cutBy !== 'late') {
        endCall(parts, exchange, measured, 'halted')
        return whole(answerHalted(parts, exchange, cutBy, wantsError(exchange)))
      }
      if (thrown instanceof BreakerOpenError) {
        measured.span.end('breaker-open')
        nothingLeft = true
        continue
      }
      failure = cutBy === 'late' ? tooLate() : toGatewayError(thrown)
      lostMs += parts.clock.monotonicMs() - measured.startedMs
      endCall(parts, exchange, measured, outcomeOf(failure))
      if (!mayFailOver(failure) || cutBy === 'late') break
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
  caller: Caller,
  target: GuardedEngine,
  measured: EngineCall,
  reply: OpenReply,
): Answer {
  const { status } = reply
  // No engine is asked any more: a long stream need not keep a large request.
  exchange.body = undefined
  noteHeaders(exchange, reply.headers)
  const headers = clientHeaders(reply.headers, reply.kind === 'stream' ? 'stream' : 'unchanged', {
    'x-request-id': exchange.requestId,
    'x-haltgate-engine': measured.engine,
    ...crisisMark(exchange),
  })

  if (reply.kind === 'whole') {
    endCall(parts, exchange, measured, outcomeOfStatus(status))
    const verdict = parts.halt.check(watch.subject)
    if (verdict !== undefined) return whole(answerHalted(parts, exchange, verdict, wantsError(exchange)))
    return whole(answerWhole(parts, exchange, reply, headers))
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
        cutBy === undefined || cutBy === 'late'
          ? outcomeOfStatus(status)
          : cutBy === 'client'
            ? 'client-closed'
            : 'halted'
      endCall(
        parts,
        exchange,
        measured,
        error === undefined ? ending : outcomeOf(error),
        reply.kind === 'stream',
      )
    },
    onEnd: watch.stop,
    breakOff: () => parts.platform.breakOff(caller.env),
  }
  const { conversation, screening } = exchange
  if (reply.kind === 'stream' && conversation !== undefined && screening !== undefined) {
    exchange.form = 'stream'
    const body = guardStream(guard, exchange, conversation, screening, reply)
    return { response: new Response(body, { status, headers }), streams: true }
  }
  countReply(parts, exchange, exchange.open ? 'open-path' : status >= 300 ? 'engine-refusal' : 'no-dialect')
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

/** A whole reply, judged before any of it goes out. */
function answerWhole(
  parts: CallParts,
  exchange: LiveExchange,
  { status, bytes, read, headers: sent }: Extract<OpenReply, { kind: 'whole' }>,
  headers: ReturnType<typeof clientHeaders>,
): Response {
  const { conversation, screening } = exchange
  if (read === undefined || conversation === undefined || screening === undefined) {
    // An engine that refuses to answer somebody in a crisis leaves that person with an error.
    if (status >= 400 && conversation !== undefined && inCrisis(parts, exchange)) {
      const mark = { 'x-haltgate': `unavailable; engine-status=${status}` }
      return answerSafely(parts, exchange, conversation, 'unavailable', mark)
    }
    countReply(parts, exchange, 'engine-refusal')
    exchange.finish(status >= 300 ? 'engine-refused' : 'ok', status)
    return new Response(asBody(bytes), { status, headers })
  }
  noteWhole(exchange, read.body, read.texts)
  const judged = screenWhole(parts, exchange, conversation, screening, read)
  if ('withheld' in judged) {
    const mark = { 'x-haltgate': 'withheld' }
    parts.metrics.withheldReplies.inc({ cause: judged.withheld })
    if (conversation.request.replyForm !== 'json-schema')
      return answerSafely(parts, exchange, conversation, 'withheld', mark)
    return answerError(parts, exchange, withheldError(), { ...mark, 'x-should-retry': 'false' })
  }
  exchange.finish('ok', status)
  if (judged.body === read.body) return new Response(asBody(bytes), { status, headers })
  const own = { 'x-request-id': exchange.requestId, ...crisisMark(exchange) }
  return new Response(JSON.stringify(judged.body), {
    status,
    headers: clientHeaders(sent, 'replaced', {
      ...own,
      'x-haltgate-engine': exchange.engineCall?.engine ?? exchange.plan.first,
    }),
  })
}

function tooLate(): GatewayError {
  return new GatewayError('engine_timeout', 'the reply was not whole in time for a person in a crisis')
}

function mayFailOver(error: GatewayError): boolean {
  return error.code.startsWith('engine_')
}

function isBodyless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}

const wantsError = ({ headers }: LiveExchange) => headerOf(headers, onHaltHeader) === 'error'
