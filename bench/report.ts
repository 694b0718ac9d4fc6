import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figures.ts'
import { pinning } from './processes.ts'

const readme = join(import.meta.dirname, 'README.md')
const begin = '<!-- figures: begin -->'
const end = '<!-- figures: end -->'

/** The figures as a Markdown table. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, goal, met }) => {
    const verdict = met === undefined ? '' : met ? 'met' : '**missed**'
    return `| ${what} | ${measured} | ${goal} | ${verdict} |`
  })
  return ['| figure | measured | goal | |', '|---|---|---|---|', ...rows].join('\n')
}

/** Puts the figures into bench/README.md, with what produced them and on which machine. */
export function writeReadme(figures: readonly Figure[], args: string[]): void {
  const text = readFileSync(readme, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end} in ${readme}`)
  const flags = args.filter((arg) => arg !== '--write').join(' ')
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`
  const how = `\`npm run bench${flags === '' ? '' : ` -- ${flags}`}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}, ${pinning}.`
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n${how}\n\n${table(figures)}\n${text.slice(to)}`)
}
