import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type Cli, examples, path, speaksToGateway } from './command.ts'
import { CliError, exit } from './io.ts'

const text = z.string()
const Register = z.looseObject({
  year: z.number(),
  referrals: z.array(
    z.looseObject({
      day: text,
      jurisdiction: text,
      ageBand: text,
      category: text,
      source: text,
      textVersion: text,
      detectorVersion: text,
      delivered: text,
      count: z.number(),
    }),
  ),
  protocol: z.array(
    z.looseObject({
      day: text,
      kind: text,
      detail: text,
      firstAtMs: z.number(),
      lastAtMs: z.number(),
      count: z.number(),
    }),
  ),
})
type Register = z.infer<typeof Register>

export function addRegister(program: Command, cli: Cli): void {
  const register = program.command('register').description('The referral register, for reports.')
  const command = register
    .command('export')
    .description(
      'Print the referrals of one year (UTC) as CSV: counts by day, without any identifier. Needs a key with the role clinical, commander or admin.',
    )
    .requiredOption('--year <year>', 'the calendar year', year)
    .option('--csv', 'CSV, as without any option', false)
    .option(
      '--log',
      'the log beside the register instead: notices, protocol versions, periods of observing',
      false,
    )
  examples(
    command,
    'haltgate register export --year 2026 > referrals-2026.csv',
    'haltgate register export --year 2026 --log',
    'haltgate register export --year 2026 --json',
  )

  speaksToGateway<{ year: string; csv: boolean; log: boolean }>(cli, command, async (gateway, options) => {
    if (options.csv && cli.json)
      throw new CliError(exit.usage, '--csv and --json exclude each other', {
        next: 'Leave one of them out.',
      })
    const query = path`/referral-register?year=${options.year}`
    const { document, data } = await gateway.get(query, Register)
    return { document, text: () => (options.log ? protocolCsv(data) : referralsCsv(data)) }
  })
}

function referralsCsv({ referrals }: Register): string {
  return csv(
    [
      'day',
      'jurisdiction',
      'age_band',
      'category',
      'source',
      'text_version',
      'detector_version',
      'delivered',
      'count',
    ],
    referrals.map((row) => [
      row.day,
      row.jurisdiction,
      row.ageBand,
      row.category,
      row.source,
      row.textVersion,
      row.detectorVersion,
      row.delivered,
      row.count,
    ]),
  )
}

function protocolCsv({ protocol }: Register): string {
  return csv(
    ['day', 'kind', 'detail', 'first_at', 'last_at', 'count'],
    protocol.map((row) => [
      row.day,
      row.kind,
      row.detail,
      new Date(row.firstAtMs).toISOString(),
      new Date(row.lastAtMs).toISOString(),
      row.count,
    ]),
  )
}

/** RFC 4180, but with line feeds alone, as other commands print them. */
function csv(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, ...rows].map((cells) => cells.map(csvCell).join(',')).join('\n')
}

function csvCell(value: string | number): string {
  const cell = String(value)
  // A spreadsheet would take such a text for a formula.
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

function year(text: string): string {
  if (/^[2-9]\d{3}$/.test(text)) return text
  throw new InvalidArgumentError('expected a calendar year, such as 2026.')
}
