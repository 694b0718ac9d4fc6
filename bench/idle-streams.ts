import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'undici'
import { type Figure, type Measure, type MeasureOptions, quantile, round } from './figures.ts'
import { calmRequests, openClients, send } from './load.ts'
import { type Program, startEngine, startHaltgate, startPassThrough } from './processes.ts'

const streams = 1_000
const limitKb = 200
const firstChunkMs = 180_000

/** Resident memory of a thousand open streams on which nothing moves; with `--long` also over ten minutes. */
export const idleStreams: Measure = {
  name: 'idle',
  async run(options) {
    const settleMs = options.quick ? 3_000 : 15_000
    const engine = await startEngine()
    try {
      const bare = await hold(await startPassThrough(engine.url), { ...options, settleMs, long: false })
      const ours = await hold(await startHaltgate(engine.url), { ...options, settleMs })
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

export interface HoldOptions extends Omit<MeasureOptions, 'quick'> {
  /** How long the open streams are left alone before memory is read. */
  settleMs: number
  extraHeaders?: Readonly<Record<string, string>>
}

/** Opens the streams through a proxy that has just started, reads its memory, and ends it. */
export async function hold(
  proxy: Program,
  { settleMs, long, say, extraHeaders = {} }: HoldOptions,
): Promise<Held> {
  const clients = openClients(proxy.url, streams)
  try {
    // What the first exchanges cost once is not the price of a stream.
    for (const request of calmRequests('whole', 300)) await send(clients, request, { extraHeaders })
    await pause(2_000)
    const beforeKb = proxy.residentKb()
    const leave = await openIdle(clients, extraHeaders)
    await pause(settleMs)
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

/**
 * Opens the streams, waits for the first chunk of each, and returns how to leave them all. Whoever listens may hold a first
 * word back after a message that is no calm one, so all of them are.
 */
async function openIdle(clients: Pool, extraHeaders: Readonly<Record<string, string>>): Promise<() => void> {
  const aborts: (() => void)[] = []
  let left = false
  const opened = calmRequests('idle', streams).map(
    (request) =>
      new Promise<void>((resolve, reject) => {
        const onAbortable = (abort: () => void) => aborts.push(abort)
        const late = () =>
          reject(new Error(`the run is void: a stream had no chunk within ${firstChunkMs} ms`))
        const tooLate = setTimeout(late, firstChunkMs)
        const onData = () => {
          clearTimeout(tooLate)
          resolve()
        }
        send(clients, request, { onData, onAbortable, extraHeaders }).then(
          () => reject(new Error('the run is void: an idle stream ended')),
          (error) => left || reject(error),
        )
      }),
  )
  await Promise.all(opened)
  return () => {
    left = true
    for (const abort of aborts) abort()
  }
}
