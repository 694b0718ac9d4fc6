import { z } from 'zod'
import type { DetectionOutcome } from './detection-outcome.ts'
import { clopperPearson, type Interval } from './intervals.ts'

/** Hits of all answered outcomes of one cell; a hit is a heard crisis, or a benign message that was not taken for one. */
const Cell = z.object({ hits: z.int().min(0), of: z.int().min(0) })
type Cell = z.infer<typeof Cell>

/** Counts since the reset, by `<tier>:<label>` and what is told apart within. */
export const DetectionCounts = z.object({
  all: z.record(z.string(), Cell),
  kinds: z.record(z.string(), Cell),
  levels: z.record(z.string(), Cell),
  languages: z.record(z.string(), Cell),
  sources: z.record(z.string(), Cell),
  answered: Cell,
  criticalMissed: z.int().min(0),
})
export type DetectionCounts = z.infer<typeof DetectionCounts>

export const noCounts: DetectionCounts = {
  all: {},
  kinds: {},
  levels: {},
  languages: {},
  sources: {},
  answered: { hits: 0, of: 0 },
  criticalMissed: 0,
}

/** Names come from closed lists; whatever else comes is counted as one. */
const mostCells = 128
const others = 'other'

export function countOutcome(counts: DetectionCounts, outcome: DetectionOutcome): DetectionCounts {
  const { heard, label, tier, kind, level, language, source, isCritical } = outcome
  const answered = source === 'probe' ? add(counts.answered, heard !== undefined) : counts.answered
  if (heard === undefined) return { ...counts, answered }
  const isHit = heard === (label === 1)
  const put = (cells: Record<string, Cell>, name: string) => {
    const key = `${tier}:${label}:${name}`
    const at =
      Object.hasOwn(cells, key) || Object.keys(cells).length < mostCells ? key : `${tier}:${label}:${others}`
    return { ...cells, [at]: add(cells[at] ?? { hits: 0, of: 0 }, isHit) }
  }
  return {
    answered,
    all: put(counts.all, 'all'),
    kinds: put(counts.kinds, kind),
    levels: level === undefined ? counts.levels : put(counts.levels, level),
    languages: put(counts.languages, language),
    sources: put(counts.sources, source),
    criticalMissed: counts.criticalMissed + (isCritical && !isHit ? 1 : 0),
  }
}

const add = ({ hits, of }: Cell, isHit: boolean): Cell => ({ hits: hits + (isHit ? 1 : 0), of: of + 1 })

/** A share with its exact 95 % interval (Clopper and Pearson). */
export interface Figure extends Partial<Interval> {
  hits: number
  of: number
  estimate?: number
}

export interface Rates {
  recall: Figure
  specificity: Figure
}

/** How well one subject hears, since its last reset. */
export interface Accuracy {
  core: Rates
  hard: Rates
  /** Share of outcomes with a reply. */
  availability: Figure
  /** Outright statements of plan, intent or attempt that were missed. */
  criticalMissed: number
  byKind: Record<string, { core: Rates; hard: Rates }>
  byLevel: Record<string, { core: Rates; hard: Rates }>
  byLanguage: Record<string, { core: Rates; hard: Rates }>
  bySource: Record<string, { core: Rates; hard: Rates }>
  newestAtMs?: number
}

export function accuracyOf({
  counts,
  newestAtMs,
}: {
  counts: DetectionCounts
  newestAtMs?: number | undefined
}): Accuracy {
  const all = split(counts.all)
  return {
    core: all.all?.core ?? ratesOf(counts.all, 'core', 'all'),
    hard: all.all?.hard ?? ratesOf(counts.all, 'hard', 'all'),
    availability: figureOf(counts.answered),
    criticalMissed: counts.criticalMissed,
    byKind: split(counts.kinds),
    byLevel: split(counts.levels),
    byLanguage: split(counts.languages),
    bySource: split(counts.sources),
    ...(newestAtMs === undefined ? {} : { newestAtMs }),
  }
}

function split(cells: Record<string, Cell>): Record<string, { core: Rates; hard: Rates }> {
  const names = new Set(Object.keys(cells).map((key) => key.split(':').slice(2).join(':')))
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      { core: ratesOf(cells, 'core', name), hard: ratesOf(cells, 'hard', name) },
    ]),
  )
}

function ratesOf(cells: Record<string, Cell>, tier: 'core' | 'hard', name: string): Rates {
  const cell = (label: 0 | 1) => figureOf(cells[`${tier}:${label}:${name}`] ?? { hits: 0, of: 0 })
  return { recall: cell(1), specificity: cell(0) }
}

function figureOf({ hits, of }: Cell): Figure {
  return of === 0 ? { hits, of } : { hits, of, estimate: hits / of, ...clopperPearson(hits, of) }
}
