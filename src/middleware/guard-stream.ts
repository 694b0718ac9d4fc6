import type { HaltSubject } from '../breakers/halt-entry.ts'
import type { HaltGate, HaltVerdict } from '../breakers/halt-gate.ts'
import type { ByteSource } from '../engines/engine.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { Outcome } from '../telemetry/metrics.ts'
import { haltedError, type SafeReplyWhy, sayInstead, withheldError } from './answers.ts'
import { acknowledge, breakSilence, type Silence } from './break-silence.ts'
import type { Conversation, LiveExchange } from './live-exchange.ts'
import { logFault } from './log-fault.ts'
import { noteEvents } from './note-review.ts'
import { nextEvents, type OpenReply, type ReadEvents, type ReplyLimits } from './open-reply.ts'
import type { Platform } from './platform.ts'
import type { JudgeParts } from './reply-judge.ts'
import { screenReply } from './screen-reply.ts'
import { inCrisis, type Screening } from './screening.ts'

/** What a running reply needs to know of the world around it. */
export interface GuardParts extends JudgeParts {
  halt: HaltGate
  platform: Platform
  limits: ReplyLimits
  subject: HaltSubject
  /** Set when a halt or the client has ended the exchange; the engine's call is then already aborted. */
  cutBy(): HaltVerdict | 'client' | 'late' | undefined
  /** Called once when the engine's reply is over: `undefined` when it was whole, else what broke it. */
  onEngineEnd(error: GatewayError | undefined): void
  /** Called once when nothing more is written. */
  onEnd(): void
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/**
 * A streamed reply on its way to the client. What has not been judged waits (`HoldBack`); the safety halt is checked
 * at each write, as late as can be (the stream holds nothing ahead of the socket). It forwards whole events only, so
 * that an ending of ours never falls into the middle of one. A halt or a harmful reply ends it with the safe reply as a
 * normal end; a broken engine ends it with an error frame and no end mark, and in a crisis with the safe reply.
 */
export function guardStream(
  parts: GuardParts,
  exchange: LiveExchange,
  conversation: Conversation,
  screening: Screening,
  reply: Extract<OpenReply, { kind: 'stream' }>,
): ReadableStream<Uint8Array> {
  const { halt, limits, subject } = parts
  const { body, stream, splitter } = reply
  let first: ReadEvents | undefined = reply.first
  let received = reply.first.bytes.byteLength
  if (exchange.acknowledged !== undefined) stream.openWith(exchange.acknowledged)
  const holdBack = screenReply(parts, exchange, conversation, screening, stream)

  const countBytes = (count: number) => {
    received += count
    if (received > limits.maxStreamBytes)
      throw new GatewayError(
        'engine_garbage',
        `the engine's stream is larger than ${limits.maxStreamBytes} bytes`,
      )
  }

  const silence = breakSilence(parts, exchange, async () => {
    const taken = first
    first = undefined
    return taken ?? nextEvents(body, splitter, stream, parts.platform, countBytes)
  })

  const end = (controller: Controller, last: Uint8Array | undefined) => {
    if (last !== undefined && last.byteLength > 0) controller.enqueue(last)
    controller.close()
    silence.stop()
    parts.onEnd()
  }

  /** With the written reply in place of what the person has not got. */
  const endSafely = (controller: Controller, why: SafeReplyWhy, outcome: Outcome, instead: GatewayError) => {
    const maySpeak = conversation.request.replyForm === 'text'
    const ending = maySpeak
      ? stream.endSafely(sayInstead(parts, exchange, why, holdBack.textSent()))
      : undefined
    exchange.finish(outcome, 200)
    end(controller, ending ?? stream.endWithError(instead, exchange.requestId))
  }

  const endHalted = (controller: Controller, verdict: HaltVerdict) => {
    body.cancel()
    parts.onEngineEnd(undefined)
    endSafely(controller, verdict.kind, 'cut-by-halt', haltedError(verdict))
  }

  const endWithheld = (controller: Controller, cause: string) => {
    body.cancel()
    parts.onEngineEnd(undefined)
    parts.metrics.withheldReplies.inc({ cause })
    endSafely(controller, 'withheld', 'withheld', withheldError())
  }

  const endBroken = (controller: Controller, error: GatewayError) => {
    body.cancel()
    parts.onEngineEnd(error)
    parts.metrics.errors.inc({ code: error.code })
    if (error.code === 'internal') logFault(parts.logger, exchange.requestId, error.cause)
    const outcome = error.code === 'internal' ? 'internal-error' : 'engine-error'
    if (inCrisis(parts, exchange)) return void endSafely(controller, 'unavailable', outcome, error)
    exchange.finish(outcome, 200, error.code)
    end(controller, stream.endWithError(error, exchange.requestId))
  }

  const endLeft = (controller: Controller) => {
    body.cancel()
    parts.onEngineEnd(undefined)
    exchange.finish('client-closed', 499)
    end(controller, undefined)
  }

  const endWhole = (controller: Controller) => {
    parts.onEngineEnd(undefined)
    void finishBody(body)
    exchange.finish('ok', 200)
    end(controller, undefined)
  }

  /** One write, or the end; everything in it happens after the halt was looked at, without a pause. */
  const write = (controller: Controller, read: ReadEvents | Silence | undefined): boolean => {
    if (read === 'too-long') {
      endWithheld(controller, 'late')
      return true
    }
    if (read === 'acknowledge') {
      const bytes = acknowledge(parts, exchange, stream)
      if (bytes === undefined) return false
      holdBack.acknowledged()
      controller.enqueue(bytes)
      return true
    }
    if (read === undefined) {
      endOfBody(controller)
      return true
    }
    noteEvents(exchange, read.events)
    const { bytes, events } = holdBack.take(read)
    const cut = holdBack.cut()
    if (cut !== undefined) {
      endWithheld(controller, cut)
      return true
    }
    if (holdBack.textSent()) silence.stop()
    if (bytes !== undefined) controller.enqueue(bytes)
    stream.sent(events)
    const isOver = stream.ended() && !holdBack.isHolding()
    if (isOver) endWhole(controller)
    return isOver || bytes !== undefined
  }

  const endOfBody = (controller: Controller) => {
    if (conversation.dialect.streamsEndMarked || splitter.end().cut) {
      const error = new GatewayError('engine_closed', 'the engine ended its reply before it was whole')
      return endBroken(controller, error)
    }
    const { bytes, events, closing } = holdBack.end()
    const cut = holdBack.cut()
    if (cut !== undefined) return endWithheld(controller, cut)
    if (bytes !== undefined) controller.enqueue(bytes)
    stream.sent(events)
    const last = closing === undefined ? undefined : stream.closeWith?.(closing, [0])
    if (last !== undefined) controller.enqueue(last)
    endWhole(controller)
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const read = await silence.next()
            const stale = halt.refresh()
            if (stale !== undefined) await stale
            const verdict = halt.check(subject)
            if (verdict !== undefined) return endHalted(controller, verdict)
            if (write(controller, read)) return
          }
        } catch (thrown) {
          const cutBy = parts.cutBy()
          if (cutBy === 'client') return endLeft(controller)
          if (cutBy !== undefined && cutBy !== 'late') {
            // Nothing of the engine goes out any more. Of thousands that are cut at once each writes its ending in its
            // turn, so that the halt's own way to the disk is not behind them all.
            await parts.platform.nextTurn()
            return endHalted(controller, cutBy)
          }
          endBroken(controller, toGatewayError(thrown))
        }
      },
      cancel() {
        body.cancel()
        silence.stop()
        parts.onEngineEnd(undefined)
        exchange.finish('client-closed', 499)
        parts.onEnd()
      },
    },
    { highWaterMark: 0 },
  )
}

/** Reads the end of a body behind its end mark, so that the engine's connection can serve again. */
async function finishBody(body: ByteSource): Promise<void> {
  try {
    if ((await body.read()) !== undefined) body.cancel()
  } catch {
    body.cancel()
  }
}
