import { execFile } from 'node:child_process'
import { parseArgs, promisify } from 'node:util'
import type { Figure } from '../figures.ts'
import { table, writeReadme } from '../report.ts'
import { breakerOperations } from './breakers.ts'
import { crisisOperations } from './crisis.ts'
import { dialectOperations } from './dialects.ts'
import { haltOperations } from './halt.ts'
import { harmfulReplyOperations } from './harmful-reply.ts'
import { type Cost, costOf, type Effort, type Operation } from './harness.ts'
import { metricsOperations } from './metrics.ts'
import { sequentialTestOperations } from './sequential-test.ts'
import { signalOperations } from './signals.ts'
import { sseOperations } from './sse.ts'
import { bytesText, timeText } from './units.ts'

const subjects: Record<string, readonly Operation[]> = {
  crisis: crisisOperations,
  'harmful-reply': harmfulReplyOperations,
  sse: sseOperations,
  dialects: dialectOperations,
  halt: haltOperations,
  breakers: breakerOperations,
  signals: signalOperations,
  'sequential-test': sequentialTestOperations,
  metrics: metricsOperations,
}

const help = `npm run bench:micro [-- NAME ...] [flags]

What the parts of an exchange cost, each alone and warm. NAME is one of
${Object.keys(subjects).join(', ')}; all of them when left out.

  --quick     fewer and shorter rounds
  --json      one JSON object for each operation, a line each
  --write     puts the table into bench/README.md
  --help
`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    // Of the processes that this one starts: takes one operation, by its number, and prints its cost.
    operation: { type: 'string' },
  },
})

const effort: Effort = flags.quick
  ? { rounds: 11, roundMs: 20, mostWarmUpMs: 2_000 }
  : { rounds: 31, roundMs: 50, mostWarmUpMs: 10_000 }

if (flags.help) process.stdout.write(help)
else if (flags.operation !== undefined) await takeOne(positionals[0] ?? '', Number(flags.operation))
else await takeAll(positionals.length === 0 ? Object.keys(subjects) : positionals)

async function takeOne(subject: string, number: number): Promise<void> {
  const operation = subjects[subject]?.[number]
  if (operation === undefined) throw new Error(`there is no operation ${number} of ${subject}; see --help`)
  const prepared = await operation.prepare()
  const cost = await costOf(prepared, effort)
  await prepared.end?.()
  process.stdout.write(JSON.stringify(cost))
}

async function takeAll(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => subjects[name] === undefined)
  if (unknown !== undefined)
    throw new Error(`${unknown}: expected one of ${Object.keys(subjects).join(', ')}; see --help`)
  const figures: Figure[] = []
  for (const name of names)
    for (const [number, { what }] of (subjects[name] ?? []).entries()) {
      const cost = await costInItsOwnProcess(name, number)
      const figure = figureOf(what, cost)
      figures.push(figure)
      if (flags.json) process.stdout.write(`${JSON.stringify({ name, what, ...cost })}\n`)
      process.stderr.write(`${what}: ${figure.measured}\n`)
    }
  if (flags.write)
    writeReadme(
      'micro',
      figures,
      process.argv.slice(2).filter((arg) => arg !== '--write'),
      {
        script: 'npm run bench:micro',
        where: 'each in a process of its own',
      },
    )
  if (!flags.json) process.stdout.write(`\n${table(figures)}\n`)
}

/** A fresh process: what was called before would decide how this is compiled, and leave its garbage behind. */
async function costInItsOwnProcess(name: string, number: number): Promise<Cost> {
  const args = [import.meta.filename, name, '--operation', `${number}`, ...(flags.quick ? ['--quick'] : [])]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

function figureOf(what: string, { medianNs, quarterNs, bytes, isWarm }: Cost): Figure {
  const allocated = `${bytesText(bytes)} allocated${isWarm ? '' : '; still getting faster'}`
  return { what, measured: `${timeText(medianNs, quarterNs)}; ${allocated}`, goal: '', met: undefined }
}
