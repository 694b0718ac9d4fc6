import type { Command } from 'commander'
import { AnyAnswer, BreakerList } from './answers.ts'
import { type Cli, examples, path, requireReason, speaksToGateway } from './command.ts'
import { type Cell, clean } from './look.ts'

export function addBreakers(program: Command, cli: Cli): void {
  const command = program
    .command('breakers')
    .description('Show the circuit breaker of each engine, or hold one open.')
  examples(command, 'haltgate breakers', 'haltgate breakers hold primary --reason "bad release, fixing"')
  speaksToGateway(cli, command, async (gateway) => {
    const { document, data } = await gateway.get('/breakers', BreakerList)
    const rows = data.breakers.map(({ engine, state }): Cell[] => [engine, breakerCell(state)])
    return {
      document,
      text: () => (rows.length === 0 ? 'No engines.' : cli.look.table(['ENGINE', 'BREAKER'], rows)),
    }
  })

  addSwitch(
    'hold',
    'Hold a breaker open: nothing is sent to its engine until it is released.',
    'is held open',
  )
  addSwitch('release', 'Release a held breaker: its engine is used again.', 'is released')

  function addSwitch(verb: 'hold' | 'release', description: string, done: string): void {
    const one = command
      .command(verb)
      .description(description)
      .argument('<engine>', 'name of the engine')
      .requiredOption('--reason <text>', 'why, for the record')
    examples(one, `haltgate breakers ${verb} primary --reason "…"`)
    speaksToGateway<{ reason: string }>(cli, one, async (gateway, { reason }, [engine = '']) => {
      const target = path`/breakers/${engine}/` + verb
      const { document } = await gateway.post(target, { reason: requireReason(reason) }, AnyAnswer)
      return { document, text: () => `The breaker of ${clean(engine)} ${done}.` }
    })
  }
}

/** A breaker's state, coloured by how much it keeps from flowing. */
export function breakerCell(state: string): Cell {
  if (state === 'closed') return { text: state, style: 'green' }
  return { text: state, style: state === 'half-open' ? 'yellow' : 'red' }
}
