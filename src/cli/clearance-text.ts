import type { ClearanceView } from './answers.ts'
import { type Cell, clean, type Look } from './look.ts'

/** The state of a halt as people say it: `ramping, 10 % of sessions`. */
export function stateWords({ state, share }: { state: string; share?: number | undefined }): string {
  const words = clean(state).replaceAll('-', ' ')
  return state === 'ramping' && share !== undefined ? `${words}, ${percent(share)} of sessions` : words
}

/** Red while everybody is held up, yellow while something moves, plain when it is over. */
export function stateCell(halt: { state: string; share?: number | undefined }): Cell {
  const text = stateWords(halt)
  if (halt.state === 'cleared' || halt.state === 'superseded') return text
  return { text, style: halt.state === 'ramping' ? 'yellow' : 'red' }
}

/** Everything about a halt's way back: attempts with their figures, approvals, the ramp, what is missing. */
export function clearanceText(look: Look, view: ClearanceView): string {
  const facts: [string, Cell][] = [
    ['halt', view.haltId],
    ['state', stateCell(view)],
    ['proof', view.proof.replaceAll('-', ' ')],
  ]
  if (view.run !== undefined) facts.push(['run', `${view.run.done} of ${view.run.total} probes`])
  if (view.nextStepAtMs !== undefined) facts.push(['next step', `not before ${look.time(view.nextStepAtMs)}`])
  if (view.supersededBy !== undefined) facts.push(['superseded by', view.supersededBy])
  if (view.clearedHow !== undefined) facts.push(['cleared by', view.clearedHow])
  if (view.missing.length > 0) facts.push(['missing', view.missing.join('; ')])
  if (view.next !== undefined) facts.push(['next', view.next])
  const sections = [look.facts(facts), attemptTable(look, view), approvalTable(look, view)]
  return sections.filter((section) => section !== '').join('\n\n')
}

function attemptTable(look: Look, { attempts }: ClearanceView): string {
  if (attempts.length === 0) return ''
  return look.table(
    ['ATTEMPT', 'RESULT', 'WHEN', 'VERSION', 'AUTHOR', 'RUN', 'FIGURES'],
    attempts.map((one) => [
      String(one.attempt),
      one.passed ? { text: 'passed', style: 'green' } : { text: 'FAILED', style: 'red' },
      look.time(one.atMs),
      one.engineVersion,
      one.author,
      one.runHash.slice(0, 12),
      [figures(one.facts), one.repeatReason === undefined ? '' : `repeated: ${one.repeatReason}`]
        .filter((part) => part !== '')
        .join('; '),
    ]),
  )
}

function approvalTable(look: Look, { approvals }: ClearanceView): string {
  if (approvals.length === 0) return ''
  return look.table(
    ['APPROVED BY', 'AS', 'WHEN', 'HOLDS UNTIL'],
    approvals.map(({ by, role, atMs, expiresAtMs, holds }) => [
      by,
      role,
      look.time(atMs),
      holds ? look.time(expiresAtMs) : { text: `${look.time(expiresAtMs)}, run out`, style: 'yellow' },
    ]),
  )
}

function figures(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .map(([name, value]) => {
      const isShare = typeof value === 'number' && !Number.isInteger(value) && value > 0 && value < 1
      return name === 'says' ? String(value) : `${name} ${isShare ? percent(value) : String(value)}`
    })
    .join(', ')
}

function percent(share: number): string {
  return `${Math.round(1_000 * share) / 10} %`
}
