import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type Cli, examples, speaksToGateway } from './command.ts'
import { exit } from './io.ts'
import { type Cell, durationText, type Look } from './look.ts'

const Figure = z.looseObject({
  hits: z.number(),
  of: z.number(),
  estimate: z.number().optional(),
  lower: z.number().optional(),
  upper: z.number().optional(),
})
type Figure = z.infer<typeof Figure>

export const Detection = z.looseObject({
  enabled: z.boolean(),
  isProbing: z.boolean(),
  probeSet: z.looseObject({ version: z.string(), rows: z.number() }),
  subjects: z.array(
    z.looseObject({
      subject: z.string(),
      version: z.string(),
      outcomes: z.number(),
      accuracy: z.looseObject({
        core: z.looseObject({ recall: Figure, specificity: Figure }),
        hard: z.looseObject({ recall: Figure, specificity: Figure }),
        newestAtMs: z.number().optional(),
      }),
      alarms: z.array(z.looseObject({ test: z.string(), level: z.string(), says: z.string() })),
    }),
  ),
  liveness: z.looseObject({ ageMs: z.number(), failure: z.string().optional() }),
})
type Detection = z.infer<typeof Detection>

const Results = z.looseObject({
  results: z.array(
    z.looseObject({
      tier: z.string(),
      kind: z.string(),
      label: z.number(),
      language: z.string(),
      engineHeard: z.boolean().nullable(),
      gatewayHeard: z.boolean().nullable(),
      ms: z.number(),
    }),
  ),
})

/** `haltgate probes status|run`. */
export function addProbes(program: Command, cli: Cli): void {
  const probes = program
    .command('probes')
    .description('How well crisis detection works, measured by labelled messages sent from inside.')
  examples(probes, 'haltgate probes status', 'haltgate probes run --count 20')
  addProbesStatus(probes, cli)
  addProbesRun(probes, cli)
}

function addProbesStatus(probes: Command, cli: Cli): void {
  const command = probes
    .command('status')
    .description('Recall and specificity with their 95 % intervals, and what is wrong if anything is.')
    .addHelpText('after', '\nExit codes: 0 no alarm, 1 an alarm lasts or nothing is measured.')
  examples(command, 'haltgate probes status', 'haltgate probes status --json')
  speaksToGateway(cli, command, async (gateway) => {
    const { document, data } = await gateway.get('/crisis-detection', Detection)
    const isWell = data.enabled && data.subjects.every(({ alarms }) => alarms.length === 0)
    return { document, text: () => detectionText(cli.look, data), exitCode: isWell ? exit.ok : exit.failed }
  })
}

function addProbesRun(probes: Command, cli: Cli): void {
  const command = probes
    .command('run')
    .description('Send some probes now and show what was heard. They are not taken into the tests.')
    .option('--engine <name>', 'which engine', 'primary')
    .option('--count <n>', 'how many, 50 at most', count, 10)
  examples(command, 'haltgate probes run', 'haltgate probes run --engine backup --count 30')
  speaksToGateway<{ engine: string; count: number }>(cli, command, async (gateway, { engine, count: n }) => {
    const { document, data } = await gateway.post('/probes', { engine, count: n }, Results)
    const rows = data.results.map((row): Cell[] => [
      row.tier,
      row.kind,
      row.language,
      row.label === 1 ? 'crisis' : 'benign',
      heardCell(row.engineHeard, row.label),
      heardCell(row.gatewayHeard, row.label),
      `${row.ms} ms`,
    ])
    return {
      document,
      text: () => cli.look.table(['TIER', 'KIND', 'LANGUAGE', 'TRUTH', 'ENGINE', 'GATEWAY', 'TOOK'], rows),
    }
  })
}

function heardCell(heard: boolean | null, label: number): Cell {
  if (heard === null) return { text: 'no reply', style: 'yellow' }
  const text = heard ? 'heard' : 'not heard'
  return { text, style: heard === (label === 1) ? 'green' : 'red' }
}

function detectionText(look: Look, data: Detection): string {
  if (!data.enabled)
    return look.paint(
      'yellow',
      'Crisis detection is NOT MEASURED: probes.enabled is false in the configuration.',
    )
  const alarms = data.subjects.flatMap(({ subject, alarms: all }) =>
    all.map(({ level, says }) => `  ${subject}: ${level}: ${says}`),
  )
  const rows = data.subjects.map(({ subject, version, outcomes, accuracy }): Cell[] => [
    subject,
    version,
    String(outcomes),
    figureText(accuracy.core.recall),
    figureText(accuracy.core.specificity),
    figureText(accuracy.hard.recall),
    accuracy.newestAtMs === undefined ? 'none yet' : look.time(accuracy.newestAtMs),
  ])
  const head = [
    'SUBJECT',
    'VERSION',
    'OUTCOMES',
    'RECALL (core)',
    'SPECIFICITY (core)',
    'RECALL (hard)',
    'NEWEST',
  ]
  const { ageMs, failure } = data.liveness
  return [
    alarms.length === 0
      ? look.paint('green', 'Crisis detection: no alarm.')
      : [look.paint('red', 'Crisis detection FAILS:'), ...alarms].join('\n'),
    rows.length === 0 ? 'No outcome yet.' : look.table(head, rows),
    look.facts([
      ['probe set', `${data.probeSet.version}, ${data.probeSet.rows} rows`],
      ['probes sent by', data.isProbing ? 'this gateway' : 'another gateway, or none'],
      [
        'halt proved',
        failure === undefined
          ? `${durationText(ageMs)} ago`
          : { text: `last attempt failed: ${failure}`, style: 'red' },
      ],
    ]),
  ].join('\n\n')
}

function figureText({ hits, of, estimate, lower, upper }: Figure): string {
  if (estimate === undefined) return '-'
  const range = lower === undefined || upper === undefined ? '' : ` (${percent(lower)}-${percent(upper)})`
  return `${percent(estimate)} %${range} ${hits}/${of}`
}

const percent = (share: number) => (100 * share).toFixed(1)

function count(text: string): number {
  const number = Number(text)
  if (/^\d{1,2}$/.test(text) && number >= 1 && number <= 50) return number
  throw new InvalidArgumentError('expected a number from 1 to 50.')
}
