import { type Command, Option } from 'commander'
import { HaltList, OneHalt } from './answers.ts'
import { type Cli, examples, path, speaksToGateway } from './command.ts'
import { haltFacts, haltTable } from './halt-text.ts'

export function addHalts(program: Command, cli: Cli): void {
  const command = program
    .command('halts')
    .description('List halts, or show one.')
    .argument('[id]', 'one halt, or 4 and more first characters of its id')
    .addOption(
      new Option('--state <state>', 'which to list')
        .choices(['engaged', 'cleared', 'all'])
        .default('engaged'),
    )
  examples(command, 'haltgate halts', 'haltgate halts --state all', 'haltgate halts 01k2m')

  speaksToGateway<{ state: string }>(cli, command, async (gateway, { state }, [id]) => {
    if (id !== undefined) {
      const { document, data } = await gateway.get(path`/halts/${id}`, OneHalt)
      return { document, text: () => haltFacts(cli.look, data) }
    }
    const { document, data } = await gateway.get(path`/halts?state=${state}`, HaltList)
    const none = state === 'all' ? 'No halts.' : `No ${state} halts. All of them: haltgate halts --state all`
    return { document, text: () => (data.halts.length === 0 ? none : haltTable(cli.look, data.halts)) }
  })
}
