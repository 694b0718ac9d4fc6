import type { Command } from 'commander'
import { createGateway, type Gateway } from './gateway.ts'
import { CliError, exit, type Io } from './io.ts'
import { locateGateway } from './locate.ts'
import { createLook, type Look } from './look.ts'

/** One run of the command line: its world, its look and, in the end, its exit code. */
export interface Cli {
  readonly io: Io
  readonly look: Look
  exitCode: number
  /** The command that runs was asked for JSON. */
  json: boolean
  print(text: string): void
  complain(text: string): void
}

export function createCli(io: Io): Cli {
  return {
    io,
    look: createLook(io),
    exitCode: 0,
    json: false,
    print: (text) => void io.stdout.write(`${text}\n`),
    complain: (text) => void io.stderr.write(`${text}\n`),
  }
}

/** What a command that speaks to a gateway answers: the API's document, or lines for people, and the exit code. */
export interface Result {
  document: unknown
  /** Made only when people read it. */
  text: () => string
  exitCode?: number
}

/**
 * Makes `command` one that speaks to a running gateway: adds `--data-dir` and `--json`, finds the gateway, prints the
 * result one way or the other. A failure passes through `explain`. `Options` must follow the options that the command declares.
 */
export function speaksToGateway<Options extends object>(
  cli: Cli,
  command: Command,
  act: (gateway: Gateway, options: Options, args: readonly string[]) => Promise<Result>,
  explain: (failure: CliError) => CliError = (failure) => failure,
): void {
  command
    .option('--data-dir <folder>', 'data directory of the gateway on this machine', '.haltgate')
    .option('--json', "print the API's JSON, one document", false)
    .action(async () => {
      // A parent that has the same options (`breakers`) takes them, wherever on the line they stand.
      const options = command.optsWithGlobals<Options & { dataDir: string; json: boolean }>()
      cli.json = options.json
      const result = await locateGateway(cli.io.env, options.dataDir)
        .then((located) => act(createGateway(located, cli.io.fetch), options, command.args))
        .catch((error: unknown) => {
          throw error instanceof CliError ? explain(error) : error
        })
      cli.print(cli.json ? jsonText(result.document) : result.text())
      cli.exitCode = result.exitCode ?? 0
    })
}

export function jsonText(document: unknown): string {
  return JSON.stringify(document, null, 2)
}

/** Adds runnable examples to a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  const title = lines.length === 1 ? 'Example' : 'Examples'
  return command.addHelpText('after', `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}

/** `path`, with what a person typed made safe to stand in it. */
export function path(strings: TemplateStringsArray, ...parts: readonly string[]): string {
  return String.raw({ raw: strings }, ...parts.map(encodeURIComponent))
}

/** A reason too short for the API is a usage error here, before anything is sent. */
export function requireReason(reason: string): string {
  const trimmed = reason.trim()
  if (trimmed.length >= 3) return trimmed
  throw new CliError(exit.usage, '--reason needs at least 3 characters', {
    next: 'Say why in a few words: --reason "…"',
  })
}
