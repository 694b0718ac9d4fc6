import { type Command, Option } from 'commander'
import { HaltCause, HaltScope } from '../breakers/halt-entry.ts'
import { HaltChange } from './answers.ts'
import { type Cli, examples, requireReason, speaksToGateway } from './command.ts'
import { scopeWords } from './halt-text.ts'
import { CliError, exit } from './io.ts'
import { clean, type Look } from './look.ts'

interface HaltOptions {
  reason: string
  cause: string
  engine?: string
  tenant?: string
}

export function addHalt(program: Command, cli: Cli): void {
  const command = program
    .command('halt')
    .description(
      'Turn AI replies off at once, for everyone unless an engine or a tenant is named. Latched until cleared.',
    )
    .requiredOption('--reason <text>', 'why, for the record and for whoever is called next')
    .addOption(new Option('--cause <cause>', 'kind of cause').choices(HaltCause.options).default('operator'))
    .addOption(new Option('--engine <name>', 'only replies of this engine').conflicts('tenant'))
    .addOption(new Option('--tenant <id>', 'only replies to this tenant').conflicts('engine'))
  examples(
    command,
    'haltgate halt --reason "replies encourage self-harm, ticket 812"',
    'haltgate halt --reason "latency" --cause latency --engine primary',
  )

  speaksToGateway<HaltOptions>(
    cli,
    command,
    async (gateway, options) => {
      const scope = scopeOf(options)
      const reason = requireReason(options.reason)
      const { document, data } = await gateway.post(
        '/halts',
        { scope, cause: options.cause, reason },
        HaltChange,
      )
      const exitCode = data.acknowledged ? exit.ok : exit.notAcknowledged
      return { document, text: () => haltedText(cli.look, data), exitCode }
    },
    explainFailure,
  )
}

function scopeOf({ engine, tenant }: HaltOptions): string {
  const scope = engine !== undefined ? `engine:${engine}` : tenant !== undefined ? `tenant:${tenant}` : 'all'
  if (HaltScope.safeParse(scope).success) return scope
  const option = engine !== undefined ? '--engine' : '--tenant'
  throw new CliError(exit.usage, `${option} must be a name without spaces, at most 190 characters`, {
    next: 'In doubt leave it out: the halt then applies to everyone.',
  })
}

function haltedText(look: Look, { halt, acknowledged, missing }: HaltChange): string {
  const halted = `AI replies are HALTED for ${scopeWords(halt.scope)}`
  const lacking = clean([missing ?? 'not said what'].flat().join(', '))
  return [
    acknowledged
      ? look.paint('red', `${halted}. Acknowledged: the halt is durable.`)
      : `${look.paint('red', `${halted} on this gateway,`)} ${look.paint('yellow', 'NOT ACKNOWLEDGED')}: ${lacking}.\n` +
        'It goes on trying by itself. Until then other gateways may still serve: watch "haltgate status", or halt through another gateway as well (HALTGATE_URL).',
    look.facts([
      ['halt', halt.id],
      ['engaged', `${look.time(halt.engagedAtMs)} by ${halt.engagedBy}`],
      ['to end it', howToEnd(halt)],
    ]),
  ].join('\n')
}

/** The first step of the way back. */
function howToEnd({ id, cause }: HaltChange['halt']): string {
  return cause === 'drill' || cause === 'maintenance'
    ? `haltgate clear ${id} --reason "…"`
    : `haltgate halts ${id} --clearance   (says what is missing, and the next command)`
}

/** Whoever halts must know whether it happened. */
function explainFailure(failure: CliError): CliError {
  const { exitCode, message, document } = failure
  return failure.inDoubt
    ? new CliError(exitCode, `IT IS NOT KNOWN whether the halt was taken: ${message}`, {
        next: 'Run the same command again (a second halt does no harm), then "haltgate status".',
        document,
      })
    : new CliError(exitCode, `NOT HALTED: ${message}`, {
        next: `${failure.next ?? ''}\nTo stop replies another way: halt through another gateway, or stop this gateway or the engine itself.`.trim(),
        document,
      })
}
