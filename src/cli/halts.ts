import { type Command, Option } from 'commander'
import { ClearanceView, HaltList, OneHalt } from './answers.ts'
import { clearanceText } from './clearance-text.ts'
import { type Cli, examples, path, speaksToGateway } from './command.ts'
import { haltFacts, haltTable } from './halt-text.ts'
import { CliError, exit } from './io.ts'

export function addHalts(program: Command, cli: Cli): void {
  const command = program
    .command('halts')
    .description(
      'List halts, or show one; with --clearance how far it is on its way back and what is missing.',
    )
    .argument('[id]', 'one halt, or 4 and more first characters of its id')
    .addOption(
      new Option('--state <state>', 'which to list')
        .choices(['engaged', 'cleared', 'all'])
        .default('engaged'),
    )
    .option('--clearance', 'show the way back of the one halt', false)
  examples(
    command,
    'haltgate halts',
    'haltgate halts --state all',
    'haltgate halts 01k2m',
    'haltgate halts 01k2m --clearance',
  )

  speaksToGateway<{ state: string; clearance: boolean }>(
    cli,
    command,
    async (gateway, { state, clearance }, [id]) => {
      if (clearance && id === undefined)
        throw new CliError(exit.usage, '--clearance needs a halt', {
          next: 'Name one: haltgate halts ID --clearance',
        })
      if (id !== undefined && clearance) {
        const { document, data } = await gateway.get(path`/halts/${id}/clearance`, ClearanceView)
        return { document, text: () => clearanceText(cli.look, data) }
      }
      if (id !== undefined) {
        const { document, data } = await gateway.get(path`/halts/${id}`, OneHalt)
        return { document, text: () => haltFacts(cli.look, data) }
      }
      const { document, data } = await gateway.get(path`/halts?state=${state}`, HaltList)
      const none =
        state === 'all' ? 'No halts.' : `No ${state} halts. All of them: haltgate halts --state all`
      return { document, text: () => (data.halts.length === 0 ? none : haltTable(cli.look, data.halts)) }
    },
  )
}
