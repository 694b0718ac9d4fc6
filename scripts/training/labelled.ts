import { z } from 'zod'
import { linesOf } from './rows.ts'

/** A labelled text from any JSONL file. */
export interface Labelled {
  messages: { role: string; text: string }[]
  label: 0 | 1
  kind: string
  lang: string
}

/** How to read a file that is not in our own form. */
export interface LabelledOptions {
  /** The field that holds the text, instead of `text` or `messages`. */
  field?: string
  /** The field that holds the label (1, 0, true, false); rows without it are left out. */
  map?: string
  /** The label of every row. */
  label?: 0 | 1
}

const Line = z.record(z.string(), z.unknown())
const Messages = z.array(z.object({ role: z.string(), content: z.string() }))

/** Reads `{text | messages, label, kind?, lang?}` a line, or another form as the options say. Each text counts once. */
export async function readLabelled(path: string, options: LabelledOptions): Promise<Labelled[]> {
  const rows: Labelled[] = []
  const seen = new Set<string>()
  let number = 0
  for await (const line of linesOf(path)) {
    number++
    if (line.trim() === '') continue
    const parsed = Line.safeParse(JSON.parse(line))
    if (!parsed.success) throw new Error(`line ${number}: expected a JSON object`)
    const row = toLabelled(parsed.data, options, number)
    const key = JSON.stringify(row?.messages)
    if (row === undefined || seen.has(key)) continue
    seen.add(key)
    rows.push(row)
  }
  return rows
}

function toLabelled(
  line: Record<string, unknown>,
  options: LabelledOptions,
  number: number,
): Labelled | undefined {
  const label = options.label ?? labelOf(line[options.map ?? 'label'])
  if (label === undefined) {
    if (options.map !== undefined) return undefined
    throw new Error(`line ${number}: "label" must be 0 or 1`)
  }
  const kind = typeof line.kind === 'string' ? line.kind : label === 1 ? 'crisis' : 'benign'
  const lang = typeof line.lang === 'string' ? line.lang : 'unknown'
  const messages = Messages.safeParse(line.messages)
  if (options.field === undefined && messages.success) {
    return {
      messages: messages.data.map(({ role, content }) => ({ role, text: content })),
      label,
      kind,
      lang,
    }
  }
  const text = line[options.field ?? 'text'] ?? line.prompt
  if (typeof text !== 'string') throw new Error(`line ${number}: no text in "${options.field ?? 'text'}"`)
  return { messages: [{ role: 'user', text }], label, kind, lang }
}

function labelOf(value: unknown): 0 | 1 | undefined {
  if (value === 1 || value === true) return 1
  if (value === 0 || value === false) return 0
  return undefined
}
