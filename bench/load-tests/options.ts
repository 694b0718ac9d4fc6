import { parseArgs } from 'node:util'
import type { Question } from './lib/question.ts'

/** What was asked on the command line. */
export type Asked =
  | { kind: 'help' }
  | { kind: 'wrong'; why: string }
  | { kind: 'run'; names: string[]; short: boolean; minutes: number; again: boolean; write: boolean }

const usualMinutes = 30

/** Reads the command line. `all` is every question except those that run by name only. */
export function readOptions(args: readonly string[], questions: readonly Question[]): Asked {
  const known = questions.map(({ name }) => name)
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        short: { type: 'boolean', default: false },
        again: { type: 'boolean', default: false },
        minutes: { type: 'string', default: `${usualMinutes}` },
        write: { type: 'boolean', default: false },
      },
    })
    if (values.help || positionals.length === 0) return { kind: 'help' }
    const all = questions.filter(({ onlyByName }) => onlyByName !== true).map(({ name }) => name)
    const names = [...new Set(positionals.flatMap((name) => (name === 'all' ? all : [name])))]
    const unknown = names.find((name) => !known.includes(name))
    if (unknown !== undefined)
      return { kind: 'wrong', why: `no question ${unknown}: expected all, ${known.join(', ')}` }
    const minutes = Number(values.minutes)
    if (!(minutes >= 1 && minutes <= 24 * 60))
      return { kind: 'wrong', why: `--minutes: expected a number from 1 to 1440, got ${values.minutes}` }
    return { kind: 'run', names, short: values.short, minutes, again: values.again, write: values.write }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}

/** What `--help` prints. */
export function help(questions: readonly Question[]): string {
  const width = Math.max(...questions.map(({ name }) => name.length))
  const rows = questions.map(
    ({ name, asks, takesSeconds: { long, short } }) =>
      `  ${name.padEnd(width)}  ${asks}\n  ${' '.repeat(width)}  about ${long} s, --short ${short} s`,
  )
  return [
    'npm run bench:load -- NAME... [--short] [--write]',
    '',
    'Asks a real gateway, over a real Redis and with demo engines, one question each under load. Ends with 1 when a',
    'threshold is missed. NAME is `all` (without soak) or one of:',
    '',
    ...rows,
    '',
    '  --short      as CI runs it: less time; added milliseconds are told and not judged',
    '  --again      a question that misses a threshold is asked once more',
    `  --minutes N  of the soak; ${usualMinutes} unless told otherwise`,
    '  --write      puts the results into bench/load-tests/README.md',
  ].join('\n')
}
