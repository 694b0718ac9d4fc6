import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'undici'
import { freePort } from '../test/servers/ports.ts'
import { type Figure, type Measure, type MeasureOptions, quantile, round } from './figures.ts'
import { openClients, send } from './load.ts'
import { type HaltgateProgram, startEngine, startHaltgate, startRedis } from './processes.ts'
import { chatRequest } from './texts.ts'

/** Halt to last AI byte, both on the gateway that took the halt and on a second one over a real Redis. */
export const haltTime: Measure = {
  name: 'halt',
  async run(options) {
    return [await inOneProcess(options), await overRedis(options)]
  },
}

const streams = 200
const pauseMs = 20

async function inOneProcess(options: MeasureOptions): Promise<Figure> {
  const engine = await startEngine()
  const gateway = await startHaltgate(engine.url)
  try {
    return figureOf('same process', await haltOften(gateway, gateway, options), 5)
  } finally {
    await gateway.end()
    await engine.end()
  }
}

async function overRedis(options: MeasureOptions): Promise<Figure> {
  const redis = await startRedis(await freePort())
  const engine = await startEngine()
  const taker = await startHaltgate(engine.url, { halts: redis.url, init: true })
  const server = await startHaltgate(engine.url, { halts: redis.url })
  try {
    return figureOf('second process over Redis', await haltOften(taker, server, options), 50)
  } finally {
    await server.end()
    await taker.end()
    await engine.end()
    await redis.end()
  }
}

/** Milliseconds, one value per stream and halt. Negative: the stream had its last AI byte before that moment. */
interface Samples {
  /** From the acknowledgement, by the reader's clock. */
  afterAcknowledgement: number[]
  /** From the moment the halt was asked for, by the reader's clock. */
  afterCall: number[]
  /** From the acknowledgement until the engine made the last text that reached a reader. */
  madeAfter: number[]
}

/** Streams run through `server`; halts are taken by `taker` and cleared again. */
async function haltOften(
  taker: HaltgateProgram,
  server: HaltgateProgram,
  { quick, say }: MeasureOptions,
): Promise<Samples> {
  // The first halt only warms up the code.
  const halts = quick ? 6 : 26
  const samples: Samples = { afterAcknowledgement: [], afterCall: [], madeAfter: [] }
  const clients = openClients(server.url, streams)
  for (let turn = 0; turn < halts; turn++) {
    const open = Array.from({ length: streams }, (_, number) => readStream(clients, number))
    await pause(1_000)
    const calledMs = Date.now()
    const { halt } = await admin(taker, '/halts', { reason: 'benchmark', cause: 'drill' }, 201)
    const acknowledgedMs = Date.now()
    for (const { lastMs, madeMs } of await Promise.all(open)) {
      if (turn === 0) continue
      samples.afterAcknowledgement.push(lastMs - acknowledgedMs)
      samples.afterCall.push(lastMs - calledMs)
      samples.madeAfter.push(madeMs - acknowledgedMs)
    }
    await admin(taker, `/halts/${halt.id}/clear`, { reason: 'benchmark' }, 200)
    await pause(300)
    if (turn === 0) continue
    const last = (values: number[]) => Math.max(...values.slice(-streams))
    say(
      `halt ${turn} of ${halts - 1}: last AI byte ${last(samples.afterCall)} ms after the call, ${last(samples.afterAcknowledgement)} ms after the acknowledgement`,
    )
  }
  await clients.destroy()
  return samples
}

/** Reads one endless stream to the end that the halt makes; notes when the engine's text came and was made. */
async function readStream(clients: Pool, number: number): Promise<{ lastMs: number; madeMs: number }> {
  const request = chatRequest(`stream:1000000:${pauseMs}`, number)
  let lastMs = Number.NaN
  let madeMs = Number.NaN
  let ending = ''
  const { status } = await send(clients, request, {
    onData(piece) {
      const text = piece.toString()
      const made = text.matchAll(/"made":(\d{13})/g).reduce((_, [, ms]) => Number(ms), 0)
      if (made > 0) {
        lastMs = Date.now()
        madeMs = made
      }
      ending = text.slice(-200)
    },
  })
  if (status !== 200 || !ending.includes('content_filter') || !ending.endsWith('data: [DONE]\n\n'))
    throw new Error(`the run is void: a stream was not ended with the safe reply (${status}): ${ending}`)
  return { lastMs, madeMs }
}

async function admin(gateway: HaltgateProgram, path: string, body: object, expected: number) {
  const response = await fetch(`${gateway.controlUrl}/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { halt: { id: string } }
  if (response.status !== expected)
    throw new Error(`the run is void: ${path} answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

function figureOf(where: string, samples: Samples, limitMs: number): Figure {
  const p99 = quantile(samples.afterAcknowledgement, 0.99)
  const told = (values: number[]) =>
    `p50 ${round(quantile(values, 0.5))}, p99 ${round(quantile(values, 0.99))}, most ${round(Math.max(...values))} ms`
  return {
    what: `Acknowledged halt to last AI byte, ${where}, ${streams} streams with a chunk every ${pauseMs} ms`,
    measured: `${told(samples.afterAcknowledgement)}; from the call on: ${told(samples.afterCall)}; text made by the engine after it: ${told(samples.madeAfter)}`,
    goal: `p99 under ${limitMs} ms`,
    met: p99 < limitMs,
  }
}
