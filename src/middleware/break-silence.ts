import type { Clock } from '../clock.ts'
import type { ReplyStream } from '../dialects/dialect.ts'
import type { SafetyPolicy } from '../plan/policy.ts'
import type { AnswerParts } from './answers.ts'
import type { LiveExchange } from './live-exchange.ts'
import { holdBackOf } from './screening.ts'

/** What falls due while a person in a crisis reads nothing: a written acknowledgement, then the safe reply. */
export type Silence = 'acknowledge' | 'too-long'

/** Waits for the engine's next piece, or for what falls due before it. */
export interface BreakSilence<T> {
  /** Settles with the piece, or with what is due; then the same piece is waited for by the next call. */
  next(): Promise<T | Silence>
  /** The person reads something: nothing falls due any more. */
  stop(): void
}

export interface SilenceParts extends AnswerParts {
  policy: SafetyPolicy
  clock: Clock
}

/** Whether this exchange is one that must not be silent: a disclosure, whose reply is held until it is judged. */
export function isHeldWhole({ policy }: SilenceParts, exchange: LiveExchange): boolean {
  const { screening, conversation } = exchange
  if (policy.mode === 'observe' || screening?.finding === undefined) return false
  return conversation?.request.replyForm === 'text' && holdBackOf(policy.holdBack, screening) === 'reply'
}

/** Times count from the whole request on. Nothing falls due where the reply is not held as a whole. */
export function breakSilence<T>(
  parts: SilenceParts,
  exchange: LiveExchange,
  ask: () => Promise<T>,
): BreakSilence<T> {
  const due = fallsDue(parts, exchange)
  let pending: Promise<T> | undefined
  return {
    async next() {
      const piece = pending ?? ask()
      pending = undefined
      const [first] = due
      if (first === undefined) return piece
      let timer: ReturnType<typeof setTimeout> | undefined
      const leftMs = Math.max(0, exchange.readMs + first.afterMs - parts.clock.monotonicMs())
      const silence = new Promise<Silence>((resolve) => {
        timer = setTimeout(() => resolve(first.silence), leftMs)
      })
      try {
        const won = await Promise.race([piece, silence])
        if (won === first.silence) {
          due.shift()
          pending = piece
        }
        return won
      } finally {
        clearTimeout(timer)
      }
    },
    stop() {
      due.length = 0
    },
  }
}

function fallsDue(parts: SilenceParts, exchange: LiveExchange): { silence: Silence; afterMs: number }[] {
  if (!isHeldWhole(parts, exchange)) return []
  const { acknowledgeAfterMs, safeReplyAfterMs } = parts.policy
  const { request } = exchange.conversation ?? {}
  const mayBegin = request?.stream === true && exchange.acknowledged === undefined
  return [
    ...(mayBegin ? [{ silence: 'acknowledge' as const, afterMs: acknowledgeAfterMs }] : []),
    { silence: 'too-long', afterMs: safeReplyAfterMs },
  ]
}

/**
 * The acknowledgement, written to this stream, with the blank line before what follows. `undefined` where no words of
 * ours may begin the reply, or not yet.
 */
export function acknowledge(
  parts: SilenceParts,
  exchange: LiveExchange,
  stream: Pick<ReplyStream, 'openWith'>,
): Uint8Array | undefined {
  const { text, version } = parts.safeReplies.acknowledgement(exchange.who.language)
  const words = `${text}\n\n`
  const bytes = stream.openWith(words)
  if (bytes === undefined) return undefined
  exchange.acknowledged = words
  parts.recorder.noticed(version)
  parts.metrics.acknowledgements.inc()
  return bytes
}
