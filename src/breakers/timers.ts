import { GatewayError } from '../errors.ts'

/** Calls `work` after `delayMs`; never keeps a process alive. Returns how to call it off. */
export function later(delayMs: number, work: () => void): () => void {
  const timer = setTimeout(work, delayMs)
  unref(timer)
  return () => clearTimeout(timer)
}

/**
 * Runs `work` again and again, `pauseMs` after it settled, so that it never overlaps itself.
 * A rejection of `work` is left to `work` to report. Returns how to stop; the promise settles when a run under way has ended.
 */
export function repeat(pauseMs: number, work: () => Promise<void>): () => Promise<void> {
  let stopped = false
  let running = Promise.resolve()
  const turn = () => {
    // A loop of a safety tool does not end by accident.
    running = work().then(schedule, schedule)
  }
  const schedule = () => {
    if (!stopped) callOff = later(pauseMs, turn)
  }
  let callOff = later(pauseMs, turn)
  return () => {
    stopped = true
    callOff()
    return running
  }
}

/**
 * The result of `work`, or a rejection with `GatewayError` `unavailable` when it takes longer than `timeoutMs`.
 * A late result is ignored; `work` itself is expected to have a limit of its own.
 */
export async function within<T>(timeoutMs: number, what: string, work: () => Promise<T>): Promise<T> {
  let callOff = () => {}
  const tooLong = new Promise<never>((_, reject) => {
    callOff = later(timeoutMs, () =>
      reject(new GatewayError('unavailable', `${what} did not answer within ${timeoutMs} ms`)),
    )
  })
  try {
    return await Promise.race([work(), tooLong])
  } finally {
    callOff()
  }
}

/** Node's timers are objects and can be told not to keep the process; elsewhere they are numbers and do not. */
function unref(timer: unknown): void {
  if (typeof timer !== 'object' || timer === null || !('unref' in timer)) return
  if (typeof timer.unref === 'function') timer.unref()
}
