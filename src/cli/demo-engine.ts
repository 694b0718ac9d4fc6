import type { Command } from 'commander'
import { type Cli, examples, jsonText } from './command.ts'
import { port } from './start.ts'

export function addDemoEngine(program: Command, cli: Cli): void {
  const command = program
    .command('demo-engine')
    .description(
      'Start the built-in demo engine alone: a small ELIZA that can be broken on purpose. Not for people in need.',
    )
    .option('--port <port>', 'port, 0 for a free one', port, 0)
    .option('--json', 'print JSON, one document', false)
  examples(command, 'haltgate demo-engine --port 9090')

  command.action(async () => {
    const options = command.opts<{ port: number; json: boolean }>()
    cli.json = options.json
    const { startDemoEngine } = await import('../demo/engine.ts')
    const { url, close } = await startDemoEngine({ port: options.port })
    cli.print(
      options.json
        ? jsonText({ url })
        : [
            `Demo engine at ${url}. It is a demo, not for people in need; stop it with Ctrl-C.`,
            `Chat:   curl ${url}/v1/chat/completions -d '{"messages":[{"role":"user","content":"I feel sad"}]}'`,
            `Break:  curl -X PUT ${url}/demo/faults -d '{"deaf":true}'   (slow, errors, deaf, harmful, down)`,
            `Mend:   curl -X PUT ${url}/demo/faults -d '{}'`,
          ].join('\n'),
    )
    await cli.io.untilStopped?.()
    await close()
  })
}
