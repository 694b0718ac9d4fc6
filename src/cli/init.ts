import type { Command } from 'commander'
import { type Cli, examples, jsonText } from './command.ts'
import { whenConfigured } from './configured.ts'
import { clean } from './look.ts'

export function addInit(program: Command, cli: Cli): void {
  const command = program
    .command('init')
    .description(
      'Write the first record into the halt store of a new installation. Until then a shared store counts as unknown and replies stay suspended.',
    )
    .option('--config <file>', 'configuration file (else HALTGATE_CONFIG)')
    .option('--data-dir <folder>', 'where state is kept (.haltgate, or as configured)')
    .option('--json', 'print JSON, one document', false)
  examples(command, 'haltgate init --config haltgate.yaml')

  command.action(async () => {
    const { config, dataDir, json } = command.opts<{ config?: string; dataDir?: string; json: boolean }>()
    cli.json = json
    const result = await whenConfigured(async () => {
      const { initialiseStore } = await import('../main.ts')
      return initialiseStore({
        ...(config === undefined ? {} : { configFile: config }),
        ...(dataDir === undefined ? {} : { dataDir }),
        env: cli.io.env,
      })
    })
    const { created, store, genesisId } = result
    const said = created ? 'is initialised' : 'was initialised before; nothing was changed'
    cli.print(
      json ? jsonText(result) : `The halt store ${clean(store)} ${said} (genesis ${clean(genesisId)}).`,
    )
  })
}
