import type { Dialect } from '../dialects/dialect.ts'
import { createSseSplitter } from '../dialects/sse.ts'
import type { RequestView, TextDelta } from '../exchange.ts'
import type { Observed } from './probe-path.ts'

/** An engine's reply as it can be judged: what a person would read, and every JSON document in it. */
export interface EngineReplyText {
  text: string
  documents: unknown[]
}

const maxEventBytes = 1_048_576
const utf8 = new TextDecoder('utf-8')

/** Reads a reply from its bytes; `undefined` where it is broken, cut, or an error in the dress of a success. */
export function readEngineReply(
  reply: NonNullable<Observed['reply']>,
  dialect: Dialect,
  request: RequestView,
): EngineReplyText | undefined {
  try {
    return isEventStream(reply.headers)
      ? readStream(reply, dialect, request)
      : readWhole(reply, dialect, request)
  } catch {
    // The dialect's error may quote the reply: that there is none to judge is all that counts.
    return undefined
  }
}

function readWhole(
  { bytes, isWhole }: NonNullable<Observed['reply']>,
  dialect: Dialect,
  request: RequestView,
): EngineReplyText | undefined {
  if (!isWhole) return undefined
  const body: unknown = JSON.parse(utf8.decode(bytes))
  return { text: textOf(dialect.readReply(body, request)), documents: [body] }
}

function readStream(
  { bytes, isWhole }: NonNullable<Observed['reply']>,
  dialect: Dialect,
  request: RequestView,
): EngineReplyText | undefined {
  const stream = dialect.openStream(request, { requestId: 'inside', nowMs: 0 })
  const { events } = createSseSplitter({ maxEventBytes }).push(bytes)
  const texts: TextDelta[] = []
  const documents: unknown[] = []
  for (const { data, event } of events) {
    texts.push(...stream.read(data, event))
    const document = jsonOf(data)
    if (document !== undefined) documents.push(document)
  }
  const hasEnded = dialect.streamsEndMarked ? stream.ended() : isWhole
  return hasEnded ? { text: textOf(texts), documents } : undefined
}

/** What is read as the answer: the first choice, without reasoning and tool calls. */
function textOf(texts: readonly TextDelta[]): string {
  return texts
    .filter(({ choice, kind }) => choice === 0 && (kind === 'content' || kind === 'refusal'))
    .map(({ text }) => text)
    .join('')
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    // An end mark is no JSON.
    return undefined
  }
}

function isEventStream(headers: Record<string, string | string[]>): boolean {
  const type = headers['content-type']
  return typeof type === 'string' && type.toLowerCase().startsWith('text/event-stream')
}
