import { type Figure, quantile, round } from '../../figures.ts'
import type { Exchange } from './drive.ts'

/** A value that may be at most so large; NaN, which says that nothing was measured, is missed. */
export function atMost(what: string, value: number, limit: number, unit = ''): Figure {
  return {
    what,
    measured: withUnit(value, unit),
    goal: `at most ${limit}${spaced(unit)}`,
    met: value <= limit,
  }
}

export function atLeast(what: string, value: number, limit: number, unit = ''): Figure {
  return {
    what,
    measured: withUnit(value, unit),
    goal: `at least ${limit}${spaced(unit)}`,
    met: value >= limit,
  }
}

export function between(what: string, value: number, [least, most]: [number, number], unit = ''): Figure {
  const met = value >= least && value <= most
  return {
    what,
    measured: withUnit(value, unit),
    goal: `${plain(least)} to ${plain(most)}${spaced(unit)}`,
    met,
  }
}

/** A list that is to be empty; its first members are shown. */
export function none(what: string, found: readonly string[]): Figure {
  const shown = found.length === 0 ? 'none' : `${found.length}: ${found.slice(0, 5).join('; ')}`
  return { what, measured: shown, goal: 'none', met: found.length === 0 }
}

/** Told, not judged. */
export function told(what: string, measured: string): Figure {
  return { what, measured, goal: '', met: undefined }
}

/** From when it was due until its end, in milliseconds. */
export const latencyMs = ({ dueAtMs, endedAtMs }: Exchange): number => endedAtMs - dueAtMs

export function p95Ms(exchanges: readonly Exchange[]): number {
  return quantile(exchanges.map(latencyMs), 0.95)
}

/** Has the text of an engine in it. */
export const isAi = ({ madeAtMs }: Exchange): boolean => madeAtMs !== undefined

/** Those that no client should have had: no reply, a 5xx, or a reply that broke off. */
export const isFailed = ({ status, ending }: Exchange): boolean =>
  status === 0 || status >= 500 || ending === 'broken'

/** AI text that was made after a moment, in the words of `none`. */
export function madeAfter(exchanges: readonly Exchange[], momentMs: number): string[] {
  return exchanges.flatMap(({ madeAtMs = 0, isStream }) =>
    madeAtMs > momentMs ? `${isStream ? 'stream' : 'reply'}, ${round(madeAtMs - momentMs)} ms after` : [],
  )
}

/** Without the dust of binary fractions. */
const plain = (value: number) => `${Number(value.toPrecision(4))}`
const spaced = (unit: string) => (unit === '' ? '' : ` ${unit}`)
const withUnit = (value: number, unit: string) =>
  `${Number.isInteger(value) ? value : round(value)}${spaced(unit)}`
