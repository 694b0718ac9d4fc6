import { setTimeout as pause } from 'node:timers/promises'
import { type Dispatcher, Pool } from 'undici'
import { calmRequests } from '../../load.ts'
import { arrivalTimesMs, type Stage } from './arrivals.ts'
import { NotInTime } from './not-in-time.ts'
import { createReplyReader, type Ending } from './reply.ts'

/** One exchange of one virtual user, as that user had it. Times are epoch milliseconds. */
export interface Exchange {
  /** When it was to begin; its latency counts from here, so that a load that lags behind cannot look like a fast service. */
  dueAtMs: number
  sentAtMs: number
  firstByteAtMs: number
  endedAtMs: number
  /** 0: no reply. */
  status: number
  isStream: boolean
  session: string
  /** Which engine answered, as the gateway says. */
  engine: string | undefined
  /** Why the gateway answered by itself, where it did so from the beginning. */
  mark: string | undefined
  ending: Ending
  madeAtMs: number | undefined
  lastAiAtMs: number | undefined
}

export interface LoadRequest {
  body: string
  session: string
  isStream: boolean
}

/** Load that is under way. */
export interface Load {
  /** Those that have ended, in the order of their ending; it grows. */
  readonly ended: readonly Exchange[]
  readonly openCount: number
  /** Those that are open and have had words of the engine. */
  readonly talkingCount: number
  /** Begins no more, waits for those that are open, at most `graceMs`, and ends the rest: rejects with `NotInTime` if there is one. */
  stop(graceMs?: number): Promise<readonly Exchange[]>
}

/** More open at once would measure this machine's memory. */
const mostOpen = 6_000

/** How many different messages there are; then they come again. */
const differentRequests = 1_200

/**
 * Everyday messages in which the detector hears nothing; one of `streamEvery` asks for a stream, 0 for none. `chunkDelayMs`: how
 * long the demo engine pauses between the words of a stream, so that probes stay as quick as they are.
 */
export function everydayRequests(
  streamEvery: number,
  { chunkDelayMs }: { chunkDelayMs?: number } = {},
): (number: number) => LoadRequest {
  const calm = calmRequests('load', differentRequests).map(({ body, session }) => {
    const asked: unknown = JSON.parse(body)
    const of = (stream: boolean) => JSON.stringify({ ...Object(asked), stream, stamps: true, chunkDelayMs })
    return { session, whole: of(false), stream: of(true) }
  })
  return (number) => {
    const { session, whole, stream } = calm[number % calm.length] ?? { session: '', whole: '', stream: '' }
    const isStream = streamEvery > 0 && number % streamEvery === 0
    return { session, isStream, body: isStream ? stream : whole }
  }
}

/**
 * Sends exchanges when they are due, whether or not earlier ones have ended. `targets` take turns. `connections` to each at most, as
 * many as are needed unless told otherwise; an exchange that waits for one is late by that.
 */
export function drive(
  targets: readonly string[],
  stages: readonly Stage[],
  requestOf: (number: number) => LoadRequest,
  { connections = null }: { connections?: number | null } = {},
): Load {
  const pools = targets.map((url) => openPool(url, connections))
  const ended: Exchange[] = []
  const open = new Set<Promise<void>>()
  const live = new Set<Conversation>()
  let isStopping = false

  function begin(number: number, dueAtMs: number) {
    const pool = pools[number % pools.length]
    if (pool === undefined) throw new Error('the load has no target')
    const conversation = converse(pool, requestOf(number), dueAtMs)
    live.add(conversation)
    const work: Promise<void> = conversation.exchange.then((one) => {
      ended.push(one)
      open.delete(work)
      live.delete(conversation)
    })
    open.add(work)
  }

  async function run() {
    const startedMs = nowMs()
    let number = 0
    for (const dueMs of arrivalTimesMs(stages)) {
      const waitMs = startedMs + dueMs - nowMs()
      if (waitMs > 1) await pause(waitMs)
      if (isStopping) return
      if (open.size >= mostOpen) throw new Error(`the run is void: ${mostOpen} exchanges were open at once`)
      begin(number++, startedMs + dueMs)
    }
  }
  const running = run()
  // Told by `stop`; until then nobody listens.
  running.catch(() => {})

  return {
    ended,
    get openCount() {
      return open.size
    },
    get talkingCount() {
      return [...live].filter(({ hasText }) => hasText()).length
    },
    async stop(graceMs = 5_000) {
      isStopping = true
      await running
      const patience = new AbortController()
      await Promise.race([Promise.all(open), pause(graceMs, undefined, { signal: patience.signal })])
      patience.abort()
      const rest = live.size
      for (const { abort } of live) abort()
      // Those that never got a connection know no abort; they end with the pool.
      await Promise.all(pools.map((pool) => pool.destroy()))
      await Promise.all(open)
      if (rest > 0)
        throw new NotInTime(
          `${rest} exchanges had no end ${graceMs} ms after the last one began: the gateway or this machine does not keep up`,
        )
      return ended
    },
  }
}

/** As fast as `concurrency` users can, one exchange after the other each; for finding out what is possible at all. */
export async function saturate(
  url: string,
  { concurrency, forMs }: { concurrency: number; forMs: number },
  requestOf: (number: number) => LoadRequest,
): Promise<{ perSecond: number }> {
  const pool = openPool(url, concurrency)
  const untilMs = nowMs() + forMs
  let number = 0
  const user = async () => {
    while (nowMs() < untilMs) {
      const { status } = await converse(pool, requestOf(number++), nowMs()).exchange
      if (status !== 200) throw new Error(`the run is void: a reply came with status ${status}`)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, user))
  await pool.destroy()
  return { perSecond: number / (forMs / 1_000) }
}

export const openPool = (url: string, connections: number | null = null) =>
  new Pool(url, {
    ...{ connections, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 },
    // A gateway that does not keep up shows in the latencies, not as a client that gave up.
    connect: { timeout: 60_000 },
  })

/** Wall time with fractions, and monotonic within the run. */
export const nowMs = (): number => performance.timeOrigin + performance.now()

/** One exchange while it lasts. */
interface Conversation {
  /** Never rejects: what went wrong is status 0, or an ending that is `broken`. */
  exchange: Promise<Exchange>
  hasText(): boolean
  abort(): void
}

export function converse(
  pool: Pool,
  { body, session, isStream }: LoadRequest,
  dueAtMs: number,
): Conversation {
  const reader = createReplyReader()
  const decoder = new TextDecoder()
  const seen: Exchange = {
    ...{ dueAtMs, sentAtMs: nowMs(), firstByteAtMs: Number.NaN, endedAtMs: Number.NaN },
    ...{ status: 0, isStream, session, engine: undefined, mark: undefined },
    ...{ ending: 'broken', madeAtMs: undefined, lastAiAtMs: undefined },
  }
  let abort = () => {}
  const exchange = new Promise<Exchange>((resolve) => {
    const end = (ending: Ending) => {
      const { madeAtMs, lastAiAtMs } = reader
      resolve({ ...seen, endedAtMs: nowMs(), ending, madeAtMs, lastAiAtMs })
    }
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        abort = () => controller.abort(new Error('the load is over'))
      },
      onResponseStart(_controller, status, headers) {
        seen.status = status
        seen.engine = textOf(headers['x-haltgate-engine'])
        seen.mark = textOf(headers['x-haltgate'])
      },
      onResponseData(_controller, piece) {
        const atMs = nowMs()
        if (Number.isNaN(seen.firstByteAtMs)) seen.firstByteAtMs = atMs
        reader.take(decoder.decode(piece, { stream: true }), atMs)
      },
      onResponseEnd: () => end(reader.ending(isStream)),
      onResponseError: () => end('broken'),
    }
    const headers = { 'content-type': 'application/json', 'x-session-id': session }
    pool.dispatch({ method: 'POST', path: '/v1/chat/completions', headers, body }, handler)
  })
  return { exchange, hasText: () => reader.madeAtMs !== undefined, abort: () => abort() }
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value
