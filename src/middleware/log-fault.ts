import type { Logger } from '../logger.ts'

/** Logs a fault of our own by name and place, never by its message: that may quote the conversation. */
export function logFault(logger: Logger, requestId: string, fault: unknown): void {
  const error = fault instanceof Error ? fault : undefined
  const at = error?.stack?.split('\n').find((line) => line.startsWith('    at '))
  logger.error({ requestId, errorName: error?.name ?? typeof fault, at: at?.trim() }, 'internal error')
}
