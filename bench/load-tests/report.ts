import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../figures.ts'
import { table } from '../report.ts'
import type { Question } from './lib/question.ts'

const readme = join(import.meta.dirname, 'README.md')

/** Puts the answer to one question into its place in the README, with the day and what produced it. */
export function writeResult(
  { name, onlyByName = false }: Question,
  figures: readonly Figure[],
  { short, minutes }: { short: boolean; minutes: number },
): void {
  const text = readFileSync(readme, 'utf8')
  const begin = `<!-- ${name}: begin -->`
  const end = `<!-- ${name}: end -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end} in ${readme}`)
  const flags = [...(short ? ['--short'] : []), ...(onlyByName ? [`--minutes ${minutes}`] : [])]
  const command = ['npm run bench:load --', name, ...flags].join(' ')
  const how = `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}.`
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n\n${table(figures)}\n\n${how}\n\n${text.slice(to)}`)
}
