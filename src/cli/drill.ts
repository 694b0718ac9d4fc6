import { Argument, type Command } from 'commander'
import type { DrillDisplay, DrillStep } from '../drills/timeline.ts'
import { type Cli, examples } from './command.ts'
import { exit } from './io.ts'
import { clean } from './look.ts'

/** `haltgate drill crisis-detection-failure`. */
export function addDrill(program: Command, cli: Cli): void {
  const command = program
    .command('drill')
    .description(
      'Rehearse an incident from its first sign to its end, in under two minutes. It runs on a gateway and a demo engine of its own; no other gateway and no real engine is touched.',
    )
    .addArgument(new Argument('<scenario>', 'what goes wrong').choices(['crisis-detection-failure']))
    .option('--json', 'one JSON document a line: each step as it comes, then the result', false)
    .addHelpText('after', '\nExit codes: 0 every expected event came in its time, 1 one did not.')
  examples(
    command,
    'haltgate drill crisis-detection-failure',
    'haltgate drill crisis-detection-failure --json',
  )

  command.action(async () => {
    const { json } = command.opts<{ json: boolean }>()
    const { drillCrisisDetectionFailure } = await import('../drills/crisis-detection-failure.ts')
    if (!json)
      cli.print(
        cli.look.paint(
          'bold',
          'DRILL: crisis detection fails. Times are on the drill clock, 60 times as fast.',
        ),
      )
    const display = json ? jsonLines(cli) : lines(cli)
    const { ok, steps, tookMs, failure } = await drillCrisisDetectionFailure(display, {
      env: cli.io.env,
      fetch: cli.io.fetch,
    })
    if (json) cli.print(JSON.stringify({ type: 'result', ok, tookMs, steps: steps.length, failure }))
    else if (ok)
      cli.print(
        cli.look.paint('green', `Every event came in its time: ${steps.length} in ${seconds(tookMs)}.`),
      )
    else cli.print(cli.look.paint('red', `THE DRILL FAILED: ${clean(failure ?? '')}`))
    cli.exitCode = ok ? exit.ok : exit.failed
  })
}

function jsonLines(cli: Cli): DrillDisplay {
  return { waiting() {}, step: (step) => cli.print(JSON.stringify({ type: 'step', ...step })) }
}

/** On a terminal the step that is waited for stands in the last line until it has come. */
function lines(cli: Cli): DrillDisplay {
  const erase = '\r\u001b[K'
  return {
    waiting(event, withinMs) {
      if (cli.io.isTTY) cli.io.stdout.write(`          ${event} … (at most ${seconds(withinMs)})`)
    },
    step(step) {
      cli.print(`${cli.io.isTTY ? erase : ''}${stepText(cli, step)}`)
    },
  }
}

function stepText(cli: Cli, { event, atMs, tookMs, withinMs, ok, detail }: DrillStep): string {
  const mark = ok ? cli.look.paint('green', 'ok  ') : cli.look.paint('red', 'FAIL')
  const took = cli.look.paint('dim', `(${seconds(tookMs)} of ${seconds(withinMs)})`)
  const more = detail === undefined ? '' : cli.look.paint('dim', `  ${clean(detail).slice(0, 160)}`)
  return `${seconds(atMs).padStart(8)}  ${mark}  ${event} ${took}${more}`
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
