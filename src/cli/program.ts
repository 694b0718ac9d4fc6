import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { addApprove } from './approve.ts'
import { addAssess } from './assess.ts'
import { addBreakers } from './breakers.ts'
import { addCheck } from './check.ts'
import { addClear } from './clear.ts'
import { type Cli, examples } from './command.ts'
import { addDemoEngine } from './demo-engine.ts'
import { addDrill } from './drill.ts'
import { addHalt } from './halt.ts'
import { addHalts } from './halts.ts'
import { addIncidents } from './incidents.ts'
import { addInit } from './init.ts'
import { exitCodesHelp } from './io.ts'
import { addKeys } from './keys.ts'
import { addLabels } from './labels.ts'
import { addObserved } from './observed.ts'
import { addProbes } from './probes.ts'
import { addRegister } from './register.ts'
import { addStart } from './start.ts'
import { addStatus } from './status.ts'
import { addValidate } from './validate.ts'

/** All commands, in the order in which help shows them: what one needs in a hurry first. */
export function createProgram(cli: Cli): Command {
  const program = new Command('haltgate')
    .description(
      'A safety gateway in front of a conversation engine: see whether AI replies are on, and turn them off.',
    )
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('Add --help to see an example.')
    .configureOutput({
      writeOut: (text) => void cli.io.stdout.write(text),
      writeErr: (text) => void cli.io.stderr.write(text),
    })
  addStatus(program, cli)
  addHalt(program, cli)
  addHalts(program, cli)
  addValidate(program, cli)
  addApprove(program, cli)
  addClear(program, cli)
  addIncidents(program, cli)
  addBreakers(program, cli)
  addProbes(program, cli)
  addLabels(program, cli)
  addObserved(program, cli)
  addRegister(program, cli)
  addKeys(program, cli)
  addStart(program, cli)
  addInit(program, cli)
  addCheck(program, cli)
  addDrill(program, cli)
  addAssess(program, cli)
  addDemoEngine(program, cli)
  program.addHelpText(
    'after',
    `
The gateway is found through its data directory (--data-dir, default .haltgate), or by
HALTGATE_URL and HALTGATE_KEY, which win. Colour: only on a terminal, never with NO_COLOR.
${exitCodesHelp}`,
  )
  return examples(program, 'haltgate status', 'haltgate halt --reason "replies encourage self-harm"')
}
