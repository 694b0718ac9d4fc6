import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Incident, IncidentDetail, IncidentList } from './answers.ts'
import { type Cli, examples, path, speaksToGateway } from './command.ts'
import { type Cell, clean, durationText, type Look } from './look.ts'

export function addIncidents(program: Command, cli: Cli): void {
  const command = program
    .command('incidents')
    .description('List incidents, or show one with everything that happened in it.')
    .argument('[id]', 'one incident, or 4 and more first characters of its id')
    .addOption(
      new Option('--status <status>', 'which to list').choices(['open', 'resolved', 'all']).default('open'),
    )
    .option('--limit <n>', 'at most so many, newest first', wholeNumber, 50)
  examples(
    command,
    'haltgate incidents',
    'haltgate incidents --status all --limit 200',
    'haltgate incidents 01k2m',
  )

  speaksToGateway<{ status: string; limit: number }>(
    cli,
    command,
    async (gateway, { status, limit }, [id]) => {
      if (id !== undefined) {
        const { document, data } = await gateway.get(path`/incidents/${id}`, IncidentDetail)
        return { document, text: () => detail(cli.look, data.incident, data.events) }
      }
      const query = path`/incidents?status=${status}&limit=${String(limit)}`
      const { document, data } = await gateway.get(query, IncidentList)
      const none =
        status === 'open'
          ? 'No open incidents. All of them: haltgate incidents --status all'
          : 'No incidents.'
      return { document, text: () => (data.incidents.length === 0 ? none : list(cli.look, data.incidents)) }
    },
  )
}

function list(look: Look, incidents: readonly Incident[]): string {
  return look.table(
    ['INCIDENT', 'SEVERITY', 'SAFETY', 'STATUS', 'DETECTED', 'TITLE'],
    incidents.map((incident) => [
      incident.id,
      severity(incident),
      incident.safety,
      incident.status,
      look.time(incident.detectedAtMs),
      incident.title,
    ]),
  )
}

function detail(
  look: Look,
  incident: Incident,
  events: readonly { seq: number; atMs: number; actor: string; type: string; data?: unknown }[],
): string {
  const { resolvedAtMs } = incident
  const facts: [string, Cell][] = [
    ['incident', incident.id],
    ['severity', severity(incident)],
    ['safety', incident.safety],
    ['status', incident.status],
    ['detected', look.time(incident.detectedAtMs)],
  ]
  if (typeof resolvedAtMs === 'number') {
    facts.push([
      'resolved',
      `${look.time(resolvedAtMs)} after ${durationText(resolvedAtMs - incident.detectedAtMs)}`,
    ])
  }
  const timeline = look.table(
    ['#', 'TIME', 'ACTOR', 'EVENT', 'DATA'],
    events.map(({ seq, atMs, actor, type, data }) => [
      String(seq),
      look.time(atMs),
      actor,
      type,
      data === undefined || data === null ? '' : JSON.stringify(data),
    ]),
  )
  return [look.paint('bold', clean(incident.title)), look.facts(facts), '', timeline].join('\n')
}

function severity(incident: Incident): Cell {
  const style = incident.severity === 'P0' ? 'red' : incident.severity === 'P1' ? 'yellow' : 'bold'
  return { text: incident.severity, style }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= 1_000) return number
  throw new InvalidArgumentError('expected a whole number from 1 to 1000.')
}
