import type { Command } from 'commander'
import { HaltChange } from './answers.ts'
import { type Cli, examples, path, requireReason, speaksToGateway } from './command.ts'
import { scopeWords } from './halt-text.ts'
import { exit } from './io.ts'
import { clean, durationText } from './look.ts'

export function addClear(program: Command, cli: Cli): void {
  const command = program
    .command('clear')
    .description(
      'End a drill or maintenance. Of any other halt it says what is missing, because that one ends by validate, approve, approve and a ramp; --break-glass ends it without proof. Needs the role commander.',
    )
    .argument('<id>', 'the halt, or 4 and more first characters of its id')
    .requiredOption('--reason <text>', 'why it is safe again')
    .option('--break-glass', 'without proof and approvals; opens an incident of its own, P0', false)
  examples(
    command,
    'haltgate clear 01k2m --reason "the drill is over"',
    'haltgate clear 01k2m --break-glass --reason "nobody can be reached, ticket 812"',
  )

  speaksToGateway<{ reason: string; breakGlass: boolean }>(
    cli,
    command,
    async (gateway, options, [id = '']) => {
      const reason = requireReason(options.reason)
      const { document, data } = await gateway.post(
        path`/halts/${id}/clear`,
        { reason, ...(options.breakGlass ? { breakGlass: true } : {}) },
        HaltChange,
      )
      const { halt, acknowledged } = data
      const missing = [data.missing ?? 'not said what'].flat().join(', ')
      const lasted =
        halt.clearedAtMs === undefined ? '' : ` after ${durationText(halt.clearedAtMs - halt.engagedAtMs)}`
      const done = halt.state === 'cleared'
      const text = () =>
        [
          done
            ? `The halt of AI replies for ${scopeWords(halt.scope)} is cleared${lasted}.`
            : cli.look.paint(
                'yellow',
                `The halt of AI replies for ${scopeWords(halt.scope)} is still ${clean(halt.state)}.`,
              ),
          ...(acknowledged
            ? []
            : [
                `${cli.look.paint('yellow', 'NOT ACKNOWLEDGED')}: ${clean(missing)}. It goes on trying by itself; until then some gateways stay halted.`,
              ]),
          cli.look.facts([
            ['halt', halt.id],
            ['see', 'haltgate status   (another halt may still apply)'],
          ]),
        ].join('\n')
      return { document, text, exitCode: acknowledged ? exit.ok : exit.notAcknowledged }
    },
  )
}
