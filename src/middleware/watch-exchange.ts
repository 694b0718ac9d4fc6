import type { HaltSubject } from '../breakers/halt-entry.ts'
import type { HaltGate, HaltVerdict } from '../breakers/halt-gate.ts'
import { haltSubject, type SubjectParts } from './halt-subject.ts'
import type { Caller, LiveExchange } from './live-exchange.ts'
import type { Platform } from './platform.ts'

export interface WatchParts extends SubjectParts {
  halt: HaltGate
  platform: Platform
}

/** Ends an engine call early when the client leaves or a halt comes, wherever the exchange stands. */
export interface ExchangeWatch {
  readonly signal: AbortSignal
  subject: HaltSubject
  /** `late`: the person in a crisis could wait no longer. */
  cutBy: HaltVerdict | 'client' | 'late' | undefined
  /** Ends the engine's call; the first cause stays. */
  cut(by: HaltVerdict | 'client' | 'late'): void
  stop(): void
}

export function watchExchange(
  parts: WatchParts,
  exchange: LiveExchange,
  { request, env }: Caller,
): ExchangeWatch {
  const { halt, platform } = parts
  const abort = new AbortController()
  const cut: ExchangeWatch['cut'] = (by) => {
    watch.cutBy ??= by
    abort.abort()
  }
  const onClientGone = () => cut('client')
  const stopListening = exchange.open
    ? () => {}
    : halt.onChange(() => {
        const verdict = halt.check(watch.subject)
        if (verdict !== undefined) cut(verdict)
      })
  const watch: ExchangeWatch = {
    signal: abort.signal,
    subject: haltSubject(parts, exchange, exchange.plan.first),
    cutBy: undefined,
    cut,
    stop: () => {
      stopListening()
      stopWaiting()
    },
  }
  const stopWaiting = platform.onClientGone(env, onClientGone) ?? onAbort(request.signal, onClientGone)
  return watch
}

function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener)
  if (signal.aborted) listener()
  return () => signal.removeEventListener('abort', listener)
}
