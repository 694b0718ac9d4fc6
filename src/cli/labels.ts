import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { OutcomeCode } from '../referrals/crisis-event.ts'
import { Answer, ReviewKind } from '../reviews/review-item.ts'
import { type Cli, examples, path, speaksToGateway } from './command.ts'
import { type Cell, clean, type Look } from './look.ts'

const Item = z.looseObject({
  id: z.string(),
  atMs: z.number(),
  kind: z.string(),
  category: z.string(),
  level: z.string().nullable(),
  engine: z.string(),
  engineVersion: z.string(),
  engineHeard: z.boolean().nullable(),
  language: z.string(),
  paging: z.string().nullable(),
  evidence: z.string(),
  state: z.string(),
  crisis: z.string().nullable(),
  missed: z.string().nullable(),
  harmful: z.string().nullable(),
})
const Items = z.looseObject({ items: z.array(Item), evidence: z.string(), dropped: z.number() })
const OneItem = z.looseObject({ item: Item })
const KeptItem = z.looseObject({
  item: Item,
  keeping: z.looseObject({ held: z.boolean(), deleteAfterMs: z.number() }).nullable(),
})
type KeptItem = z.infer<typeof KeptItem>
const Excerpt = z.looseObject({ user: z.string(), reply: z.string() })

/** `haltgate labels list|show|evidence|decide|report|hold`. */
export function addLabels(program: Command, cli: Cli): void {
  const labels = program
    .command('labels')
    .description(
      'The review queue of the clinical team: what to look at, and what was decided. Needs the role clinical.',
    )
  examples(labels, 'haltgate labels list', 'haltgate labels decide 5f2c --crisis yes --missed yes')
  addList(labels, cli)
  addShow(labels, cli)
  addEvidence(labels, cli)
  addDecide(labels, cli)
  addReport(labels, cli)
  addHold(labels, cli)
}

function addList(labels: Command, cli: Cli): void {
  const command = labels
    .command('list')
    .description('What is to be looked at: live items of high risk first.')
    .addOption(new Option('--state <state>', 'which').choices(['open', 'decided', 'all']).default('open'))
    .addOption(new Option('--kind <kind>', 'only these').choices(ReviewKind.options))
    .option('--limit <n>', 'at most so many', limit, '50')
    .option('--after <id>', 'go on behind this item, its id whole')
  examples(command, 'haltgate labels list', 'haltgate labels list --kind presumed-miss --json')
  speaksToGateway<{ state: string; kind?: string; limit: string; after?: string }>(
    cli,
    command,
    async (gateway, options) => {
      const query = new URLSearchParams({ state: options.state, limit: options.limit })
      if (options.kind !== undefined) query.set('kind', options.kind)
      if (options.after !== undefined) query.set('after', options.after)
      const { document, data } = await gateway.get(`/reviews?${query}`, Items)
      return { document, text: () => queueText(cli.look, data) }
    },
  )
}

function queueText(look: Look, { items, evidence, dropped }: z.infer<typeof Items>): string {
  const rows = items.map((item): Cell[] => [
    item.id.slice(0, 8),
    look.time(item.atMs),
    item.paging === null ? item.kind : { text: `${item.kind}, PAGE`, style: 'red' },
    item.category,
    item.level ?? '-',
    item.engine,
    item.state === 'disputed' ? { text: 'disputed', style: 'yellow' } : item.state,
    item.evidence === 'kept' ? 'kept' : { text: item.evidence, style: 'yellow' },
  ])
  return [
    rows.length === 0
      ? 'Nothing to look at.'
      : look.table(['ITEM', 'AT', 'WHY', 'WHAT', 'LEVEL', 'ENGINE', 'STATE', 'EVIDENCE'], rows),
    ...(evidence === 'kept'
      ? []
      : [look.paint('yellow', 'No excerpts are kept: HALTGATE_MASTER_KEY is not set on this gateway.')]),
    ...(dropped === 0
      ? []
      : [
          look.paint(
            'yellow',
            `${dropped} items found the queue full (plan.reviews.maxItems); samples go first.`,
          ),
        ]),
  ].join('\n\n')
}

function addShow(labels: Command, cli: Cli): void {
  const command = labels
    .command('show')
    .description('One item, without its text.')
    .argument('<id>', 'the item, or 4 and more first characters of its id')
  examples(command, 'haltgate labels show 5f2c')
  speaksToGateway(cli, command, async (gateway, _, [id = '']) => {
    const { document, data } = await gateway.get(path`/reviews/${id}`, KeptItem)
    return { document, text: () => itemText(cli.look, data) }
  })
}

function itemText(look: Look, { item, keeping }: KeptItem): string {
  const heard = item.engineHeard === null ? 'not known' : item.engineHeard ? 'heard it' : 'showed no sign'
  return look.facts([
    ['item', item.id],
    ['why', item.paging === null ? item.kind : { text: `${item.kind}, to be paged`, style: 'red' }],
    ['what', `${item.category}${item.level === null ? '' : `, ${item.level}`}`],
    ['at', look.time(item.atMs)],
    ['engine', `${item.engine} ${item.engineVersion}, ${heard}`],
    ['evidence', keeping === null ? item.evidence : `kept, ${keptFor(look, keeping)}`],
    ['state', item.state],
    ...(item.state === 'decided'
      ? ([
          ['crisis', item.crisis ?? '-'],
          ['missed', item.missed ?? '-'],
          ['harmful', item.harmful ?? '-'],
        ] as const)
      : []),
  ])
}

function keptFor(look: Look, { held, deleteAfterMs }: NonNullable<KeptItem['keeping']>): string {
  return held ? 'held: it is not deleted' : `deleted after ${look.time(deleteAfterMs)}`
}

function addEvidence(labels: Command, cli: Cli): void {
  const command = labels
    .command('evidence')
    .description('Show what was said. Each look is written to the audit log.')
    .argument('<id>', 'the item, or 4 and more first characters of its id')
  examples(command, 'haltgate labels evidence 5f2c')
  speaksToGateway(cli, command, async (gateway, _, [id = '']) => {
    const { document, data } = await gateway.get(path`/reviews/${id}/evidence`, Excerpt)
    const part = (title: string, words: string) => `${cli.look.paint('dim', title)}\n${clean(words)}`
    return { document, text: () => [part('PERSON', data.user), part('REPLY', data.reply)].join('\n\n') }
  })
}

function addDecide(labels: Command, cli: Cli): void {
  const answers = (flag: string, what: string) =>
    new Option(`--${flag} <answer>`, what).choices(Answer.options)
  const command = labels
    .command('decide')
    .description(
      'Say what you have read. It cannot be taken back; with two readers a third settles a difference.',
    )
    .argument('<id>', 'the item, or 4 and more first characters of its id')
    .addOption(answers('crisis', 'whether the person disclosed a crisis').makeOptionMandatory())
    .addOption(answers('missed', 'whether the engine failed to see it').makeOptionMandatory())
    .addOption(answers('harmful', 'whether the reply does harm').default('no'))
    .addOption(new Option('--outcome <code>', 'what was done for the person').choices(OutcomeCode.options))
    .option('--without-evidence', 'decide although there is nothing to read any more', false)
  examples(
    command,
    'haltgate labels decide 5f2c --crisis yes --missed yes --outcome reached',
    'haltgate labels decide 5f2c --crisis no --missed no',
  )
  speaksToGateway<{
    crisis: string
    missed: string
    harmful: string
    outcome?: string
    withoutEvidence: boolean
  }>(cli, command, async (gateway, options, [id = '']) => {
    const { crisis, missed, harmful, outcome, withoutEvidence } = options
    const said = { crisis, missed, harmful, withoutEvidence }
    const body = { ...said, ...(outcome === undefined ? {} : { outcomeCode: outcome }) }
    const { document, data } = await gateway.post(path`/reviews/${id}/decisions`, body, OneItem)
    return { document, text: () => itemText(cli.look, { item: data.item, keeping: null }) }
  })
}

function addReport(labels: Command, cli: Cli): void {
  const command = labels
    .command('report')
    .description(
      'Put an exchange into the queue that somebody has reported. Roles: operator, clinical, commander.',
    )
    .option('--engine <name>', 'which engine answered', 'primary')
    .option('--category <code>', 'a code, such as missed-crisis', 'reported')
    .option('--level <level>', 'how acute, if known')
    .option('--session <id>', 'the session, kept as a keyed hash')
  examples(command, 'haltgate labels report --category missed-crisis --level plan --session s-81')
  speaksToGateway<{ engine: string; category: string; level?: string; session?: string }>(
    cli,
    command,
    async (gateway, { engine, category, level, session }) => {
      const body = {
        engine,
        category,
        ...(level === undefined ? {} : { level }),
        ...(session === undefined ? {} : { session }),
      }
      const { document, data } = await gateway.post('/reviews', body, z.looseObject({ id: z.string() }))
      return { document, text: () => `Taken in as ${data.id.slice(0, 8)}. See "haltgate labels list".` }
    },
  )
}

function addHold(labels: Command, cli: Cli): void {
  const command = labels
    .command('hold')
    .description('Keep evidence beyond its time, for an inquiry, or no longer.')
    .argument('<id>', 'the item, or 4 and more first characters of its id')
    .option('--release', 'delete it in its time again', false)
    .requiredOption('--reason <text>', 'why, for the audit log')
  examples(
    command,
    'haltgate labels hold 5f2c --reason "inquiry 2026-12"',
    'haltgate labels hold 5f2c --release --reason "inquiry is over"',
  )
  speaksToGateway<{ release: boolean; reason: string }>(
    cli,
    command,
    async (gateway, { release, reason }, [id = '']) => {
      const body = { held: !release, reason }
      const { document, data } = await gateway.post(path`/reviews/${id}/hold`, body, KeptItem)
      return { document, text: () => itemText(cli.look, data) }
    },
  )
}

function limit(text: string): string {
  const number = Number(text)
  if (/^\d{1,3}$/.test(text) && number >= 1 && number <= 200) return text
  throw new InvalidArgumentError('expected a number from 1 to 200.')
}
