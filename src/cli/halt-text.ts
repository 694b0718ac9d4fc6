import { engineNames } from '../engines/engine.ts'
import type { Halt } from './answers.ts'
import { stateCell } from './clearance-text.ts'
import { type Cell, clean, durationText, type Look } from './look.ts'

/** Whether AI replies are off for everyone under this scope, as `scopeApplies` has it. */
export function reachesEveryone(scope: string): boolean {
  return scope === 'all' || (scope.startsWith('engine:') && !isKnownEngine(scope.slice('engine:'.length)))
}

/** Where a halt applies, in words: `everyone`, `engine primary`, `tenant acme`. */
export function scopeWords(scope: string): string {
  if (scope === 'all') return 'everyone'
  const words = clean(scope.replace(':', ' '))
  return reachesEveryone(scope) ? `everyone (there is no ${words})` : words
}

function isKnownEngine(name: string): boolean {
  return engineNames.some((known) => known === name)
}

/** Halts one a line. */
export function haltTable(look: Look, halts: readonly Halt[]): string {
  return look.table(
    ['HALT', 'SCOPE', 'CAUSE', 'STATE', 'DURABLE', 'ENGAGED', 'BY', 'REASON'],
    halts.map((halt) => [
      halt.id,
      halt.scope,
      halt.cause,
      stateCell(halt),
      durable(halt),
      look.time(halt.engagedAtMs),
      halt.engagedBy,
      halt.reason,
    ]),
  )
}

/** Everything about one halt. */
export function haltFacts(look: Look, halt: Halt): string {
  const facts: [string, Cell][] = [
    ['halt', halt.id],
    ['state', stateCell(halt)],
    ['scope', halt.scope],
    ['cause', halt.cause],
    ['durable', durable(halt)],
    ['engaged', `${look.time(halt.engagedAtMs)} by ${halt.engagedBy}`],
    ['reason', halt.reason],
  ]
  if (halt.supersededBy !== undefined) facts.push(['superseded by', halt.supersededBy])
  if (halt.clearedAtMs !== undefined) {
    facts.push(
      ['cleared', `${look.time(halt.clearedAtMs)} by ${halt.clearedBy ?? 'unknown'}`],
      ['how', halt.clearedHow ?? 'not said'],
      ['after', durationText(halt.clearedAtMs - halt.engagedAtMs)],
      ['clearance', halt.clearedReason ?? ''],
    )
  }
  return look.facts(facts)
}

function durable(halt: Halt): Cell {
  return halt.acknowledged ? 'yes' : { text: 'NOT YET', style: 'yellow' }
}
