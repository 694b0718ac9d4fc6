import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../figures.ts'

/** A value of each round: what is told is the median, with the least and the most. */
export interface Spread {
  median: number
  least: number
  most: number
}

/** What a round measured of one peer; all that it has no figure for is left out. Times in ms, CPU in µs, memory in KB. */
export interface Taken {
  json?: CaseFigures
  long?: CaseFigures
  stream?: CaseFigures
  latency?: { p50: number; p99: number; p999: number }
  firstTokenMs?: number
  residentKb?: number
  idleStreamKb?: number
  readyMs?: number
}

export interface CaseFigures {
  cpuUs: number
  perSecond: number
  coreShare: number
  piecesPerUnit: number
}

/** What `results.json` holds. */
export interface Results {
  command: string
  date: string
  machine: string
  rounds: number
  /** Exchanges per second of the open loop, for everybody that can carry them. */
  openLoopPerSecond: number | undefined
  peers: PeerResult[]
  /** Asked for and not there, with the reason. */
  missing: string[]
}

export interface PeerResult {
  name: string
  title: string
  version: string
  /** One of each round, in the order of the rounds. */
  rounds: Taken[]
}

/** The values that this peer has for a figure, round by round; NaN where one is missing. */
export type Pick = (taken: Taken) => number | undefined

export function spreadOf(values: readonly number[]): Spread | undefined {
  const real = values.filter((value) => !Number.isNaN(value))
  if (real.length === 0) return undefined
  return { median: median(real), least: Math.min(...real), most: Math.max(...real) }
}

export function valuesOf(peer: PeerResult | undefined, pick: Pick): number[] {
  return (peer?.rounds ?? []).map((taken) => pick(taken) ?? Number.NaN)
}

/** Ratio to another peer, round by round: both had the same machine in the same minutes. */
export function ratioTo(
  peer: PeerResult | undefined,
  other: PeerResult | undefined,
  pick: Pick,
): Spread | undefined {
  const others = valuesOf(other, pick)
  return spreadOf(valuesOf(peer, pick).map((value, round) => value / (others[round] ?? Number.NaN)))
}

/** Difference to another peer, round by round. */
export function moreThan(
  peer: PeerResult | undefined,
  other: PeerResult | undefined,
  pick: Pick,
): Spread | undefined {
  const others = valuesOf(other, pick)
  return spreadOf(valuesOf(peer, pick).map((value, round) => value - (others[round] ?? Number.NaN)))
}

export const resultsFile = join(import.meta.dirname, 'results.json')

export function readResults(): Results {
  return JSON.parse(readFileSync(resultsFile, 'utf8'))
}

/** Four digits are more than the noise leaves. */
export function writeResults(results: Results): void {
  const short = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  writeFileSync(resultsFile, `${JSON.stringify(results, short, 2)}\n`)
}
