import { createInterface } from 'node:readline'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { CrisisAssessor, TextAssessment } from '../detectors/crisis/assess.ts'
import { crisisAction, safetyPolicyFields } from '../plan/policy.ts'
import { type Cli, examples } from './command.ts'
import { CliError, exit, type Io } from './io.ts'

export function addAssess(program: Command, cli: Cli): void {
  const command = program
    .command('assess')
    .description('Run the detectors over messages: one JSON object a line in, one verdict a line out.')
    .addOption(new Option('--side <side>', 'whose text it is').choices(['user', 'reply']).default('user'))
    .option('--json', 'print JSON lines, also on a terminal', false)
    .addHelpText('after', inputHelp)
  examples(command, `echo '{"id":"1","text":"I cannot go on"}' | haltgate assess`, 'haltgate assess')

  command.action(async () => {
    const { side, json } = command.opts<{ side: 'user' | 'reply'; json: boolean }>()
    cli.json = json
    const judge = await judges[side]()
    if (isInteractive(cli.io) && !json) await converse(cli, judge)
    else await judgeLines(cli, judge)
  })
}

/** One verdict a line; `why` is shown to people only. */
export interface Judge {
  /** Reads one parsed input line. Throws a `ZodError` for a line of another form. */
  judge(line: unknown): Record<string, unknown>
  /** What would happen with something typed, in words. */
  explain(typed: string): string[]
}

const judges: Record<'user' | 'reply', () => Promise<Judge>> = {
  user: async () => {
    const { createCrisisAssessor } = await import('../detectors/crisis/assess.ts')
    const { assessMessages } = await import('../detectors/crisis/conversation.ts')
    return userJudge(createCrisisAssessor(), assessMessages)
  },
  reply: async () => {
    const { createCrisisAssessor } = await import('../detectors/crisis/assess.ts')
    const { createHarmfulReplyDetector } = await import('../detectors/harmful-reply/harmful-reply.ts')
    const { replyJudge } = await import('./assess-reply.ts')
    return replyJudge(createCrisisAssessor(), createHarmfulReplyDetector())
  },
}

const inputHelp = `
Input, one JSON object a line:
  {"id":"1","text":"…"}  or  {"id":"1","messages":[{"role":"user","content":"…"}]}
  with --side reply: {"id":"1","user":"…","text":"…"}, and "state":"none|elevated|crisis" where it is known
Output:
  {"id":"1","outcome":"alert","category":"suicidal-ideation","level":"active","score":0.97,"micros":31}
  with --side reply: {"id":"1","harmful":true,"kind":"dismissal","score":0.93,"micros":64}
A line that cannot be read gives {"id":…,"error":"…"} and exit code 1 in the end; the other lines are judged.`

const UserLine = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string().optional(),
  messages: z
    .array(z.object({ role: z.string(), content: z.union([z.string(), z.null(), z.array(z.unknown())]) }))
    .optional(),
})

function userJudge(
  assessor: CrisisAssessor,
  assessMessages: (
    assessor: CrisisAssessor,
    messages: readonly { role: string; text: string }[],
  ) => TextAssessment,
): Judge {
  return {
    judge(line) {
      const { id, text, messages } = UserLine.parse(line)
      if (text === undefined && messages === undefined)
        throw new CliError(exit.failed, 'needs "text" or "messages"')
      const startedMs = performance.now()
      const found =
        messages === undefined
          ? assessor.assess(text ?? '')
          : assessMessages(
              assessor,
              messages.map(({ role, content }) => ({ role, text: textOf(content) })),
            )
      const micros = Math.round((performance.now() - startedMs) * 1000)
      return {
        ...(id === undefined ? {} : { id }),
        outcome: found.outcome,
        ...(found.category === undefined ? {} : { category: found.category, level: found.level }),
        score: Number(found.score.toFixed(4)),
        micros,
        ...(found.bypass === undefined ? {} : { bypass: found.bypass }),
      }
    },
    explain: (typed) => explanation(assessor.assess(typed), typed),
  }
}

/** Content parts count by their text, whatever else is in them. */
function textOf(content: string | null | readonly unknown[]): string {
  if (typeof content === 'string') return content
  return (content ?? [])
    .map((part) => TextPart.safeParse(part).data?.text ?? '')
    .filter((text) => text !== '')
    .join('\n')
}

const TextPart = z.object({ text: z.string() })

function explanation(found: TextAssessment, typed: string): string[] {
  const { outcome, category, level, score, evidence, reasons, bypass } = found
  const lines = [
    `${outcome}  ${(score * 100).toFixed(1)} %${category === undefined ? '' : `  ${category}, ${level}`}`,
  ]
  if (bypass !== undefined) lines.push('not judged: this language is not one that the detector knows')
  if (evidence.length > 0)
    lines.push(`because of: ${evidence.map(({ start, end }) => `"${typed.slice(start, end)}"`).join(', ')}`)
  if (reasons.length > 0) lines.push(`rules: ${[...new Set(reasons)].join(', ')}`)
  return [...lines, ...consequence(found)]
}

function consequence({ outcome, level, category }: TextAssessment): string[] {
  if (level === 'history')
    return ['what happens: no alert; the rest of the conversation is heard more closely']
  if (outcome === 'clear') return ['what happens: nothing']
  if (outcome === 'escalate')
    return [
      'what happens: uncertain; the reply is read sentence by sentence. Where remote detectors are configured they are asked, and without their answer it counts as an alert',
    ]
  const action =
    category === undefined || level === undefined ? 'support' : crisisAction(defaultPolicy, category, level)
  return action === 'intercept'
    ? ['what happens: alert; a written reply in place of the engine, the emergency number first']
    : [
        'what happens: alert; the engine answers, its reply is judged as a whole, and crisis lines are added if it has none',
      ]
}

/** Of a gateway without a configuration file. */
const defaultPolicy = safetyPolicyFields.crisis.parse({})

async function judgeLines(cli: Cli, { judge }: Judge): Promise<void> {
  const out = createWriter(cli)
  let number = 0
  for await (const line of createInterface({ input: inputOf(cli.io), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (line.trim() === '') continue
    const verdict = verdictOf(line, number, judge)
    if ('error' in verdict) cli.exitCode = exit.failed
    out.write(`${JSON.stringify(verdict)}\n`)
  }
  out.end()
}

/** Many lines a write when they come fast; a lone one goes out at once, for whoever waits for it. */
function createWriter(cli: Cli): { write(text: string): void; end(): void } {
  let waiting: string[] = []
  const end = () => {
    if (waiting.length > 0) cli.io.stdout.write(waiting.join(''))
    waiting = []
  }
  return {
    write(text) {
      if (waiting.length === 0) setImmediate(end)
      waiting.push(text)
      if (waiting.length >= 200) end()
    },
    end,
  }
}

function verdictOf(line: string, number: number, judge: Judge['judge']): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
    return judge(parsed)
  } catch (error) {
    const id = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(parsed).data?.id
    const reason =
      error instanceof SyntaxError
        ? 'not JSON'
        : error instanceof z.ZodError
          ? z.prettifyError(error)
          : error instanceof CliError
            ? error.message
            : 'could not be judged'
    return { ...(id === undefined ? {} : { id }), error: `line ${number}: ${reason}` }
  }
}

async function converse(cli: Cli, { explain }: Judge): Promise<void> {
  cli.print('Type a message to see what would happen with it. Nothing is kept or sent. Ctrl-D ends.')
  cli.io.stdout.write('> ')
  for await (const line of createInterface({ input: inputOf(cli.io) })) {
    if (line.trim() !== '') cli.print(explain(line).join('\n'))
    cli.io.stdout.write('> ')
  }
  cli.print('')
}

function inputOf(io: Io): NodeJS.ReadableStream {
  return io.stdin ?? process.stdin
}

function isInteractive(io: Io): boolean {
  return io.isTTY && (io.stdin === undefined ? process.stdin.isTTY === true : true)
}
