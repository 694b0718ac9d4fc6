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
 * never stops a response. Each task is idempotent; a task with the key of a waiting one replaces it. When the queue is
 * full the oldest task is dropped and counted: the process would otherwise end by memory.
 */
export function createRecordQueue(parts: { logger: Logger; retryMs: number; onError(verb: string): void }) {
  const waiting = new Map<string, RecordTask>()
  let running: Promise<void> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let closed = false

  async function drain() {
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
        if (!closed) retry = setTimeout(start, parts.retryMs)
        return
      }
    }
    if (waiting.size > 0) await drain()
  }

  function start() {
    clearTimeout(retry)
    running ??= drain().finally(() => {
      running = undefined
    })
  }

  return {
    add(task: RecordTask) {
      waiting.set(task.key, task)
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

export type RecordQueue = ReturnType<typeof createRecordQueue>
