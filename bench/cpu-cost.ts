import { type Figure, type Measure, type MeasureOptions, median, round } from './figures.ts'
import { calmRequests, openClients, type Received, send, sendMany } from './load.ts'
import { type Program, screenedBy, startEngine, startHaltgate, startPassThrough } from './processes.ts'
import type { ChatRequest } from './texts.ts'

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

/** CPU per exchange: 1.5 KB in, 0.7 KB out, 32 connections that never rest; each with words that were never heard. */
export const exchangeCost: Measure = {
  name: 'exchange',
  async run(options) {
    const question = {
      model: 'whole',
      concurrency: 32,
      warmUp: 16_000,
      burst: 1_500,
      rounds: options.quick ? 3 : 9,
      unitsPerRequest: 1,
    }
    const answer = await compare(question, options)
    return [
      figureOf('CPU per exchange, message and reply screened', answer, answer.enforce, 1.6),
      figureOf('CPU per exchange, `policy.mode: observe`', answer, answer.observe, undefined),
    ]
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
    const { passThrough, enforce } = answer.pieces
    const alone = `${passThrough} of them arrived alone from the pass-through, ${enforce} from haltgate`
    return [
      figureOf(`CPU per streamed chunk, screened (${alone})`, answer, answer.enforce, 1.5),
      figureOf('CPU per streamed chunk, `policy.mode: observe`', answer, answer.observe, undefined),
    ]
  },
}

const subjects = ['passThrough', 'enforce', 'observe'] as const
type Who = (typeof subjects)[number]

type Answer = Record<Who, number[]> & { pieces: Record<Who, string> }

/**
 * Each round has fresh processes of all proxies, side by side; they take turns in short bursts, so that a neighbour on
 * the machine disturbs all alike. Values are µs of CPU per unit, one per round.
 */
async function compare(question: Question, { say }: MeasureOptions): Promise<Answer> {
  const costsUs: Record<Who, number[]> = { passThrough: [], enforce: [], observe: [] }
  const pieces: Record<Who, number> = { passThrough: 0, enforce: 0, observe: 0 }
  const requests = calmRequests(question.model, question.warmUp + question.burst * bursts)
  const engine = await startEngine()
  try {
    const direct = openClients(engine.url, 1)
    const [first] = requests
    if (first === undefined) throw new Error('the run is void: there are no requests')
    const expected = await send(direct, first)
    await direct.destroy()
    for (let turn = 0; turn < question.rounds; turn++) {
      const open: Record<Who, Subject> = {
        passThrough: await openSubject(await startPassThrough(engine.url), question, requests, expected),
        enforce: await openScreened(engine.url, 'enforce', question, requests, expected),
        observe: await openScreened(engine.url, 'observe', question, requests, expected),
      }
      for (let burst = 0; burst < bursts; burst++) {
        const order = subjects.map((_, place) => subjects[(place + burst + turn) % subjects.length])
        for (const who of order) if (who !== undefined) await open[who].burst(burst)
      }
      for (const who of subjects) {
        costsUs[who].push(open[who].costUs())
        pieces[who] += open[who].pieces
        await open[who].end()
      }
      const told = subjects.map((who) => `${who} ${round(costsUs[who].at(-1) ?? 0)} µs`)
      say(`round ${turn + 1} of ${question.rounds}: ${told.join(', ')}`)
    }
  } finally {
    await engine.end()
  }
  const units = question.burst * bursts * question.unitsPerRequest * question.rounds
  const share = (who: Who) => `${Math.round((100 * pieces[who]) / units)} %`
  return {
    ...costsUs,
    pieces: {
      passThrough: share('passThrough'),
      enforce: share('enforce'),
      observe: share('observe'),
    },
  }
}

/** One proxy, warm, under load. */
interface Subject {
  pieces: number
  burst(number: number): Promise<void>
  costUs(): number
  end(): Promise<void>
}

async function openSubject(
  proxy: Program,
  question: Question,
  requests: readonly ChatRequest[],
  expected: Received,
): Promise<Subject> {
  const { concurrency, warmUp, burst, unitsPerRequest } = question
  const clients = openClients(proxy.url, concurrency)
  await sendMany(clients, requests.slice(0, warmUp), { concurrency, expected })
  let cpuMs = 0
  let units = 0
  const subject: Subject = {
    pieces: 0,
    async burst(number) {
      const from = warmUp + number * burst
      const beforeMs = proxy.cpuMs()
      const { pieces } = await sendMany(clients, requests.slice(from, from + burst), {
        concurrency,
        expected,
      })
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

/** A gateway; at the end it must have read the message and the reply of every exchange. */
async function openScreened(
  engineUrl: string,
  mode: 'enforce' | 'observe',
  question: Question,
  requests: readonly ChatRequest[],
  expected: Received,
): Promise<Subject> {
  const gateway = await startHaltgate(engineUrl, { mode })
  const subject = await openSubject(gateway, question, requests, expected)
  const { end } = subject
  subject.end = async () => {
    const screened = await screenedBy(gateway)
    if (screened !== requests.length)
      throw new Error(`the run is void: ${screened} of ${requests.length} exchanges were screened`)
    await end()
  }
  return subject
}

function figureOf(what: string, { passThrough }: Answer, ours: number[], limit: number | undefined): Figure {
  const ratios = ours.map((us, turn) => us / (passThrough[turn] ?? Number.NaN))
  const ratio = median(ratios)
  const both = (values: number[]) => `${round(median(values))} µs (least ${round(Math.min(...values))})`
  const spread = `${round(Math.min(...ratios))} to ${round(Math.max(...ratios))}`
  return {
    what,
    measured: `${round(ratio)} times (${spread}): haltgate ${both(ours)}, bare pass-through ${both(passThrough)}`,
    goal: limit === undefined ? '' : `at most ${limit} times`,
    met: limit === undefined ? undefined : ratio <= limit,
  }
}
