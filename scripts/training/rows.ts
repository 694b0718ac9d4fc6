import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { CrisisCategory, CrisisLevel } from '../../src/detectors/finding.ts'
import { expandTemplate } from './templates.ts'

const Message = z.object({ role: z.string(), content: z.string() })

/** One line of a training file: text, a conversation, or a template that stands for several texts. */
const TrainingLine = z.strictObject({
  family: z.string().min(1),
  text: z.string().optional(),
  template: z.string().optional(),
  messages: z.array(Message).optional(),
  label: z.union([z.literal(0), z.literal(1)]),
  category: CrisisCategory.optional(),
  level: CrisisLevel.optional(),
  kind: z.string(),
  lang: z.string(),
})

/** One text to learn from. */
export interface Row {
  family: string
  file: string
  messages: { role: string; text: string }[]
  label: 0 | 1
  category: CrisisCategory | undefined
  level: CrisisLevel | undefined
  kind: string
  lang: string
}

/** All rows of a folder's JSONL files in a fixed order, templates expanded. A wrong line names its place. */
export async function readRows(folder: string): Promise<Row[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
  const rows: Row[] = []
  for (const file of files) {
    let number = 0
    for await (const line of linesOf(join(folder, file))) {
      number++
      if (line.trim() === '') continue
      rows.push(...rowsOf(line, file, `${file}:${number}`))
    }
  }
  return rows
}

/** Lines of a text file; a name that ends in `.gz` is unpacked on the way. */
export function linesOf(path: string): AsyncIterable<string> {
  const raw = createReadStream(path)
  return createInterface({
    input: path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw,
    crlfDelay: Infinity,
  })
}

function rowsOf(line: string, file: string, place: string): Row[] {
  const parsed = TrainingLine.safeParse(parseJson(line, place))
  if (!parsed.success) throw new Error(`${place}: ${z.prettifyError(parsed.error)}`)
  const { family, text, template, messages, label, category, level, kind, lang } = parsed.data
  const rest = { family, file, label, category, level, kind, lang }
  if (messages !== undefined) {
    return [{ ...rest, messages: messages.map(({ role, content }) => ({ role, text: content })) }]
  }
  const texts = template === undefined ? [text ?? ''] : expandTemplate(template)
  if (texts.some((each) => each.trim() === ''))
    throw new Error(`${place}: a row needs text, template or messages`)
  return texts.map((each) => ({ ...rest, messages: [{ role: 'user', text: each }] }))
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new Error(`${place}: not JSON`, { cause: error })
  }
}
