import { Worker } from 'node:worker_threads'

/**
 * When requests are sent, in milliseconds from the start: as people come, at random and independent of each other (a Poisson
 * process), so that some come close together. The same `random` gives everybody the same schedule.
 */
export function arrivals(perSecond: number, forMs: number, random: () => number): number[] {
  const times: number[] = []
  for (let atMs = 0; ; ) {
    atMs -= (Math.log(1 - random()) * 1000) / perSecond
    if (atMs >= forMs) return times
    times.push(atMs)
  }
}

/**
 * Sends by the schedule whether or not earlier replies are there (open loop), and returns each one's time from when it was
 * *due* to its reply in milliseconds: what waits because the sender or the proxy was late is counted
 * (G. Tene: coordinated omission). Rejects with the first error.
 */
export async function openLoop(
  times: readonly number[],
  send: (number: number) => Promise<void>,
): Promise<number[]> {
  const startMs = nowMs() + 100
  const due = times.map((atMs) => startMs + atMs)
  const metronome = new Worker(new URL('metronome.ts', import.meta.url), { workerData: due })
  const tookMs: Promise<number>[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      metronome.once('error', reject)
      metronome.once('exit', () => resolve())
      metronome.on('message', (number: number) => {
        const took = send(number).then(() => nowMs() - (due[number] ?? Number.NaN))
        took.catch(reject)
        tookMs.push(took)
      })
    })
    return await Promise.all(tookMs)
  } finally {
    await metronome.terminate()
  }
}

/** By the clock that all threads share. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6
