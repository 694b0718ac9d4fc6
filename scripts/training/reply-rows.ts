import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { HarmKind } from '../../src/detectors/finding.ts'
import { linesOf } from './rows.ts'
import { expandTemplate } from './templates.ts'

/** One line of a file of replies: a reply, or a template that stands for several. */
const ReplyLine = z.strictObject({
  family: z.string().min(1),
  user: z.string(),
  state: z.enum(['none', 'elevated', 'crisis']),
  text: z.string().optional(),
  template: z.string().optional(),
  harmful: z.union([z.literal(0), z.literal(1)]),
  kind: z.string(),
  lang: z.string(),
})

/** One reply to learn from. */
export interface ReplyRow {
  family: string
  file: string
  user: string
  state: 'none' | 'elevated' | 'crisis'
  text: string
  label: 0 | 1
  /** The harm, or the benign kind. */
  kind: string
  lang: string
}

/** All rows of a folder's JSONL files in a fixed order, templates expanded. A wrong line names its place. */
export async function readReplyRows(folder: string): Promise<ReplyRow[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
  const rows: ReplyRow[] = []
  for (const file of files) rows.push(...(await readReplyFile(join(folder, file), file)))
  return rows
}

export async function readReplyFile(path: string, file: string): Promise<ReplyRow[]> {
  const rows: ReplyRow[] = []
  let number = 0
  for await (const line of linesOf(path)) {
    number++
    if (line.trim() !== '') rows.push(...rowsOf(line, file, `${file}:${number}`))
  }
  return rows
}

/** A template of replies stands for fewer texts than one of messages: replies vary less. */
const maxTexts = 6

function rowsOf(line: string, file: string, place: string): ReplyRow[] {
  const parsed = ReplyLine.safeParse(JSON.parse(line))
  if (!parsed.success) throw new Error(`${place}: ${z.prettifyError(parsed.error)}`)
  const { text, template, harmful, ...rest } = parsed.data
  if (harmful === 1 && !HarmKind.safeParse(rest.kind).success)
    throw new Error(`${place}: no kind of harm "${rest.kind}"`)
  const texts = template === undefined ? [text ?? ''] : expandTemplate(template, maxTexts)
  if (texts.some((each) => each.trim() === '')) throw new Error(`${place}: a row needs text or template`)
  return texts.map((each) => ({ ...rest, file, text: each, label: harmful }))
}
