import type { EngineState, State } from './answers.ts'
import { breakerCell } from './breakers.ts'
import { haltTable, reachesEveryone, scopeWords } from './halt-text.ts'
import { type Cell, clean, durationText, type Look } from './look.ts'
import { breachLines, readingText } from './signal-text.ts'

/** The whole of `haltgate status`; its first line is the answer to the one question that matters. */
export function statusText(look: Look, url: string, state: State): string {
  const sections = [
    [verdict(look, state), ...doubts(look, state)].join('\n'),
    state.halts.length > 0 &&
      `${haltTable(look, state.halts)}\nTo end one: haltgate halts ID --clearance   (says the next step)`,
    look.facts(gatewayFacts(look, url, state)),
    state.engines.length > 0 && engineTable(look, state.engines),
    state.breaches.length > 0 && breachLines(look, state.breaches),
    state.warnings.length > 0 &&
      [look.paint('yellow', 'Warnings:'), ...state.warnings.map((warning) => `  ${clean(warning)}`)].join(
        '\n',
      ),
  ]
  return sections.filter((section) => section !== false).join('\n\n')
}

function verdict(look: Look, { replies, halts, health, nowMs }: State): string {
  if (replies === 'on') return look.paint('green', 'AI replies are ON.')
  if (replies === 'halted') {
    const scopes = [...new Set(halts.map(({ scope }) => scope))]
    const everyone = scopes.length === 0 || scopes.some(reachesEveryone)
    const whom = everyone ? 'everyone' : scopes.map(scopeWords).join(', ')
    const sinceMs = Math.min(...halts.map(({ engagedAtMs }) => engagedAtMs))
    const lasting = Number.isFinite(sinceMs) ? `, for ${durationText(nowMs - sinceMs)}` : ''
    return look.paint('red', `AI replies are HALTED for ${whom}${lasting}.`)
  }
  const { suspended } = health
  const lasting = suspended ? `, for ${durationText(nowMs - suspended.since)}` : ''
  return `${look.paint('yellow', `AI replies are SUSPENDED on this gateway${lasting}:`)} ${why(suspended === false ? undefined : suspended.why)}`
}

/** Why this gateway suspended replies, and what ends it. */
function why(reason: string | undefined): string {
  if (reason === 'unknown-store') {
    return 'the halt store holds no record of this installation. If it is a new one run "haltgate init", else restore it.'
  }
  return 'it cannot confirm the halt state with the halt store. It resumes by itself when it can: check the store and the network.'
}

/** What makes the first line less than the whole truth. */
function doubts(look: Look, { replies, health, timeScale }: State): string[] {
  const lines: string[] = []
  if (replies !== 'suspended' && health.suspended)
    lines.push(`It is also suspended: ${why(health.suspended.why)}`)
  if (health.unacknowledged > 0) {
    lines.push(
      `${health.unacknowledged} change(s) are enforced here and NOT ACKNOWLEDGED: other gateways may not know yet.`,
    )
  }
  if (timeScale !== 1) lines.push(`DRILL CLOCK: every clock of the plan runs at scale ${timeScale}.`)
  return lines.map((line) => look.paint('yellow', line))
}

function gatewayFacts(
  look: Look,
  url: string,
  { version, startedAtMs, nowMs, health, incidents, workers }: State,
): [string, Cell][] {
  const open = `${incidents.open} open, highest ${incidents.highest ?? 'unknown'} (haltgate incidents)`
  return [
    ['gateway', `${url}, version ${version}, up ${durationText(nowMs - startedAtMs)}`],
    ['time', look.time(nowMs)],
    [
      'incidents',
      incidents.open === 0
        ? 'none open'
        : { text: open, style: incidents.highest === 'P0' ? 'red' : 'yellow' },
    ],
    ['halt store', storeText(health)],
    ...(workers === undefined ? [] : [['workers', workersText(workers)] satisfies [string, Cell]]),
  ]
}

function storeText({ leaseAgeMs, storeErrors }: State['health']): Cell {
  const confirmed = leaseAgeMs === 0 ? 'this gateway alone' : `confirmed ${durationText(leaseAgeMs)} ago`
  const text = `${confirmed}, ${storeErrors} error${storeErrors === 1 ? '' : 's'}`
  return storeErrors > 0 ? { text, style: 'yellow' } : text
}

function workersText({ count, listening, restarts }: NonNullable<State['workers']>): Cell {
  const text = `${listening} of ${count} serving, ${restarts} restart${restarts === 1 ? '' : 's'}`
  return listening < count ? { text, style: 'yellow' } : text
}

function engineTable(look: Look, engines: readonly EngineState[]): string {
  return look.table(
    ['ENGINE', 'STATE', 'BREAKER', 'VERSION', 'URL', 'SIGNALS'],
    engines.map((engine) => [
      engine.name,
      engine.state,
      breakerCell(engine.breaker),
      engine.version ?? '-',
      engine.url ?? '-',
      readingText(engine.signals),
    ]),
  )
}
