import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { round } from '../figures.ts'
import { table } from '../report.ts'
import { goalsOf } from './goals.ts'
import { moreThan, type PeerResult, type Pick, type Results, ratioTo, spreadOf, valuesOf } from './results.ts'

const readme = join(import.meta.dirname, '../README.md')

/** Everybody in a row, every measure in a column: medians of the rounds. */
export function compareTable({ peers, openLoopPerSecond }: Results): string {
  const named = (name: string) => peers.find((peer) => peer.name === name)
  const [ours, passThrough, direct] = [named('haltgate'), named('pass-through'), named('direct')]
  const value = (peer: PeerResult, pick: Pick) => spreadOf(valuesOf(peer, pick))?.median
  const times = (peer: PeerResult, other: PeerResult | undefined, pick: Pick) =>
    ratioTo(peer, other, pick)?.median
  const cost = (peer: PeerResult, pick: Pick) => {
    const us = value(peer, pick)
    if (us === undefined) return ''
    const ratios = [times(peer, passThrough, pick), times(peer, ours, pick)]
    return `${round(us)} µs (${ratios.map((ratio) => (ratio === undefined ? '–' : round(ratio))).join(' / ')})`
  }
  const chunk = (peer: PeerResult) => {
    const pieces = value(peer, ({ stream }) => stream?.piecesPerUnit)
    if (pieces === undefined) return ''
    return `${cost(peer, ({ stream }) => stream?.cpuUs)}${peer === direct ? '' : ', '}${Math.round(100 * pieces)} % alone`
  }
  const perSecond = (peer: PeerResult) => {
    const count = value(peer, ({ json }) => json?.perSecond)
    if (count === undefined) return ''
    const share = value(peer, ({ json }) => json?.coreShare)
    const isFull = share !== undefined && share >= 0.9
    return `${isFull ? '' : 'at least '}${Math.round(count).toLocaleString('en')}`
  }
  const latency = (peer: PeerResult) => {
    const added = (pick: Pick) => moreThan(peer, direct, pick)?.median
    const all = [
      added(({ latency }) => latency?.p50),
      added(({ latency }) => latency?.p99),
      added(({ latency }) => latency?.p999),
    ]
    if (all.every((one) => one === undefined))
      return peer.rounds.some(({ json }) => json) ? 'cannot carry it' : ''
    return all.map((one) => (one === undefined ? '–' : round(one))).join(' / ')
  }
  const firstToken = (peer: PeerResult) => {
    const added = moreThan(peer, direct, ({ firstTokenMs }) => firstTokenMs)?.median
    return added === undefined ? '' : `${round(added)} ms`
  }
  const memory = (peer: PeerResult) => {
    const [warm, idle] = [
      value(peer, ({ residentKb }) => residentKb),
      value(peer, ({ idleStreamKb }) => idleStreamKb),
    ]
    if (warm === undefined) return ''
    return `${Math.round(warm / 1024)} MB${idle === undefined ? '' : `, ${round(idle)} KB`}`
  }
  const head = [
    'way to the engine',
    'an exchange: CPU (× pass-through / × haltgate)',
    'on 32 KB: CPU',
    'a chunk: CPU',
    'exchanges per second on one core',
    `ms added at ${openLoopPerSecond ?? '–'}/s, p50 / p99 / p99.9`,
    'added to the first token',
    'memory warm, per idle stream',
  ]
  const rows = peers.map((peer) => [
    `${peer.name === 'haltgate' ? `**${peer.title}**` : peer.title}${peer.version === '' ? '' : ` (${peer.version})`}`,
    cost(peer, ({ json }) => json?.cpuUs),
    cost(peer, ({ long }) => long?.cpuUs),
    chunk(peer),
    perSecond(peer),
    peer === direct ? '' : latency(peer),
    peer === direct ? '' : firstToken(peer),
    memory(peer),
  ])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Puts both tables into their places in bench/README.md, with what produced them. */
export function writeCompareReadme(results: Results): void {
  const { command, date, machine, rounds, missing } = results
  const what = rounds === 1 ? 'one round' : `medians of ${rounds} rounds`
  const how = [
    `\`${command}\`, ${date}, ${machine}; ${what}.`,
    ...missing.map((why) => `Not there: ${why}.`),
  ].join(' ')
  const text = readFileSync(readme, 'utf8')
  const withTable = fill(text, 'compare', `${compareTable(results)}\n\n${how}`)
  writeFileSync(readme, fill(withTable, 'goals', `${table(goalsOf(results))}\n\n${how}`))
}

/** Replaces what stands between two marks. */
export function fill(text: string, mark: string, content: string): string {
  const begin = `<!-- ${mark}: begin -->`
  const end = `<!-- ${mark}: end -->`
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end} in ${readme}`)
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`
}
