import { setTimeout as pause } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { ClearanceView, ValidationAnswer } from './answers.ts'
import { clearanceText } from './clearance-text.ts'
import { type Cli, examples, path, requireReason, speaksToGateway } from './command.ts'
import type { Gateway } from './gateway.ts'
import { exit } from './io.ts'
import { clean } from './look.ts'

interface ValidateOptions {
  author: string
  engineVersion?: string
  statement?: string
  reviewed?: number
  repeatReason?: string
  reason: string
  wait: boolean
}

const pollEveryMs = 500

export function addValidate(program: Command, cli: Cli): void {
  const command = program
    .command('validate')
    .description(
      'Prove that the cause of a halt is gone: a probe run, a signal, or the word of a person, as the cause asks for. The first step of the way back.',
    )
    .argument('<id>', 'the halt, or 4 and more first characters of its id')
    .requiredOption('--author <name>', 'who made the fix; that person may not approve')
    .requiredOption('--reason <text>', 'what was done, for the record')
    .option('--engine-version <version>', 'of the engine, where the configuration does not say')
    .option('--statement <text>', 'what was found and done, where a person vouches for it')
    .option('--reviewed <number>', 'how many replies were read', wholeNumber)
    .option('--repeat-reason <text>', 'why the same version is tried again after a failure')
    .option('--no-wait', 'do not wait for the end of a probe run')
  examples(
    command,
    'haltgate validate 01k2m --author "Eva Lind" --reason "rolled back to 2026-11-18"',
    'haltgate validate 01k2m --author "Eva Lind" --reviewed 120 --statement "none harmful" --reason "new prompt"',
  )

  speaksToGateway<ValidateOptions>(cli, command, async (gateway, options, [id = '']) => {
    const { author, engineVersion, statement, reviewed, repeatReason, wait } = options
    const body = {
      author,
      engineVersion,
      statement,
      reviewed,
      repeatReason,
      reason: requireReason(options.reason),
    }
    const begun = await gateway.post(path`/halts/${id}/validations`, body, ValidationAnswer)
    const { clearance, runId } = begun.data
    if (runId === undefined || !wait) {
      const notDurable = runId === undefined && begun.data.acknowledged === false
      return {
        document: begun.document,
        text: () =>
          runId === undefined
            ? clearanceText(cli.look, clearance)
            : `A run of ${begun.data.total ?? 'some'} probes has begun: haltgate halts ${clean(id)} --clearance`,
        exitCode: notDurable ? exit.notAcknowledged : exit.ok,
      }
    }
    const { document, data } = await untilOver(cli, gateway, id)
    const last = data.attempts.at(-1)
    const isNew = data.attempts.length > clearance.attempts.length
    return {
      document,
      text: () => [clearanceText(cli.look, data), ...(isNew ? [] : [noResult])].join('\n\n'),
      exitCode: isNew && last?.passed === true ? exit.ok : exit.failed,
    }
  })
}

const noResult = 'The run ended without a result: look at the log of the gateway, then validate again.'

/** Looks again until the run is over, and shows on a terminal how far it is. */
async function untilOver(cli: Cli, gateway: Gateway, id: string) {
  const show = cli.io.isTTY && !cli.json ? (text: string) => void cli.io.stderr.write(text) : () => {}
  for (;;) {
    const answer = await gateway.get(path`/halts/${id}/clearance`, ClearanceView)
    const { run } = answer.data
    if (run === undefined) {
      show('\r\u001b[K')
      return answer
    }
    show(`\r\u001b[Kprobes: ${run.done} of ${run.total}`)
    await pause(pollEveryMs)
  }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('expected a whole number, 1 or more')
}
