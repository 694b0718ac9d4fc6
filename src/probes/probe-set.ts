import { z } from 'zod'
import { shippedFile } from '../shipped-file.ts'
import { canonicalJson, sha256Hex } from '../stores/record-values.ts'
import { type Probe, ProbeRow, type ProbeTier } from './probe.ts'

/** Labelled messages, checked; never empty of crises that any working detection must catch. */
export interface ProbeSet {
  /** The first 12 hex digits of the SHA-256 of the rows, whatever their order. */
  version: string
  probes: readonly Probe[]
  counts: Record<Cell, number>
  cells: Record<Cell, readonly KindProbes[]>
}

/** Where a draw begins: tier and label. */
export type Cell = `${ProbeTier}-${'crisis' | 'benign'}`

/** The probes of one cell and one kind; at least one. */
export type KindProbes = readonly Probe[]

/** A probe set that cannot be used. `message` lists every wrong row with file, line and reason, ready to print. */
export class ProbeSetError extends Error {
  override readonly name = 'ProbeSetError'
}

export interface ProbeSources {
  /** Whether the set that ships is used. */
  publicSet: boolean
  /** Path or URL of a set of one's own; it adds to the one that ships, or stands alone without it. */
  privateSet?: string | undefined
}

/** Reads a path, a `file:` or an `http(s):` URL as text. Rejects with why it cannot. */
export type ReadSource = (source: string | URL) => Promise<string>

/** Reads and checks the probe set. Rejects with `ProbeSetError`, so that a start with a wrong file is refused. */
export async function loadProbeSet(
  { publicSet, privateSet }: ProbeSources,
  read: ReadSource,
): Promise<ProbeSet> {
  const sources: Source[] = [
    ...(publicSet ? shipped.map((name) => ({ name, at: shippedFile(`probes/set/${name}`) })) : []),
    ...(privateSet === undefined ? [] : [{ name: privateName(privateSet), at: privateSet }]),
  ]
  if (sources.length === 0)
    throw new ProbeSetError(
      'there are no probes: set probes.privateSet, or probes.publicSet: true, or probes.enabled: false',
    )
  const texts = await Promise.all(
    sources.map(async ({ name, at }) => ({ name, text: await readOrExplain(name, at, read) })),
  )
  const rows = texts.flatMap(({ name, text }) => readRows(name, text))
  const problems = [...rows.flatMap(({ problems }) => problems), ...relations(rows)]
  if (problems.length > 0) throw new ProbeSetError(shorten(problems))
  return createProbeSet(rows.flatMap(({ probe }) => probe ?? []))
}

/** A set over probes that are known to be right. Rejects with `ProbeSetError` without a crisis of the tier core. */
export async function createProbeSet(probes: readonly Probe[]): Promise<ProbeSet> {
  const cells: ProbeSet['cells'] = {
    'core-crisis': [],
    'core-benign': [],
    'hard-crisis': [],
    'hard-benign': [],
  }
  for (const [cell, inCell] of Map.groupBy(probes, cellOf))
    cells[cell] = [...Map.groupBy(inCell, ({ kind }) => kind).values()]
  if (cells['core-crisis'].length === 0)
    throw new ProbeSetError(
      'the probes hold no crisis of the tier core, so recall cannot be measured: expected at least one row with tier core and label 1',
    )
  const sorted = [...probes].sort(({ id: a }, { id: b }) => (a < b ? -1 : 1))
  const version = (await sha256Hex(canonicalJson(sorted))).slice(0, 12)
  const count = (cell: Cell) => cells[cell].flat().length
  return {
    version,
    probes,
    cells,
    counts: {
      'core-crisis': count('core-crisis'),
      'core-benign': count('core-benign'),
      'hard-crisis': count('hard-crisis'),
      'hard-benign': count('hard-benign'),
    },
  }
}

const shipped = ['core-en.jsonl', 'core-languages.jsonl', 'hard-en.jsonl', 'hard-languages.jsonl']
const maxProblems = 20

interface Source {
  name: string
  at: string | URL
}

interface ReadRow {
  /** Such as `mine.jsonl:12`. */
  where: string
  probe: Probe | undefined
  problems: string[]
}

function cellOf({ tier, label }: Probe): Cell {
  return `${tier}-${label === 1 ? 'crisis' : 'benign'}`
}

/** A URL may carry a secret in its query or before its host; neither belongs in a message. */
function privateName(source: string): string {
  if (!/^https?:/i.test(source)) return source
  const url = URL.parse(source)
  return url === null ? 'probes.privateSet' : `${url.origin}${url.pathname}`
}

async function readOrExplain(name: string, at: string | URL, read: ReadSource): Promise<string> {
  try {
    return await read(at)
  } catch (error) {
    throw new ProbeSetError(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`)
  }
}

function readRows(name: string, text: string): ReadRow[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line, where: `${name}:${index + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, where }) => readRow(line, where))
}

function readRow(line: string, where: string): ReadRow {
  const wrong = (reasons: string[]) => ({
    where,
    probe: undefined,
    problems: reasons.map((why) => `${where}: ${why}`),
  })
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // The parser's own message quotes the text, which may be somebody's.
    return wrong(['not JSON'])
  }
  const { success, data, error } = ProbeRow.safeParse(value)
  return success ? { where, probe: data, problems: [] } : wrong(error.issues.map(reasonOf))
}

function reasonOf({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`
}

/** What is wrong between rows that are right by themselves. */
function relations(rows: readonly ReadRow[]): string[] {
  const known = new Map<string, ReadRow>()
  const problems: string[] = []
  for (const row of rows) {
    if (row.probe === undefined) continue
    const first = known.get(row.probe.id)
    if (first === undefined) known.set(row.probe.id, row)
    else problems.push(`${row.where}: id: ${row.probe.id} is taken by ${first.where}`)
  }
  // A row that is wrong by itself may be the twin of another; saying so of both would hide the cause.
  const isWhole = rows.every(({ probe }) => probe !== undefined)
  for (const { where, probe } of isWhole ? rows : []) {
    if (probe?.twin === undefined) continue
    const twin = known.get(probe.twin)?.probe
    if (twin === undefined) problems.push(`${where}: twin: no row has the id ${probe.twin}`)
    else if (twin.label === probe.label)
      problems.push(`${where}: twin: expected ${probe.twin} to have the other label`)
  }
  return problems
}

function shorten(problems: readonly string[]): string {
  const rest = problems.length - maxProblems
  return [...problems.slice(0, maxProblems), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')
}
