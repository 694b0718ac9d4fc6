import * as z from 'zod'
import builtIn from './crisis-lines.json' with { type: 'json' }
import { type CrisisLine, CrisisLinesSchema, type CrisisRow } from './crisis-lines-schema.ts'

/** The help that may be named to a person in one place. */
export interface LocalHelp {
  /** Undefined: the place is not known, or nothing that we know of it may be used. */
  region: string | undefined
  /** Both missing: say "your local emergency number". */
  emergency: { ambulance?: string; police?: string }
  lines: readonly CrisisLine[]
}

export interface StaleEntry {
  region: string
  /** `emergency` or the name of the line. */
  what: string
  checkedOn: string
}

export interface CrisisLines {
  /** Never another country's numbers: an unknown, malformed or unusable region has no numbers at all. */
  forRegion(region: string | undefined): LocalHelp
  /** The entries in use whose last check is more than 180 days ago. */
  stale(nowMs: number): StaleEntry[]
  /** The countries with something that may be used, by code. */
  regions(): readonly string[]
  rows(): readonly CrisisRow[]
}

/** The directory of helplines for people whose place we do not know, and beside every line. */
export const helplineDirectory = 'findahelpline.com'

const checkEveryMs = 180 * 86_400_000

/**
 * Crisis lines by country, from `crisis-lines.json` or your own rows of the same shape.
 * `useUnchecked` also names numbers that nobody has seen at their source: for places that check them in another way.
 */
export function createCrisisLines(options: { useUnchecked?: boolean; rows?: unknown } = {}): CrisisLines {
  const { useUnchecked = false } = options
  const rows = readRows(options.rows ?? builtIn)
  const usable = (entry: { checked: boolean }) => entry.checked || useUnchecked
  const helpByRegion = new Map<string, LocalHelp>()
  for (const row of rows) {
    const help = helpOf(row, usable)
    if (help !== undefined) helpByRegion.set(row.region, help)
  }
  const regions = [...helpByRegion.keys()].sort()
  return {
    forRegion: (region) => helpByRegion.get(countryCode(region) ?? '') ?? nowhere,
    stale: (nowMs) => rows.flatMap((row) => staleOf(row, nowMs)),
    regions: () => regions,
    rows: () => rows,
  }
}

/** Whether a caller's region value leaves the country open: missing, blank, or what proxies send when they do not know. */
export function namesNoCountry(region: string | undefined): boolean {
  return region === undefined || /^\s*(XX|ZZ|T1)?\s*$/i.test(region)
}

/**
 * The country code to look up: exactly two letters (`gb`, `UK` for GB), else undefined. Longer values are not cut down,
 * because what `ca` or `pt` means in them (Canada, California, a language) is a guess.
 */
function countryCode(region: string | undefined): string | undefined {
  if (region === undefined || !/^[A-Za-z]{2}$/.test(region)) return undefined
  const code = region.toUpperCase()
  return code === 'UK' ? 'GB' : code
}

const nowhere: LocalHelp = Object.freeze({ region: undefined, emergency: {}, lines: [] })

function readRows(input: unknown): CrisisRow[] {
  const read = CrisisLinesSchema.safeParse(input)
  if (read.success) return read.data
  throw new Error(`The crisis lines cannot be used, correct these entries:\n${z.prettifyError(read.error)}`)
}

function helpOf(row: CrisisRow, usable: (entry: { checked: boolean }) => boolean): LocalHelp | undefined {
  const { ambulance, police } = row.emergency
  const emergency = usable(row.emergency)
    ? { ...(ambulance && { ambulance }), ...(police && { police }) }
    : {}
  const lines = row.lines.filter(usable)
  if (lines.length === 0 && Object.keys(emergency).length === 0) return undefined
  return { region: row.region, emergency, lines }
}

function staleOf({ region, emergency, lines }: CrisisRow, nowMs: number): StaleEntry[] {
  const entries = [
    { what: 'emergency', ...emergency },
    ...lines.map((line) => ({ what: line.name, ...line })),
  ]
  return entries.flatMap(({ what, checkedOn }) =>
    checkedOn !== null && nowMs - Date.parse(checkedOn) > checkEveryMs ? [{ region, what, checkedOn }] : [],
  )
}
