import { parentPort, workerData } from 'node:worker_threads'
import { nowMs } from './open-loop.ts'

/** Says the number of each request when it is due. Timers of the event loop have whole milliseconds; a futex has not. */
const cell = new Int32Array(new SharedArrayBuffer(4))
const due: readonly number[] = workerData
due.forEach((atMs, number) => {
  const waitMs = atMs - nowMs()
  if (waitMs > 0) Atomics.wait(cell, 0, 0, waitMs)
  parentPort?.postMessage(number)
})
