import { createReplyWatch, type ReplyWatch } from '../detectors/harmful-reply/reply-watch.ts'
import type { ReplyStream } from '../dialects/dialect.ts'
import type { TextDelta } from '../exchange.ts'
import type { HoldBackMode } from '../plan/policy.ts'
import { countReply } from './count-reply.ts'
import { type CutCause, createHoldBack, type HoldBack } from './hold-back.ts'
import { listenOn } from './listen-on.ts'
import type { Conversation, LiveExchange } from './live-exchange.ts'
import { logFault } from './log-fault.ts'
import type { ReadReply } from './open-reply.ts'
import { createReplyJudge, type JudgeParts } from './reply-judge.ts'
import { holdBackOf, type Screening } from './screening.ts'

/** Listens to a streamed reply, and keeps back what is not judged yet. */
export function screenReply(
  parts: JudgeParts,
  exchange: LiveExchange,
  conversation: Conversation,
  screening: Screening,
  stream: ReplyStream,
): HoldBack {
  const { policy } = parts
  countReply(parts, exchange)
  const { request } = conversation
  const mode = holdBackOf(policy.holdBack, screening)
  return createHoldBack({
    stream,
    judge: createReplyJudge(parts, exchange, screening),
    openWatch: (isSide) => openWatch(parts, screening, mode, isSide || request.replyForm === 'json-schema'),
    isObserved: policy.mode === 'observe',
    canAdd: request.replyForm === 'text',
    maxHeldBytes: policy.maxHeldBytes,
    isAcknowledged: exchange.acknowledged !== undefined,
    onFault: (error) => onReplyFault(parts, exchange, error),
  })
}

/** `isSide`: nobody reads it as an answer, so that nothing can be missing in it; what it says counts all the same. */
function openWatch(
  { harmfulReply: detector }: JudgeParts,
  { state, words: user }: Screening,
  mode: HoldBackMode,
  isSide: boolean,
): ReplyWatch {
  return createReplyWatch({ mode, state: isSide ? 'none' : state, user, detector, side: isSide })
}

/** A fault of ours: the policy says whether the reply goes out unread or not at all. */
function onReplyFault(parts: JudgeParts, exchange: LiveExchange, error: unknown): 'withhold' | 'release' {
  logFault(parts.logger, exchange.requestId, error)
  const { reply } = parts.policy.onError
  if (reply === 'release' || parts.policy.mode === 'observe') {
    countReply(parts, exchange, 'error')
    return 'release'
  }
  return 'withhold'
}

/**
 * Judges a whole reply, and adds to it what it lacks. The body to send is the engine's own where nothing is added.
 */
export function screenWhole(
  parts: JudgeParts,
  exchange: LiveExchange,
  { dialect, request }: Conversation,
  screening: Screening,
  { body, texts }: ReadReply,
): { body: unknown } | { withheld: CutCause } {
  const judge = createReplyJudge(parts, exchange, screening)
  countReply(parts, exchange)
  let changed = body
  try {
    for (const [choice, lanes] of byChoice(texts, request.choices)) {
      for (const [isSide, text] of lanes) {
        const listener = listenOn(
          () => openWatch(parts, screening, 'reply', isSide || request.replyForm === 'json-schema'),
          (finding) => judge.found(finding, false),
        )
        listener.push(text)
        if (listener.isStopped()) return { withheld: 'harmful' }
        const canTake = (words: string) => dialect.addText(changed, words, request, [choice])
        const isText = !isSide && request.replyForm === 'text'
        // Where nobody is in danger nothing is missing, and so it need not be tried.
        const canAdd = isText && screening.state !== 'none' && canTake('') !== undefined
        const { action, text: lines } = judge.ended(listener.end(), { canAdd, wasRead: false, isSide })
        if (action === 'withhold') return { withheld: 'harmful' }
        const added = action === 'annotate' || listener.isDoubtful() ? judge.annotation() : lines
        if (added !== undefined && isText) changed = canTake(added) ?? changed
      }
    }
  } catch (error) {
    if (onReplyFault(parts, exchange, error) === 'withhold') return { withheld: 'error' }
  }
  return { body: changed }
}

/**
 * The texts of each choice, what the person reads apart from reasoning and tool calls. A choice that says nothing has an
 * empty text: to somebody in a crisis that leaves out everything.
 */
function byChoice(texts: readonly TextDelta[], asked: number): Map<number, Map<boolean, string>> {
  const choices = new Map<number, Map<boolean, string>>()
  for (let choice = 0; choice < asked; choice++) choices.set(choice, new Map([[false, '']]))
  for (const { choice, kind, text } of texts) {
    const isSide = kind === 'reasoning' || kind === 'tool-call'
    const lanes = choices.get(choice) ?? new Map<boolean, string>()
    choices.set(choice, lanes)
    lanes.set(isSide, (lanes.get(isSide) ?? '') + text)
  }
  return choices
}
