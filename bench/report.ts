import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figures.ts'
import { pinning } from './processes.ts'

const readme = join(import.meta.dirname, 'README.md')

/** The figures as a Markdown table. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, goal, met }) => {
    const verdict = met === undefined ? '' : met ? 'met' : '**missed**'
    return `| ${what} | ${measured} | ${goal} | ${verdict} |`
  })
  return ['| figure | measured | goal | |', '|---|---|---|---|', ...rows].join('\n')
}

/** Puts the figures of one measure into its place in bench/README.md, with what produced them. */
export function writeReadme(
  measure: string,
  figures: readonly Figure[],
  args: readonly string[],
  { script = 'npm run bench', where = pinning } = {},
): void {
  const text = readFileSync(readme, 'utf8')
  const begin = `<!-- ${measure}: begin -->`
  const end = `<!-- ${measure}: end -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end} in ${readme}`)
  const command = [script, ...(args.length === 0 ? [] : ['--', ...args])].join(' ')
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`
  const how = `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}, ${where}.`
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n\n${table(figures)}\n\n${how}\n\n${text.slice(to)}`)
}
