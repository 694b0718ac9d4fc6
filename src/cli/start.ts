import { type Command, InvalidArgumentError } from 'commander'
import { mostWorkers } from '../config/schema.ts'
import { type Cli, examples } from './command.ts'
import { whenConfigured } from './configured.ts'

interface StartWords {
  config?: string
  port?: number
  controlPort?: number
  dataDir?: string
  workers?: number
}

export function addStart(program: Command, cli: Cli): void {
  const command = program
    .command('start')
    .description('Start the gateway. Without a configuration it takes the defaults and a demo engine.')
    .option('--config <file>', 'configuration file (else HALTGATE_CONFIG)')
    .option('--port <port>', 'traffic port (8080, or as configured)', port)
    .option('--control-port <port>', 'control port (8081, or as configured)', port)
    .option('--workers <n>', 'processes that serve the traffic (1, or as configured)', workers)
    .option('--data-dir <folder>', 'where state is kept (.haltgate, or as configured)')
  examples(
    command,
    'haltgate start',
    'haltgate start --config haltgate.yaml --port 9080 --control-port 9081',
    'haltgate start --workers 4',
  )

  command.action(async () => {
    const options = command.opts<StartWords>()
    const { config, ...rest } = options
    await whenConfigured(async () => {
      const { startGateway } = await import('../main.ts')
      await startGateway({
        ...rest,
        ...(config === undefined ? {} : { configFile: config }),
        env: cli.io.env,
        onReady: () => cli.io.onReady?.(),
      })
    })
  })
}

function workers(text: string): number {
  const number = Number(text)
  if (/^\d{1,2}$/.test(text) && number >= 1 && number <= mostWorkers) return number
  throw new InvalidArgumentError(`expected a number of processes from 1 to ${mostWorkers}.`)
}

/** A TCP port, 0 for a free one. */
export function port(text: string): number {
  const number = Number(text)
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number
  throw new InvalidArgumentError('expected a port from 0 to 65535.')
}
