import { type Command, Option } from 'commander'
import { AnyAnswer, KeyList, NewKey } from './answers.ts'
import { type Cli, examples, path, requireReason, speaksToGateway } from './command.ts'
import { type Cell, clean } from './look.ts'

const roles = ['viewer', 'operator', 'clinical', 'commander', 'admin']

/** `haltgate keys create|list|revoke`. */
export function addKeys(program: Command, cli: Cli): void {
  const keys = program
    .command('keys')
    .description('Create, list and revoke the keys of people and services. Needs the role admin.')
  examples(keys, 'haltgate keys create --person "Anna Berg" --role operator', 'haltgate keys list')
  addCreate(keys, cli)
  addList(keys, cli)
  addRevoke(keys, cli)
}

function addCreate(keys: Command, cli: Cli): void {
  const command = keys
    .command('create')
    .description('Make a key for a person or a service. Its secret is shown once and kept nowhere.')
    .requiredOption('--person <name>', 'who will use it')
    .addOption(
      new Option('--role <role...>', 'what it may do; admin implies neither clinical nor commander')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--label <text>', 'a note, such as the machine it is for')
  examples(command, 'haltgate keys create --person "Anna Berg" --role operator --role commander')

  speaksToGateway<{ person: string; role: string[]; label?: string }>(
    cli,
    command,
    async (gateway, options) => {
      const { person, role, label } = options
      const body = { person, roles: [...new Set(role)], ...(label === undefined ? {} : { label }) }
      const { document, data } = await gateway.post('/keys', body, NewKey)
      const text = () =>
        [
          `Key ${clean(data.key.id)} for ${clean(data.key.person)} (${clean(data.key.roles.join(', '))}).`,
          'The secret is shown this once; hand it over safely and set it as HALTGATE_KEY:',
          clean(data.secret),
        ].join('\n')
      return { document, text }
    },
  )
}

function addList(keys: Command, cli: Cli): void {
  const command = keys.command('list').description('List all keys, without their secrets.')
  examples(command, 'haltgate keys list')
  speaksToGateway(cli, command, async (gateway) => {
    const { document, data } = await gateway.get('/keys', KeyList)
    const rows = data.keys.map((key): Cell[] => [
      key.id,
      key.prefix,
      key.person,
      key.roles.join(', '),
      typeof key.revokedAtMs === 'number'
        ? `revoked ${cli.look.time(key.revokedAtMs)}`
        : { text: 'valid', style: 'green' },
      key.label ?? '',
    ])
    const head = ['KEY', 'PREFIX', 'PERSON', 'ROLES', 'STATE', 'LABEL']
    return { document, text: () => (rows.length === 0 ? 'No keys.' : cli.look.table(head, rows)) }
  })
}

function addRevoke(keys: Command, cli: Cli): void {
  const command = keys
    .command('revoke')
    .description('Make a key invalid at once.')
    .argument('<id>', 'the key, or 4 and more first characters of its id')
    .requiredOption('--reason <text>', 'why, for the record')
  examples(command, 'haltgate keys revoke 01k2m --reason "laptop lost"')
  speaksToGateway<{ reason: string }>(cli, command, async (gateway, { reason }, [id = '']) => {
    const { document } = await gateway.post(
      path`/keys/${id}/revoke`,
      { reason: requireReason(reason) },
      AnyAnswer,
    )
    return { document, text: () => `Key ${clean(id)} is revoked.` }
  })
}
