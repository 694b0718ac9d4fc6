import { type Figure, type Measure, type MeasureOptions, median, round } from './figures.ts'
import { chatBody, openClients, type Received, send, sendMany } from './load.ts'
import { type Program, startEngine, startHaltgate, startPassThrough } from './processes.ts'

interface Question {
  model: string
  concurrency: number
  warmUp: number
  /** Requests per burst. */
  burst: number
  rounds: number
  /** What one request counts for: 1 exchange, or its chunks. */
  unitsPerRequest: number
}

const bursts = 4
const chunks = 200
const pauseMs = 10

/** CPU per exchange: 1.5 KB in, 0.6 KB out, 32 connections that never rest. */
export const exchangeCost: Measure = {
  name: 'exchange',
  async run(options) {
    const question = {
      model: 'whole',
      concurrency: 32,
      warmUp: 6_000,
      burst: 2_000,
      rounds: options.quick ? 3 : 11,
      unitsPerRequest: 1,
    }
    const answer = await compare(question, options)
    return [figureOf('CPU per non-streaming exchange', answer, 1.25)]
  },
}

/** CPU per chunk of running streams: paced, so that each chunk is passed on alone, as from a real engine. */
export const chunkCost: Measure = {
  name: 'chunk',
  async run(options) {
    const question = {
      model: `stream:${chunks}:${pauseMs}`,
      concurrency: 64,
      warmUp: 128,
      burst: 64,
      rounds: options.quick ? 2 : 5,
      unitsPerRequest: chunks,
    }
    const answer = await compare(question, options)
    return [figureOf(`CPU per streamed chunk (${answer.pieces} of them arrived alone)`, answer, 1.3)]
  },
}

type Who = 'passThrough' | 'haltgate'

interface Answer {
  passThrough: number[]
  haltgate: number[]
  pieces: string
}

/**
 * Each round has fresh processes of both proxies, side by side; they take turns in short bursts, so that a neighbour on
 * the machine disturbs both alike. Values are µs of CPU per unit, one per round.
 */
async function compare(question: Question, { say }: MeasureOptions): Promise<Answer> {
  const answer: Answer = { passThrough: [], haltgate: [], pieces: '' }
  const pieces = { passThrough: 0, haltgate: 0 }
  const engine = await startEngine()
  try {
    const direct = openClients(engine.url, 1)
    const expected = await send(direct, chatBody(question.model))
    await direct.destroy()
    for (let turn = 0; turn < question.rounds; turn++) {
      const passThrough = await openSubject(await startPassThrough(engine.url), question, expected)
      const haltgate = await openSubject(await startHaltgate(engine.url), question, expected)
      for (let burst = 0; burst < bursts; burst++) {
        for (const subject of burst % 2 === 0 ? [passThrough, haltgate] : [haltgate, passThrough])
          await subject.burst()
      }
      for (const [who, subject] of Object.entries({ passThrough, haltgate }) as [Who, Subject][]) {
        answer[who].push(subject.costUs())
        pieces[who] += subject.pieces
        await subject.end()
      }
      const [bare = 0, ours = 0] = [answer.passThrough.at(-1), answer.haltgate.at(-1)]
      say(
        `round ${turn + 1} of ${question.rounds}: pass-through ${round(bare)} µs, haltgate ${round(ours)} µs`,
      )
    }
  } finally {
    await engine.end()
  }
  const units = question.burst * bursts * question.unitsPerRequest * question.rounds
  const share = (count: number) => `${Math.round((100 * count) / units)} %`
  answer.pieces = `${share(pieces.passThrough)} and ${share(pieces.haltgate)}`
  return answer
}

/** One proxy, warm, under load. */
interface Subject {
  pieces: number
  burst(): Promise<void>
  costUs(): number
  end(): Promise<void>
}

async function openSubject(proxy: Program, question: Question, expected: Received): Promise<Subject> {
  const { concurrency, warmUp, burst, unitsPerRequest, model } = question
  const clients = openClients(proxy.url, concurrency)
  const body = chatBody(model)
  await sendMany(clients, body, { count: warmUp, concurrency, expected })
  let cpuMs = 0
  let units = 0
  const subject: Subject = {
    pieces: 0,
    async burst() {
      const beforeMs = proxy.cpuMs()
      const { pieces } = await sendMany(clients, body, { count: burst, concurrency, expected })
      cpuMs += proxy.cpuMs() - beforeMs
      units += burst * unitsPerRequest
      subject.pieces += pieces
    },
    costUs: () => (cpuMs * 1000) / units,
    async end() {
      await clients.destroy()
      await proxy.end()
    },
  }
  return subject
}

function figureOf(what: string, { passThrough, haltgate }: Answer, limit: number): Figure {
  const ratio = median(haltgate.map((ours, turn) => ours / (passThrough[turn] ?? Number.NaN)))
  const both = (values: number[]) => `${round(median(values))} µs (least ${round(Math.min(...values))})`
  return {
    what,
    measured: `${round(ratio)} times: haltgate ${both(haltgate)}, bare pass-through ${both(passThrough)}`,
    goal: `at most ${limit} times`,
    met: ratio <= limit,
  }
}
