import { type Command, Option } from 'commander'
import { ApprovalRole } from '../breakers/halt-entry.ts'
import { ClearanceChange, ClearanceView } from './answers.ts'
import { clearanceText } from './clearance-text.ts'
import { type Cli, examples, path, requireReason, speaksToGateway } from './command.ts'
import { CliError, exit } from './io.ts'
import { clean } from './look.ts'

interface ApproveOptions {
  run?: string
  as?: string
  reason: string
}

export function addApprove(program: Command, cli: Cli): void {
  const command = program
    .command('approve')
    .description(
      'Approve that a halt may end: shows every attempt with its figures, then approves the one that passed. Two people do so, one clinical, one commander, neither the author of the fix; the second approval begins the ramp.',
    )
    .argument('<id>', 'the halt, or 4 and more first characters of its id')
    .requiredOption('--reason <text>', 'what you looked at, for the record')
    .option(
      '--run <hash>',
      'the run that you looked at, or its first characters; refused when a newer one counts',
    )
    .addOption(new Option('--as <role>', 'for who has both roles').choices(ApprovalRole.options))
  examples(command, 'haltgate approve 01k2m --run 3fa4c1d2 --reason "figures read, recall 99.2 %"')

  speaksToGateway<ApproveOptions>(cli, command, async (gateway, options, [id = '']) => {
    const reason = requireReason(options.reason)
    const { data: before } = await gateway.get(path`/halts/${id}/clearance`, ClearanceView)
    if (!cli.json) cli.print(`${clearanceText(cli.look, before)}\n`)
    const counting = before.attempts.find(({ counts }) => counts)
    if (options.run !== undefined && counting?.runHash.startsWith(options.run) !== true)
      throw new CliError(exit.failed, `the run that counts is ${clean(counting?.runHash ?? 'none')}`, {
        next: 'Look at its figures above. NOT approved.',
      })
    // What was shown is what is approved, whatever comes in between.
    const { document, data } = await gateway.post(
      path`/halts/${id}/approvals`,
      { reason, runHash: counting?.runHash, engineVersion: counting?.engineVersion, role: options.as },
      ClearanceChange,
    )
    const { clearance, acknowledged, missing } = data
    return {
      document,
      text: () =>
        [
          cli.look.paint(
            'green',
            clearance.state === 'ramping'
              ? 'Approved. The ramp has begun: 10 % of sessions get AI replies.'
              : 'Approved.',
          ),
          ...(acknowledged
            ? []
            : [`${cli.look.paint('yellow', 'NOT ACKNOWLEDGED')}: ${clean(missing ?? 'not said what')}.`]),
          clearanceText(cli.look, clearance),
        ].join('\n'),
      exitCode: acknowledged ? exit.ok : exit.notAcknowledged,
    }
  })
}
