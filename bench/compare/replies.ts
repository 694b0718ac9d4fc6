import type { Pool } from 'undici'
import { openClients, send } from '../load.ts'
import { chatRequest } from '../texts.ts'
import { models, wholeModel } from './cases.ts'

/** What came back: the body as text, and the times in milliseconds since it was sent. */
export interface Reply {
  status: number
  body: string
  pieces: number
  firstMs: number
}

/** Sends one request and keeps its whole reply. */
export async function exchange(
  clients: Pool,
  request: { body: string; session: string },
  extraHeaders: Readonly<Record<string, string>>,
): Promise<Reply> {
  const sentMs = performance.now()
  const parts: Buffer[] = []
  let firstMs = Number.NaN
  const { status, pieces } = await send(clients, request, {
    extraHeaders,
    onData(piece) {
      if (parts.length === 0) firstMs = performance.now() - sentMs
      parts.push(piece)
    },
  })
  return { status, body: Buffer.concat(parts).toString(), pieces, firstMs }
}

/** What the engine answers, asked directly: the measure of every reply that comes through somebody. */
export interface ReplyBook {
  /** What is wrong with a reply, without any of its text; undefined when nothing is. */
  problem(model: string, reply: Pick<Reply, 'status' | 'body'>, isExact: boolean): string | undefined
}

export async function learnReplies(engineUrl: string): Promise<ReplyBook> {
  const clients = openClients(engineUrl, 1)
  const whole: string[] = []
  const streams = new Map<string, string>()
  const ask = (model: string, number: number) => exchange(clients, chatRequest(model, number), {})
  for (let number = 0; number < 16; number++) whole.push((await ask(wholeModel, number)).body)
  for (const model of models.filter((name) => name.startsWith('stream')))
    streams.set(model, (await ask(model, 0)).body)
  await clients.destroy()
  return createReplyBook(whole, streams)
}

/** The bodies of the whole replies, and the body of each streaming model. */
export function createReplyBook(whole: readonly string[], streams: ReadonlyMap<string, string>): ReplyBook {
  const bodies = new Set(whole)
  const contents = new Set(whole.map(contentOf))
  const streamed = new Map(
    [...streams].map(([model, body]) => [model, { bytes: body.length, text: textOf(body) }]),
  )
  return {
    problem(model, { status, body }, isExact) {
      if (status !== 200) return `expected 200, got ${status}`
      const stream = streamed.get(model)
      if (stream === undefined) {
        const known = isExact ? bodies.has(body) : contents.has(contentOf(body))
        return known ? undefined : `a reply of ${body.length} characters is not the engine's`
      }
      if (!body.trimEnd().endsWith('data: [DONE]')) return 'a stream ended without [DONE]'
      if (textOf(body) !== stream.text) return "the text of a stream is not the engine's"
      if (isExact && body.length !== stream.bytes)
        return `a stream has ${body.length} characters instead of ${stream.bytes}`
      return undefined
    },
  }
}

/** What a whole reply says; an impossible text when it is none. */
function contentOf(body: string): string {
  try {
    const reply: unknown = JSON.parse(body)
    return contentAt(reply, 'message') ?? '\0'
  } catch {
    return '\0'
  }
}

/** What the events of a stream say one after the other. */
function textOf(body: string): string {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => {
      const event: unknown = JSON.parse(line.slice('data: '.length))
      return contentAt(event, 'delta') ?? ''
    })
    .join('')
}

function contentAt(json: unknown, where: 'message' | 'delta'): string | undefined {
  const choices = field(json, 'choices')
  const content = field(field(Array.isArray(choices) ? choices[0] : undefined, where), 'content')
  return typeof content === 'string' ? content : undefined
}

const field = (json: unknown, name: string) => (isRecord(json) ? json[name] : undefined)

const isRecord = (json: unknown): json is Record<string, unknown> => typeof json === 'object' && json !== null
