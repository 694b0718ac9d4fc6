import type { RequestView } from '../exchange.ts'
import type { Made } from './dialect.ts'

/**
 * A whole response of ours that says the text. It is `completed`, for the reason in `openai-responses-end.ts`. Where an
 * earlier reply was asked for it carries that reply's id, so that whoever waits for it finds it.
 */
export function safeResponse(request: RequestView, text: string, made: Made) {
  const seconds = Math.floor(made.nowMs / 1000)
  return {
    id: responseId(request, made),
    object: 'response',
    created_at: seconds,
    completed_at: seconds,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: { haltgate: 'safe-reply' },
    model: request.model ?? 'haltgate',
    output: [safeMessage(text, made)],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: {
      input_tokens: 0,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 0,
    },
  }
}

/** What a response that we begin is called. */
export function responseId(request: RequestView, made: Made): string {
  return request.retrieves ?? `resp_${made.requestId}`
}

/** How the ids of items of ours begin, so that they are known for ours when callers send them back. */
export const OWN_ITEM = 'msg_haltgate-'

/** The output item with the text. */
export function safeMessage(text: string, made: Made) {
  return ownMessage(`${OWN_ITEM}safe-${made.requestId}`, text)
}

/** An output item of ours, `completed`. */
export function ownMessage(id: string, text: string) {
  const part = { type: 'output_text', text, annotations: [], logprobs: [] }
  return {
    id,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [part] as [typeof part],
  }
}
