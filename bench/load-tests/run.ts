import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg } from 'node:os'
import type { Figure } from '../figures.ts'
import { pinLoad } from '../processes.ts'
import { table } from '../report.ts'
import { NotInTime } from './lib/not-in-time.ts'
import type { Question, QuestionOptions } from './lib/question.ts'
import { help, readOptions } from './options.ts'
import { questions } from './questions.ts'
import { writeResult } from './report.ts'

const asked = readOptions(process.argv.slice(2), questions)
// Children end with this process, and it ends by its own exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

if (asked.kind === 'help') process.stdout.write(`${help(questions)}\n`)
else if (asked.kind === 'wrong') {
  process.stderr.write(`${asked.why}\n\n${help(questions)}\n`)
  process.exitCode = 2
} else {
  const missing = whatIsMissing()
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    process.exit(2)
  }
  const [busy = 0] = loadavg()
  if (busy > availableParallelism())
    process.stderr.write(
      `This machine is busy (load ${busy.toFixed(1)}): what is judged by the clock will be about that.\n`,
    )
  pinLoad()
  let missed = 0
  for (const name of asked.names) {
    const question = questions.find((each) => each.name === name)
    if (question === undefined) continue
    const startedMs = performance.now()
    const say = (progress: string) => {
      const atSeconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
      process.stderr.write(`${name} ${atSeconds.padStart(6)} s  ${progress}\n`)
    }
    say(question.asks)
    const figures = await answer(question, { ...asked, say })
    missed += figures.filter(({ met }) => met === false).length
    const verdict = figures.every(({ met }) => met !== false) ? 'passed' : 'FAILED'
    process.stdout.write(`\n${table(figures)}\n\n`)
    const shown = figures
      .filter(({ met }) => met !== undefined)
      .map(({ what, measured }) => `${what}: ${measured}`)
    process.stdout.write(
      `${name} ${verdict} in ${Math.round((performance.now() - startedMs) / 1_000)} s. ${shown.join('. ')}.\n\n`,
    )
    if (asked.write) writeResult(question, figures, asked)
  }
  if (missed > 0) process.exitCode = 1
}

/** What was promised and did not come is a missed threshold; any other error is ours, and ends the run. */
async function answer(question: Question, options: QuestionOptions): Promise<Figure[]> {
  try {
    return await question.run(options)
  } catch (error) {
    if (!(error instanceof NotInTime)) throw error
    return [{ what: 'What was to come', measured: error.message, goal: 'in time', met: false }]
  }
}

function whatIsMissing(): string | undefined {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'redis-server is not installed: npm run servers installs it on Debian and Ubuntu, as root'
  }
}
