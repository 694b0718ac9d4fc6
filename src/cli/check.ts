import type { Command } from 'commander'
import { type Cli, examples, jsonText } from './command.ts'
import { exit } from './io.ts'

export function addCheck(program: Command, cli: Cli): void {
  const command = program
    .command('check')
    .description('Check a configuration file and say what is wrong in it, by line. Starts nothing.')
    .argument('[file]', 'configuration file (else HALTGATE_CONFIG)')
    .option('--json', 'print JSON, one document', false)
    .addHelpText('after', '\nExit codes: 0 the file can be used, 2 it cannot.')
  examples(command, 'haltgate check haltgate.yaml')

  command.action(async (file: string | undefined) => {
    const { json } = command.opts<{ json: boolean }>()
    cli.json = json
    const { checkConfig } = await import('../config/load.ts')
    const result = await checkConfig(file ?? cli.io.env.HALTGATE_CONFIG, cli.io.env)
    cli.exitCode = result.ok ? exit.ok : exit.usage
    if (json) cli.print(jsonText(result))
    else if (!result.ok) cli.complain(result.problems)
    else {
      cli.print(result.summary)
      for (const warning of result.warnings) cli.print(`${cli.look.paint('yellow', 'warning:')} ${warning}`)
    }
  })
}
