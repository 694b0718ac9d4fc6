import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type Cli, examples, path, speaksToGateway } from './command.ts'
import type { Look } from './look.ts'

const text = z.string()
const Counts = z.looseObject({
  since: text,
  counts: z.array(
    z.looseObject({ day: text, side: text, what: text, level: text, action: text, count: z.number() }),
  ),
})
type Count = z.infer<typeof Counts>['counts'][number]

const week = 7 * 86_400_000

export function addObserved(program: Command, cli: Cli): void {
  const command = program
    .command('observed')
    .description('What the gateway would have done while policy.mode was "observe", by day and kind.')
    .option('--since <day>', 'the first day, in UTC (default: a week ago)', day)
  examples(command, 'haltgate observed', 'haltgate observed --since 2026-11-15')

  speaksToGateway<{ since?: string }>(cli, command, async (gateway, { since = aWeekAgo() }) => {
    const { document, data } = await gateway.get(path`/screening-counts?since=${since}&mode=observe`, Counts)
    const none = `Nothing was observed since ${since}. It is counted while policy.mode is "observe".`
    return { document, text: () => (data.counts.length === 0 ? none : report(cli.look, data.counts)) }
  })
}

function report(look: Look, counts: readonly Count[]): string {
  const days = [...new Set(counts.map((count) => count.day))].sort()
  const lines = days.map((one) => ({ day: one, counts: counts.filter((count) => count.day === one) }))
  const whole = days.length > 1 ? [{ day: 'all days', counts }] : []
  return look.table(
    ['DAY', 'SIDE', 'WHAT', 'LEVEL', 'WOULD HAVE', 'COUNT', 'SHARE'],
    [...lines, ...whole].flatMap(({ day, counts }) =>
      (['message', 'reply'] as const).flatMap((side) =>
        sideRows(
          day,
          side,
          counts.filter((count) => count.side === side),
        ),
      ),
    ),
  )
}

/** First how many were judged, then what was found in them and what share that is. */
function sideRows(day: string, side: 'message' | 'reply', counts: readonly Count[]): string[][] {
  const judged = sum(counts.filter(({ what }) => what === 'all'))
  const found = counts.filter(({ what }) => what !== 'all')
  if (counts.length === 0) return []
  const kinds = new Map<string, Count[]>()
  for (const count of found) {
    const name = JSON.stringify([count.what, count.level, count.action])
    kinds.set(name, [...(kinds.get(name) ?? []), count])
  }
  const several = side === 'message' ? 'messages' : 'replies'
  return [
    [day, several, 'judged', '', '', String(judged), ''],
    [day, several, 'found', '', '', String(sum(found)), share(sum(found), judged)],
    ...[...kinds.values()]
      .sort((a, b) => sum(b) - sum(a))
      .map((same) => [
        day,
        several,
        same[0]?.what ?? '',
        same[0]?.level ?? '',
        wouldHave(same[0]?.action ?? ''),
        String(sum(same)),
        share(sum(same), judged),
      ]),
  ]
}

/** What a policy's action means to the person. */
function wouldHave(action: string): string {
  switch (action) {
    case 'support':
      return 'crisis lines where the reply has none'
    case 'intercept':
      return 'a written reply'
    case 'withhold':
      return 'the safe reply'
    case 'annotate':
      return 'a note behind it'
    case 'observe':
      return 'nothing'
    default:
      return action
  }
}

const sum = (counts: readonly Count[]) => counts.reduce((total, { count }) => total + count, 0)

/** Per thousand and finer, because a crisis is rare. */
function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(2)} %`
}

function aWeekAgo(): string {
  return new Date(Date.now() - week).toISOString().slice(0, 10)
}

function day(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
  if (isDay) return text
  throw new InvalidArgumentError('expected a day, such as 2026-11-22.')
}
