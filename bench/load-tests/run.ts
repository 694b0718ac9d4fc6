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
    let isMissed = await ask(question, asked)
    if (isMissed && asked.again) {
      process.stdout.write(`${name} is asked once more: a hiccup of the machine is no answer.\n\n`)
      isMissed = await ask(question, asked)
    }
    if (isMissed) missed++
  }
  if (missed > 0) process.exitCode = 1
}

/** Asks one question and tells its answer: whether a threshold was missed. */
async function ask(question: Question, options: Omit<QuestionOptions, 'say'> & { write: boolean }) {
  const { name } = question
  const startedMs = performance.now()
  const seconds = () => (performance.now() - startedMs) / 1_000
  const say = (progress: string) => {
    process.stderr.write(`${name} ${seconds().toFixed(1).padStart(6)} s  ${progress}\n`)
  }
  say(question.asks)
  const figures = await answer(question, { ...options, say })
  const isMissed = figures.some(({ met }) => met === false)
  process.stdout.write(`\n${table(figures)}\n\n`)
  const shown = figures
    .filter(({ met }) => met !== undefined)
    .map(({ what, measured }) => `${what}: ${measured}`)
  const verdict = isMissed ? 'FAILED' : 'passed'
  process.stdout.write(`${name} ${verdict} in ${Math.round(seconds())} s. ${shown.join('. ')}.\n\n`)
  if (options.write) writeResult(question, figures, options)
  return isMissed
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
