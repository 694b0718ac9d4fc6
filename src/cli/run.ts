import { CommanderError } from 'commander'
import { type Cli, createCli, jsonText } from './command.ts'
import { CliError, exit, type Io } from './io.ts'
import { createProgram } from './program.ts'

/**
 * Runs one command. `argv` are the words after the program's name. Resolves to the exit code (`exit` in `io.ts`),
 * never rejects: whatever fails has been said on `stderr`, with `--json` as a document on `stdout` too.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const cli = createCli(io)
  try {
    await createProgram(cli).parseAsync([...argv], { from: 'user' })
    return cli.exitCode
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage
    return report(cli, error)
  }
}

function report(cli: Cli, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error)
  const known = error instanceof CliError ? error : undefined
  cli.complain(`haltgate: ${message}`)
  if (known?.next) cli.complain(known.next)
  const exitCode = known?.exitCode ?? exit.failed
  if (cli.json) cli.print(jsonText(known?.document ?? { error: { code: codeOf(exitCode), message } }))
  return exitCode
}

function codeOf(exitCode: number): string {
  if (exitCode === exit.usage) return 'usage'
  return exitCode === exit.unreachable ? 'unreachable' : 'failed'
}
