/** Plain values only, so that nobody logs an exchange or a request by accident. */
export type LogFields = Record<string, string | number | boolean | undefined>

/** What the parts log through; `telemetry/logging.ts` makes the real one. Never given message text or secrets. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** An error's name, code and message as log fields; never its `cause` chain, which may hold a body. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { error: error.message, errorName: error.name, errorCode: code }
}
