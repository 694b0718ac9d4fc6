/**
 * Every refusal and failure a caller can meet, with the HTTP status it becomes.
 * The code goes to the caller; `detail` goes to the log only.
 */
export const errorStatus = {
  invalid_json: 400,
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  client_closed: 499,
  internal: 500,
  upgrade_refused: 501,
  engine_unreachable: 502,
  engine_error: 502,
  engine_garbage: 502,
  engine_closed: 502,
  halted: 503,
  unavailable: 503,
  withheld: 503,
  not_durable: 503,
  engine_timeout: 504,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorStatus

/** A refusal or failure with a closed code. `message` is safe to show to the caller. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  /** Exactly what is missing for the request to be granted, in words that the caller may see. */
  readonly missing: readonly string[] | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; missing?: readonly string[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.missing = options.missing
  }

  get status(): number {
    return errorStatus[this.code]
  }
}

/** Whatever was thrown, as a `GatewayError`; an unknown error says only "internal error". */
export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError
    ? error
    : new GatewayError('internal', 'internal error', { cause: error })
}
