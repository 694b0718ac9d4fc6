import type { LogFields, Logger } from '../logger.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const

/** One JSON line per event on the console, which Workers Logs and `wrangler tail` collect. */
export function createConsoleLogger(least: (typeof levels)[number]): Logger {
  const write = (level: (typeof levels)[number]) => (fields: LogFields, msg: string) => {
    if (levels.indexOf(level) >= levels.indexOf(least))
      console[level](JSON.stringify({ level, ...fields, msg }))
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
