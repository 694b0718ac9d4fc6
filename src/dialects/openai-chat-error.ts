import type { GatewayError } from '../errors.ts'

/**
 * An error as OpenAI's clients expect it, with our request id. `code` is ours; `type` is one of OpenAI's.
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function chatError(error: GatewayError, requestId: string) {
  const { message, code, status } = error
  return { error: { message, type: errorType(status), param: null, code, request_id: requestId } }
}

function errorType(status: number): string {
  if (status >= 500) return 'server_error'
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return 'invalid_request_error'
}
