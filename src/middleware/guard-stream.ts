import type { HaltSubject } from '../breakers/halt-entry.ts'
import type { HaltGate, HaltVerdict } from '../breakers/halt-gate.ts'
import type { Clock } from '../clock.ts'
import type { ByteSource } from '../engines/engine.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { type AnswerParts, haltedError, safeText } from './answers.ts'
import type { Conversation, LiveExchange } from './live-exchange.ts'
import { logFault } from './log-fault.ts'
import { nextEvents, type OpenReply, type ReplyLimits } from './open-reply.ts'

/** What a running reply needs to know of the world around it. */
export interface GuardParts extends AnswerParts {
  halt: HaltGate
  limits: ReplyLimits
  clock: Clock
  logger: Logger
  subject: HaltSubject
  /** Set when a halt or the client has ended the exchange; the engine's call is then already aborted. */
  cutBy(): HaltVerdict | 'client' | undefined
  /** Called once when the engine's reply is over: `undefined` when it was whole, else what broke it. */
  onEngineEnd(error: GatewayError | undefined): void
  /** Called once when nothing more is written. */
  onEnd(): void
}

/**
 * A streamed reply on its way to the client, with the second check of the safety halt: at each write, as late as can
 * be (the stream holds nothing ahead of the socket). It forwards whole events only, byte for byte, so that an ending
 * of ours never falls into the middle of one. A halt ends it with the safe reply as a normal end; a broken engine
 * ends it with an error frame and no end mark.
 */
export function guardStream(
  parts: GuardParts,
  exchange: LiveExchange,
  conversation: Conversation,
  reply: Extract<OpenReply, { kind: 'stream' }>,
): ReadableStream<Uint8Array> {
  const { halt, limits, subject } = parts
  const { body, stream, splitter } = reply
  let first: Uint8Array | undefined = reply.first
  let received = reply.first.byteLength

  const countBytes = (count: number) => {
    received += count
    if (received > limits.maxStreamBytes)
      throw new GatewayError(
        'engine_garbage',
        `the engine's stream is larger than ${limits.maxStreamBytes} bytes`,
      )
  }

  const end = (controller: ReadableStreamDefaultController<Uint8Array>, last: Uint8Array | undefined) => {
    if (last !== undefined) controller.enqueue(last)
    controller.close()
    parts.onEnd()
  }

  const endHalted = (controller: ReadableStreamDefaultController<Uint8Array>, verdict: HaltVerdict) => {
    body.cancel()
    parts.onEngineEnd(undefined)
    const ending = stream.endSafely(safeText(parts, exchange, verdict.kind, true))
    if (ending !== undefined) parts.metrics.safeReplies.inc({ why: verdict.kind })
    exchange.finish('cut-by-halt', 200)
    end(controller, ending ?? stream.endWithError(haltedError(verdict), exchange.requestId))
  }

  const endBroken = (controller: ReadableStreamDefaultController<Uint8Array>, error: GatewayError) => {
    body.cancel()
    parts.onEngineEnd(error)
    parts.metrics.errors.inc({ code: error.code })
    if (error.code === 'internal') logFault(parts.logger, exchange.requestId, error.cause)
    exchange.finish(error.code === 'internal' ? 'internal-error' : 'engine-error', 200, error.code)
    end(controller, stream.endWithError(error, exchange.requestId))
  }

  const endLeft = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    body.cancel()
    parts.onEngineEnd(undefined)
    exchange.finish('client-closed', 499)
    end(controller, undefined)
  }

  const endWhole = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    parts.onEngineEnd(undefined)
    void finishBody(body)
    exchange.finish('ok', 200)
    end(controller, undefined)
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = first ?? (await nextEvents(body, splitter, stream, countBytes))?.bytes
          first = undefined
          const stale = halt.refresh()
          if (stale !== undefined) await stale
          const verdict = halt.check(subject)
          if (verdict !== undefined) return endHalted(controller, verdict)
          if (bytes !== undefined) {
            controller.enqueue(bytes)
            stream.sent()
            if (stream.ended) endWhole(controller)
            return
          }
          if (!conversation.dialect.streamsEndMarked && !splitter.end().cut) return endWhole(controller)
          endBroken(
            controller,
            new GatewayError('engine_closed', 'the engine ended its reply before it was whole'),
          )
        } catch (thrown) {
          const cutBy = parts.cutBy()
          if (cutBy === 'client') return endLeft(controller)
          if (cutBy !== undefined) return endHalted(controller, cutBy)
          endBroken(controller, toGatewayError(thrown))
        }
      },
      cancel() {
        body.cancel()
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
