import type { HaltSubject } from '../breakers/halt-entry.ts'
import type { HaltGate, HaltVerdict } from '../breakers/halt-gate.ts'
import type { ByteSource } from '../engines/engine.ts'
import { type GatewayError, toGatewayError } from '../errors.ts'
import type { LiveExchange } from './live-exchange.ts'

/**
 * A reply that no dialect reads, passed on as it is, with the halt checked at each write. It cannot be ended with
 * words, so a halt or a broken engine breaks the connection off: it never looks finished.
 */
export function guardUnread(
  parts: {
    halt: HaltGate
    subject: HaltSubject
    cutBy(): HaltVerdict | 'client' | 'late' | undefined
    onEngineEnd(error: GatewayError | undefined): void
    onEnd(): void
    /** Closes the client's connection where the platform can; else the stream's error does. */
    breakOff(): boolean
  },
  exchange: LiveExchange,
  status: number,
  body: ByteSource,
): ReadableStream<Uint8Array> {
  const breakOff = (
    controller: ReadableStreamDefaultController<Uint8Array>,
    error: GatewayError | undefined,
  ) => {
    body.cancel()
    parts.onEngineEnd(error)
    exchange.finish(error === undefined ? 'cut-by-halt' : 'engine-error', status)
    parts.onEnd()
    if (!parts.breakOff()) controller.error(error ?? new Error('cut by a safety halt'))
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await body.read()
          if (!exchange.open) {
            const stale = parts.halt.refresh()
            if (stale !== undefined) await stale
            if (parts.halt.check(parts.subject) !== undefined) return breakOff(controller, undefined)
          }
          if (bytes !== undefined) return controller.enqueue(bytes)
          parts.onEngineEnd(undefined)
          exchange.finish('ok', status)
          controller.close()
          parts.onEnd()
        } catch (thrown) {
          const cutBy = parts.cutBy()
          breakOff(controller, cutBy !== undefined && cutBy !== 'client' ? undefined : toGatewayError(thrown))
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
