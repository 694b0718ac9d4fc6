import type { Command } from 'commander'
import { State } from './answers.ts'
import { type Cli, examples, speaksToGateway } from './command.ts'
import { exit } from './io.ts'
import { statusText } from './status-text.ts'

const exitCodeOf = { on: exit.ok, halted: exit.halted, suspended: exit.suspended } as const

export function addStatus(program: Command, cli: Cli): void {
  const command = program
    .command('status')
    .description('Say at a glance whether AI replies are on, and what is wrong if anything is.')
    .addHelpText('after', '\nExit codes: 0 replies are on, 10 halted, 11 suspended, 3 no gateway reachable.')
  examples(command, 'haltgate status', 'haltgate status --json | jq .replies', 'watch haltgate status')

  speaksToGateway(cli, command, async (gateway) => {
    const { document, data } = await gateway.get('/state', State)
    return {
      document,
      text: () => statusText(cli.look, gateway.url, data),
      exitCode: exitCodeOf[data.replies],
    }
  })
}
