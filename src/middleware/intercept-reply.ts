import { type AnswerParts, answerSafely } from './answers.ts'
import type { LiveExchange } from './live-exchange.ts'

/**
 * Answers with the written reply in place of the engine's where the policy asks for that: the emergency number comes
 * before anything a model may say. Where no text of ours may stand (JSON schema) the engine answers.
 */
export function interceptReply(
  parts: AnswerParts & { policy: { mode: 'enforce' | 'observe' } },
): (exchange: LiveExchange) => Response | undefined {
  return function interceptReply(exchange) {
    const { conversation, screening } = exchange
    const finding = screening?.finding
    if (finding === undefined || screening?.action !== 'intercept' || parts.policy.mode === 'observe')
      return undefined
    if (conversation === undefined || conversation.request.replyForm === 'json-schema') return undefined
    const mark = { 'x-haltgate': `intercepted; category=${finding.category}; level=${finding.level}` }
    return answerSafely(parts, exchange, conversation, 'intercepted', mark)
  }
}
