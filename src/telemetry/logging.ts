import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { Logger } from '../logger.ts'

/** Fields that never reach a log line, whoever passes them and however deep. */
const redacted = [
  'authorization',
  'cookie',
  'secret',
  'key',
  'password',
  'token',
  'text',
  'body',
  'messages',
  'content',
]

/** JSON lines on `stream`; readable lines when it is a terminal. Values under the redacted names are replaced. */
export function createLogger(options: {
  level: 'debug' | 'info' | 'warn' | 'error'
  stream: NodeJS.WritableStream & { isTTY?: boolean }
}): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redacted.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  }
  if (options.stream.isTTY)
    return pino(
      settings,
      pretty({ colorize: true, translateTime: 'HH:MM:ss.l', destination: options.stream }),
    )
  return pino(settings, options.stream)
}
