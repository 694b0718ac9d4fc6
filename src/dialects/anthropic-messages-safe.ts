import type { GatewayError } from '../errors.ts'
import type { RequestView } from '../exchange.ts'
import type { Made } from './dialect.ts'

/**
 * How a reply of ours stops. Not `refusal`: Anthropic's own client can answer a refusal by asking another model, its
 * documentation tells applications to drop the refused turn, and many show words of their own instead. Then the person
 * would get an AI reply under a halt, or never see the text. `end_turn` is shown as it is.
 */
export const STOPPED = { stop_reason: 'end_turn', stop_sequence: null, stop_details: null }

/** A whole message of ours that says the text. */
export function safeMessage(request: RequestView, text: string, made: Made) {
  return {
    ...emptyMessage(request, made),
    content: [{ type: 'text', text, citations: null }],
    ...STOPPED,
  }
}

/** The message as a stream begins it. */
export function emptyMessage(request: RequestView, made: Made) {
  return {
    id: `msg_${made.requestId}`,
    type: 'message',
    role: 'assistant',
    model: request.model ?? 'haltgate',
    content: [],
    container: null,
    diagnostics: null,
    ...STOPPED,
    stop_reason: null,
    usage: {
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
  }
}

/**
 * An error as Anthropic's clients expect it, with our request id; our code stands where they read `errorCode`.
 * @see https://platform.claude.com/docs/en/api/errors
 */
export function messagesError(error: GatewayError, requestId: string) {
  const { message, code, status } = error
  return {
    type: 'error',
    error: { type: errorType(status), message, details: { error_code: code } },
    request_id: requestId,
  }
}

function errorType(status: number): string {
  if (status === 504) return 'timeout_error'
  if (status >= 500) return 'api_error'
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 404) return 'not_found_error'
  if (status === 413) return 'request_too_large'
  if (status === 429) return 'rate_limit_error'
  return 'invalid_request_error'
}
