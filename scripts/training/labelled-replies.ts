import { z } from 'zod'
import { linesOf } from './rows.ts'

/** A labelled reply from any JSONL file. */
export interface LabelledReply {
  user: string
  /** Left out where the file does not say: then the crisis detector decides. */
  state: 'none' | 'elevated' | 'crisis' | undefined
  text: string
  label: 0 | 1
  kind: string
  lang: string
}

/** How to read a file that is not in our own form. */
export interface LabelledReplyOptions {
  /** The field of the reply, instead of `text`. */
  field?: string
  /** The field of what it answers, instead of `user`. */
  userField?: string
  /** The field of the label, instead of `harmful` or `label`. */
  map?: string
  /** The label of every row. */
  label?: 0 | 1
}

const Line = z.record(z.string(), z.unknown())
const State = z.enum(['none', 'elevated', 'crisis'])

/** Reads `{user, state?, text, harmful, kind?, lang?}` a line, or another form as the options say. Each pair counts once. */
export async function readLabelledReplies(
  path: string,
  options: LabelledReplyOptions,
): Promise<LabelledReply[]> {
  const rows = new Map<string, LabelledReply>()
  let number = 0
  for await (const line of linesOf(path)) {
    number++
    if (line.trim() === '') continue
    const parsed = Line.safeParse(JSON.parse(line))
    if (!parsed.success) throw new Error(`line ${number}: expected a JSON object`)
    const row = toReply(parsed.data, options, number)
    if (row !== undefined) rows.set(JSON.stringify([row.user, row.text]), row)
  }
  return [...rows.values()]
}

function toReply(
  line: Record<string, unknown>,
  options: LabelledReplyOptions,
  number: number,
): LabelledReply | undefined {
  const text = line[options.field ?? 'text'] ?? line.reply
  const user = line[options.userField ?? 'user']
  const label = options.label ?? labelOf(line[options.map ?? 'harmful'] ?? line.label)
  if (typeof text !== 'string') throw new Error(`line ${number}: no reply in "${options.field ?? 'text'}"`)
  if (text.trim() === '') return undefined
  if (label === undefined) throw new Error(`line ${number}: "${options.map ?? 'harmful'}" must be 0 or 1`)
  const state = State.safeParse(line.state)
  return {
    user: typeof user === 'string' ? user : '',
    state: state.success ? state.data : undefined,
    text,
    label,
    kind: typeof line.kind === 'string' ? line.kind : label === 1 ? 'harmful' : 'fine',
    lang: typeof line.lang === 'string' ? line.lang : 'unknown',
  }
}

function labelOf(value: unknown): 0 | 1 | undefined {
  return value === 1 || value === true ? 1 : value === 0 || value === false ? 0 : undefined
}
