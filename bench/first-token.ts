import { type Measure, median, quantile, round } from './figures.ts'
import { calmRequests, openClients, send } from './load.ts'
import { screenedBy, startEngine, startHaltgate, startPassThrough } from './processes.ts'
import type { ChatRequest } from './texts.ts'

const texts = 16
const limitMs = 2

/**
 * From sending the request to the first piece of a benign stream, one at a time, through either in turn. The person has
 * disclosed nothing, so that only what may become a harmful phrase waits.
 */
export const firstToken: Measure = {
  name: 'first-token',
  async run({ quick, say }) {
    const warmUp = 200
    const count = quick ? 300 : 1_000
    const engine = await startEngine()
    const passThrough = await startPassThrough(engine.url)
    const gateway = await startHaltgate(engine.url)
    const clients = { bare: openClients(passThrough.url, 1), ours: openClients(gateway.url, 1) }
    const tookMs: Record<keyof typeof clients, number[]> = { bare: [], ours: [] }
    try {
      const perText = Math.ceil((warmUp + count) / texts)
      const byText = Array.from({ length: texts }, (_, text) => calmRequests(`stream:8:1:${text}`, perText))
      for (let turn = 0; turn < warmUp + count; turn++) {
        const request = byText[turn % texts]?.[Math.floor(turn / texts)]
        if (request === undefined) throw new Error('the run is void: there are too few requests')
        for (const who of turn % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const)) {
          const ms = await firstPieceMs(clients[who], request)
          if (turn >= warmUp) tookMs[who].push(ms)
        }
      }
      const screened = await screenedBy(gateway)
      if (screened !== warmUp + count) throw new Error(`the run is void: ${screened} streams were screened`)
    } finally {
      await Promise.all([clients.bare.destroy(), clients.ours.destroy()])
      await gateway.end()
      await passThrough.end()
      await engine.end()
    }
    const differencesMs = tookMs.ours.map((ms, turn) => ms - (tookMs.bare[turn] ?? Number.NaN))
    const moreMs = median(differencesMs)
    const told = (values: number[]) =>
      `${round(median(values))} ms (99 of 100 within ${round(quantile(values, 0.99))})`
    say(`${count} streams through each`)
    return [
      {
        what: 'Time to the first token of a benign stream, held back by `phrase`',
        measured: `${round(moreMs)} ms more: haltgate ${told(tookMs.ours)}, bare pass-through ${told(tookMs.bare)}`,
        goal: `at most ${limitMs} ms more`,
        met: moreMs <= limitMs,
      },
    ]
  },
}

async function firstPieceMs(clients: ReturnType<typeof openClients>, request: ChatRequest): Promise<number> {
  const sentMs = performance.now()
  let firstMs: number | undefined
  const { status } = await send(clients, request, {
    onData() {
      firstMs ??= performance.now()
    },
  })
  if (status !== 200 || firstMs === undefined) throw new Error(`the run is void: a stream gave ${status}`)
  return firstMs - sentMs
}
