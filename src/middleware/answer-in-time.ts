import { asBody } from '../bytes.ts'
import { toGatewayError } from '../errors.ts'
import {
  answerSafely,
  crisisMark,
  openStream,
  requestIdHeaders,
  sayInstead,
  streamHeaders,
} from './answers.ts'
import {
  acknowledge,
  type BreakSilence,
  breakSilence,
  isHeldWhole,
  type SilenceParts,
} from './break-silence.ts'
import type { Conversation, LiveExchange } from './live-exchange.ts'
import { logFault } from './log-fault.ts'
import { hearRemote, type ListenParts } from './screen-message.ts'
import type { ExchangeWatch } from './watch-exchange.ts'

export interface Answer {
  response: Response
  /** The reply is still running: the exchange is watched until it ends. */
  streams: boolean
}

export const whole = (response: Response): Answer => ({ response, streams: false })

/**
 * The engine's answer, unless a person who has just told of a crisis would wait too long for it: then a stream begins with
 * the acknowledgement while the engine is still silent, and at last the safe reply takes its place.
 */
export async function answerInTime(
  parts: SilenceParts & ListenParts,
  exchange: LiveExchange,
  watch: ExchangeWatch,
  answering: Promise<Answer>,
): Promise<Answer> {
  // Another opinion may still make a crisis of it.
  if (exchange.screening?.remote !== undefined)
    await Promise.race([answering.catch(() => {}), hearRemote(parts, exchange)])
  const { conversation } = exchange
  if (conversation === undefined || !isHeldWhole(parts, exchange)) return answering
  const silence = breakSilence(parts, exchange, () => answering)
  for (;;) {
    const next = await silence.next()
    if (next === 'too-long') return whole(giveUp(parts, exchange, conversation, watch, answering))
    if (next !== 'acknowledge') return next
    const opening = acknowledge(parts, exchange, openStream(exchange, conversation))
    if (opening === undefined) continue
    const response = beginWithWords(parts, exchange, conversation, watch, silence, answering, opening)
    return { response, streams: true }
  }
}

function giveUp(
  parts: SilenceParts,
  exchange: LiveExchange,
  conversation: Conversation,
  watch: ExchangeWatch,
  answering: Promise<Answer>,
): Response {
  const answer = answerSafely(parts, exchange, conversation, 'withheld', { 'x-haltgate': 'withheld; late' })
  parts.metrics.withheldReplies.inc({ cause: 'late' })
  callOff(watch, answering, 'late')
  return answer
}

/** The engine's call is ended, and whatever still comes of it is dropped. */
function callOff(watch: ExchangeWatch, answering: Promise<Answer>, by: 'late' | 'client'): void {
  watch.cut(by)
  answering.then(({ response }) => response.body?.cancel()).catch(() => {})
}

/** A stream of ours that begins with the acknowledgement and goes on as the engine's answer. */
function beginWithWords(
  parts: SilenceParts & ListenParts,
  exchange: LiveExchange,
  conversation: Conversation,
  watch: ExchangeWatch,
  silence: BreakSilence<Answer>,
  answering: Promise<Answer>,
  acknowledgement: Uint8Array,
): Response {
  let opening: Uint8Array | undefined = acknowledgement
  let isCancelled = false
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  /** The engine's stream once it has begun; the safe reply where it has none. */
  const rest = async (): Promise<ReadableStream<Uint8Array>> => {
    const instead = (why: 'withheld' | 'unavailable') => {
      const ending = openStream(exchange, conversation).endSafely(sayInstead(parts, exchange, why, false))
      exchange.finish(why === 'withheld' ? 'withheld' : 'safe-reply', 200)
      watch.stop()
      return streamOf(ending ?? new Uint8Array())
    }
    try {
      const answer = await silence.next()
      if (answer === 'too-long' || answer === 'acknowledge') {
        parts.metrics.withheldReplies.inc({ cause: 'late' })
        callOff(watch, answering, 'late')
        return instead('withheld')
      }
      const { response, streams } = answer
      if (!streams) watch.stop()
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
      if (isStream && response.body !== null) return response.body
      await response.body?.cancel()
      return instead('unavailable')
    } catch (error) {
      if (watch.cutBy === 'client') {
        exchange.finish('client-closed', 499)
        watch.stop()
        return streamOf(new Uint8Array())
      }
      const { code } = toGatewayError(error)
      if (code === 'internal') logFault(parts.logger, exchange.requestId, error)
      parts.metrics.errors.inc({ code })
      return instead('unavailable')
    }
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (opening !== undefined) {
          controller.enqueue(opening)
          opening = undefined
          return
        }
        reader ??= (await rest()).getReader()
        if (isCancelled) return reader.cancel()
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        isCancelled = true
        callOff(watch, answering, 'client')
        await reader?.cancel()
        // Who leaves before the engine has begun has no stream of it that would end the exchange.
        exchange.finish('client-closed', 499)
        watch.stop()
      },
    },
    { highWaterMark: 0 },
  )
  const ids = requestIdHeaders(conversation.dialect, exchange.requestId)
  const headers = { ...streamHeaders, ...ids, ...crisisMark(exchange) }
  return new Response(body, { status: 200, headers })
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new Response(asBody(bytes)).body ?? new ReadableStream()
}
