import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'undici'
import { type Figure, type Measure, type MeasureOptions, quantile, round } from './figures.ts'
import { openClients, send } from './load.ts'
import { type Program, startEngine, startHaltgate, startPassThrough } from './processes.ts'
import { chatRequest } from './texts.ts'

const streams = 1_000
const limitKb = 200

/** Resident memory of a thousand open streams on which nothing moves; with `--long` also over ten minutes. */
export const idleStreams: Measure = {
  name: 'idle',
  async run(options) {
    const engine = await startEngine()
    try {
      const bare = await hold(await startPassThrough(engine.url), { ...options, long: false })
      const ours = await hold(await startHaltgate(engine.url), options)
      const figures: Figure[] = [
        {
          what: `Resident memory per open idle stream, of ${streams}`,
          measured: `${round(ours.perStreamKb)} KB (bare pass-through ${round(bare.perStreamKb)} KB)`,
          goal: `under ${limitKb} KB`,
          met: ours.perStreamKb < limitKb,
        },
      ]
      if (ours.growthKb !== undefined)
        figures.push({
          what: `Growth of all ${streams} over ten minutes`,
          measured: `${round(ours.growthKb / 1024)} MB; each minute ${ours.courseMb.map(round).join(', ')} MB`,
          goal: 'none',
          // A hundredth may come and go: the collector gives pages back when it likes.
          met: ours.growthKb < 0.01 * (ours.courseMb[0] ?? 0) * 1024,
        })
      return figures
    } finally {
      await engine.end()
    }
  },
}

interface Held {
  perStreamKb: number
  growthKb: number | undefined
  courseMb: number[]
}

async function hold(proxy: Program, { quick, long, say }: MeasureOptions): Promise<Held> {
  const clients = openClients(proxy.url, streams)
  try {
    // What the first exchanges cost once is not the price of a stream.
    for (let number = 0; number < 300; number++) await send(clients, chatRequest('whole', number))
    await pause(2_000)
    const beforeKb = proxy.residentKb()
    const leave = await openIdle(clients)
    await pause(quick ? 3_000 : 15_000)
    const openKb = proxy.residentKb()
    say(`${streams} streams open: ${round((openKb - beforeKb) / streams)} KB each`)
    const courseMb = [openKb / 1024]
    for (let minute = 1; long && minute <= 10; minute++) {
      const seen: number[] = []
      for (let time = 0; time < 12; time++) {
        await pause(5_000)
        seen.push(proxy.residentKb())
      }
      courseMb.push(quantile(seen, 0.5) / 1024)
      say(`minute ${minute}: ${round(courseMb.at(-1) ?? 0)} MB`)
    }
    leave()
    const [, first, ...rest] = courseMb
    const growthKb = first === undefined ? undefined : ((rest.at(-1) ?? first) - first) * 1024
    return { perStreamKb: (openKb - beforeKb) / streams, growthKb, courseMb }
  } finally {
    await clients.destroy()
    await proxy.end()
  }
}

/** Opens the streams, waits for the first chunk of each, and returns how to leave them all. */
async function openIdle(clients: Pool): Promise<() => void> {
  const aborts: (() => void)[] = []
  let left = false
  await Promise.all(
    Array.from(
      { length: streams },
      (_, number) =>
        new Promise<void>((resolve, reject) => {
          const options = { onData: () => resolve(), onAbortable: (abort: () => void) => aborts.push(abort) }
          send(clients, chatRequest('idle', number), options).then(
            () => reject(new Error('the run is void: an idle stream ended')),
            (error) => left || reject(error),
          )
        }),
    ),
  )
  return () => {
    left = true
    for (const abort of aborts) abort()
  }
}
