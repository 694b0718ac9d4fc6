import { stripVTControlCharacters, styleText } from 'node:util'
import type { Io } from './io.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'
/** Text from outside, with an optional colour. */
export type Cell = string | { text: string; style: Style }

/** How things look on this terminal, or in a file when there is none. */
export interface Look {
  paint(style: Style, text: string): string
  /** An aligned table; cells may hold text from outside. */
  table(head: readonly string[], rows: readonly (readonly Cell[])[]): string
  /** Names and values, one pair a line. */
  facts(pairs: readonly (readonly [string, Cell])[]): string
  /** Local time with the UTC time beside it. */
  time(epochMs: number): string
}

export function createLook({ env, isTTY, timeZone }: Pick<Io, 'env' | 'isTTY' | 'timeZone'>): Look {
  const inColour = isTTY && !env.NO_COLOR
  const paint = (style: Style, text: string) =>
    inColour ? styleText(style, text, { validateStream: false }) : text
  return {
    paint,
    table: (head, rows) => lines(paint, [head.map((text): Cell => ({ text, style: 'dim' })), ...rows]),
    facts: (pairs) =>
      lines(
        paint,
        pairs.map(([text, value]) => [{ text, style: 'dim' }, value]),
      ),
    time: (epochMs) => timeText(epochMs, timeZone),
  }
}

/** Text from outside on one line, without control characters that could steer a terminal. */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
}

/** A length of time as people say it: `850 ms`, `12 s`, `3 min`, `2 h 5 min`, `4 d 1 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? two(hours, 'h', minutes % 60, 'min') : two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function two(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}

function lines(paint: Look['paint'], rows: readonly (readonly Cell[])[]): string {
  const plain = rows.map((row) => row.map((cell) => clean(typeof cell === 'string' ? cell : cell.text)))
  const widths = plain.reduce<number[]>(
    (widest, row) => row.map((text, at) => Math.max(widest[at] ?? 0, text.length)),
    [],
  )
  return rows
    .map((row, line) =>
      row.map((cell, at) => {
        const text = plain[line]?.[at] ?? ''
        const gap = at === row.length - 1 ? '' : ' '.repeat((widths[at] ?? 0) - text.length + 2)
        return (typeof cell === 'string' ? text : paint(cell.style, text)) + gap
      }),
    )
    .map((cells) => cells.join('').trimEnd())
    .join('\n')
}

function timeText(epochMs: number, timeZone: string | undefined): string {
  if (!Number.isFinite(epochMs) || Math.abs(epochMs) > 8.64e15) return 'unknown time'
  const utc = parts(epochMs, 'UTC')
  const local = parts(epochMs, timeZone)
  if (local.zone === 'UTC') return `${utc.date} ${utc.clock} UTC`
  const utcDate = utc.date === local.date ? '' : `${utc.date} `
  return `${local.date} ${local.clock} ${local.zone} (${utcDate}${utc.clock} UTC)`
}

function parts(epochMs: number, timeZone: string | undefined) {
  const found = new Map(
    new Intl.DateTimeFormat('en-GB', {
      ...(timeZone === undefined ? {} : { timeZone }),
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, value]),
  )
  return {
    date: `${found.get('year')}-${found.get('month')}-${found.get('day')}`,
    clock: `${found.get('hour')}:${found.get('minute')}:${found.get('second')}`,
    zone: found.get('timeZoneName') ?? 'local',
  }
}
