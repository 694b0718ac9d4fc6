import { GatewayError } from '../errors.ts'
import { errorFields, type Logger } from '../logger.ts'

/** A write to the records database that must happen, now or later. `key` tells repeats of the same thing apart. */
export interface RecordTask {
  key: string
  verb: string
  run(): Promise<unknown>
}

/** Longest queue while the database is away; repeats of a key take no place of their own. */
const maxTasks = 10_000

/**
 * Does writes in order and keeps what failed until it succeeds, so that an outage of the database delays records and
 * never stops a response. Each task is idempotent; a task with the key of a waiting one replaces it. A task that fails
 * by itself does not hold up those behind it. When the queue is full the oldest task is dropped and counted, because
 * the process would otherwise end by memory.
 */
export function createRecordQueue(parts: { logger: Logger; retryMs: number; onError(verb: string): void }) {
  const waiting = new Map<string, RecordTask>()
  /** Added since the round under way began. */
  let fresh = false
  let running: Promise<void> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let closed = false

  /** Tries every waiting task once; stops at the first that finds the database away. */
  async function round() {
    fresh = false
    for (const task of [...waiting.values()]) {
      try {
        await task.run()
        if (waiting.get(task.key) === task) waiting.delete(task.key)
      } catch (error) {
        parts.onError(task.verb)
        parts.logger.warn(
          { verb: task.verb, waiting: waiting.size, ...errorFields(error) },
          'a record could not be written; it is retried',
        )
        if (error instanceof GatewayError && error.code === 'unavailable') return
      }
    }
    if (fresh) await round()
  }

  function start() {
    clearTimeout(retry)
    running ??= round().finally(() => {
      running = undefined
      if (waiting.size > 0 && !closed) retry = setTimeout(start, parts.retryMs)
    })
  }

  return {
    add(task: RecordTask) {
      waiting.set(task.key, task)
      fresh = true
      if (waiting.size > maxTasks) {
        const [oldest] = waiting.keys()
        if (oldest !== undefined) waiting.delete(oldest)
        parts.onError('dropped')
      }
      start()
    },
    get size() {
      return waiting.size
    },
    /** Resolves when what waits now has been tried once. */
    async settled() {
      while (running !== undefined) await running
    },
    async close() {
      closed = true
      clearTimeout(retry)
      await running
    },
  }
}
