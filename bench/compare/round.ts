import type { Pool } from 'undici'
import { median, quantile } from '../figures.ts'
import { openClients } from '../load.ts'
import type { ChatRequest } from '../texts.ts'
import { type Case, firstTokenModels } from './cases.ts'
import { openLoop } from './open-loop.ts'
import type { Peer, ReadingProgram } from './peers.ts'
import { exchange, type Reply, type ReplyBook } from './replies.ts'

/** What one round tells of one peer in one case. */
export interface CaseCost {
  /** µs of CPU of all its processes per exchange, or per chunk of a stream. */
  cpuUs: number
  /** Units per second while the load never rested. */
  perSecond: number
  /** How much of its core it used, from 0 to 1: below .9 somebody else was the bottleneck. */
  coreShare: number
  /** Pieces that arrived per chunk of a stream: 1 when each was passed on alone. */
  piecesPerUnit: number
}

/** A peer that runs, with everything that was sent to it checked. */
export interface Subject {
  peer: Peer
  program: ReadingProgram
  warmUp(some: Case, requests: readonly ChatRequest[]): Promise<void>
  burst(some: Case, requests: readonly ChatRequest[], number: number): Promise<void>
  costOf(some: Case): CaseCost
  /** Times of an open loop, in milliseconds. */
  latencies(times: readonly number[], requests: readonly ChatRequest[]): Promise<number[]>
  /** Milliseconds to the first piece of one stream. */
  firstPieceMs(request: ChatRequest): Promise<number>
  /** Rejects when a gateway that reads has not read everything that was sent. */
  checkScreened(): Promise<void>
  end(): Promise<void>
}

interface Sum {
  cpuMs: number
  tookMs: number
  units: number
  pieces: number
}

/** Starts a peer in front of this engine. */
export async function openSubject(peer: Peer, engineUrl: string, book: ReplyBook): Promise<Subject> {
  const program = await peer.start(engineUrl)
  const clients = openClients(program.url, 128)
  const alone = openClients(program.url, 1)
  const extraHeaders = peer.extraHeaders?.(engineUrl) ?? {}
  let sent = 0
  const sums = new Map<string, Sum>()
  const ask = async (over: Pool, request: ChatRequest): Promise<Reply> => {
    sent++
    const reply = await exchange(over, request, extraHeaders)
    const problem = book.problem(modelOf(request), reply, peer.isExact)
    if (problem !== undefined) throw new Error(`the run is void: ${peer.name}: ${problem}`)
    return reply
  }
  const askAll = async (requests: readonly ChatRequest[], concurrency: number) => {
    const rest = requests.values()
    let pieces = 0
    const client = async () => {
      for (const request of rest) {
        const reply = await ask(clients, request)
        pieces += reply.pieces
      }
    }
    await Promise.all(Array.from({ length: concurrency }, client))
    return pieces
  }
  return {
    peer,
    program,
    async warmUp(some, requests) {
      await askAll(requests.slice(0, warmUpOf(peer, some)), some.concurrency)
    },
    async burst(some, requests, number) {
      const size = burstOf(peer, some)
      const from = warmUpOf(peer, some) + number * size
      const mine = requests.slice(from, from + size)
      if (mine.length !== size) throw new Error('the run is void: there are too few requests')
      const sum = sums.get(some.name) ?? { cpuMs: 0, tookMs: 0, units: 0, pieces: 0 }
      const before = { cpuMs: program.cpuMs(), atMs: performance.now() }
      sum.pieces += await askAll(mine, some.concurrency)
      sum.tookMs += performance.now() - before.atMs
      sum.cpuMs += program.cpuMs() - before.cpuMs
      sum.units += size * some.unitsPerRequest
      sums.set(some.name, sum)
    },
    costOf(some) {
      const { cpuMs, tookMs, units, pieces } = sums.get(some.name) ?? noSum
      return {
        cpuUs: (cpuMs * 1000) / units,
        perSecond: (units * 1000) / tookMs,
        coreShare: cpuMs / tookMs,
        piecesPerUnit: pieces / units,
      }
    },
    latencies: (times, requests) =>
      openLoop(times, async (number) => {
        const request = requests[number % requests.length]
        if (request !== undefined) await ask(clients, request)
      }),
    firstPieceMs: async (request) => (await ask(alone, request)).firstMs,
    async checkScreened() {
      const screened = await program.screened?.()
      if (screened !== undefined && screened !== sent)
        throw new Error(`the run is void: ${peer.name} has read ${screened} of ${sent} exchanges`)
    },
    async end() {
      await Promise.all([clients.destroy(), alone.destroy()])
      await program.end()
    },
  }
}

const noSum: Sum = { cpuMs: Number.NaN, tookMs: Number.NaN, units: 0, pieces: 0 }

/** In the first case each peer gets as warm as it says; in the others only their own ways through the code are new. */
export const warmUpOf = (peer: Peer, some: Case) =>
  some.name === 'json' ? peer.warmUp : Math.ceil(some.warmUp * Math.min(1, peer.share))

export const burstOf = (peer: Peer, some: Case) => Math.ceil(some.burst * peer.share)

/** How many requests a case needs for these peers. */
export function neededBy(peers: readonly Peer[], some: Case): number {
  return Math.max(...peers.map((peer) => warmUpOf(peer, some) + burstOf(peer, some) * some.bursts))
}

/** Everybody has each place in the order about as often. */
export function turnedBy<T>(items: readonly T[], places: number): T[] {
  const at = items.length === 0 ? 0 : places % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

/** Quantiles of latency, in milliseconds. */
export interface Latency {
  p50: number
  p99: number
  p999: number
}

export function latencyOf(tookMs: readonly number[]): Latency {
  return { p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99), p999: quantile(tookMs, 0.999) }
}

/** The median of the differences to those of `direct`, pair by pair. */
export function addedMs(tookMs: readonly number[], direct: readonly number[]): number {
  return median(tookMs.map((ms, turn) => ms - (direct[turn] ?? Number.NaN)))
}

/** Each stream through everybody in turn; the first ones do not count. */
export async function firstTokens(
  subjects: readonly Subject[],
  requests: readonly (readonly ChatRequest[])[],
  { warmUp, count }: { warmUp: number; count: number },
): Promise<Map<string, number[]>> {
  const took = new Map<string, number[]>(subjects.map(({ peer }) => [peer.name, []]))
  for (let turn = 0; turn < warmUp + count; turn++) {
    const request = requests[turn % firstTokenModels.length]?.[Math.floor(turn / firstTokenModels.length)]
    if (request === undefined) throw new Error('the run is void: there are too few streams')
    for (const subject of turnedBy(subjects, turn)) {
      const ms = await subject.firstPieceMs(request)
      if (turn >= warmUp) took.get(subject.peer.name)?.push(ms)
    }
  }
  return took
}

function modelOf({ body }: ChatRequest): string {
  return /"model":"([^"]*)"/.exec(body)?.[1] ?? ''
}
