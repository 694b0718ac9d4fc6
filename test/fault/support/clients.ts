import { z } from 'zod'
import type { GatewayProcess } from '../../servers/gateway.ts'
import { until } from '../../servers/redis.ts'
import { nowMs, stampMark } from './stamping-engine.ts'

/** A piece of AI text at the client. `read`: which of the client's reads from its socket brought it. */
export interface Piece {
  stampedMs: number
  arrivedMs: number
  read: number
}

/** A running reply, as the client of an application sees it. */
export interface RunningReply {
  /** The AI text so far. */
  readonly pieces: readonly Piece[]
  /** Words that are not the engine's. */
  readonly otherText: string
  readonly finishReason: string | undefined
  /** When the stream had come to its end mark. */
  readonly doneAtMs: number | undefined
  /** Resolves when the stream is over: `done` with the end mark, `broken` in any other way. */
  readonly ended: Promise<'done' | 'broken'>
  leave(): void
}

const Chunk = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().optional() }),
      finish_reason: z.string().nullable().optional(),
    }),
  ),
})

const ask = (stream: boolean) =>
  JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'hello' }] })

/** Starts a streamed exchange and waits for its first piece of AI text. */
export async function openReply(gateway: GatewayProcess): Promise<RunningReply> {
  const leaving = new AbortController()
  const response = await fetch(`${gateway.traffic}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: ask(true),
    signal: leaving.signal,
  })
  if (response.status !== 200 || response.body === null) throw new Error(`no stream: HTTP ${response.status}`)
  const pieces: Piece[] = []
  let otherText = ''
  let finishReason: string | undefined
  let doneAtMs: number | undefined

  async function read(body: ReadableStream<Uint8Array>): Promise<'done' | 'broken'> {
    const decoder = new TextDecoder()
    let reads = 0
    let rest = ''
    for await (const bytes of body) {
      const arrivedMs = nowMs()
      reads++
      const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        if (event === 'data: [DONE]') doneAtMs = arrivedMs
        else if (event.startsWith('data: ')) take(event.slice('data: '.length), arrivedMs, reads)
      }
    }
    return doneAtMs === undefined ? 'broken' : 'done'
  }

  function take(data: string, arrivedMs: number, reads: number) {
    const chunk = Chunk.safeParse(JSON.parse(data))
    if (!chunk.success) return
    for (const { delta, finish_reason } of chunk.data.choices) {
      finishReason = finish_reason ?? finishReason
      const { content = '' } = delta
      if (content.startsWith(stampMark)) {
        pieces.push({ stampedMs: Number(content.slice(stampMark.length)), arrivedMs, read: reads })
      } else otherText += content
    }
  }

  const ended = read(response.body).catch(() => 'broken' as const)
  const reply: RunningReply = {
    pieces,
    get otherText() {
      return otherText
    },
    get finishReason() {
      return finishReason
    },
    get doneAtMs() {
      return doneAtMs
    },
    ended,
    leave: () => leaving.abort(),
  }
  await until('the first piece of a reply', () => pieces.length > 0)
  return reply
}

/** What one exchange that is not streamed comes to. */
export interface Answer {
  /** `ai`: the engine's own words. */
  replies: 'ai' | 'halted' | 'suspended' | 'other'
  /** The header that says why. */
  mark: string
  status: number
  text: string
}

const Whole = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) })

export async function askOnce(
  gateway: GatewayProcess,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${gateway.traffic}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: ask(false),
  })
  const whole = Whole.safeParse(await response.json())
  const text = whole.data?.choices[0]?.message.content ?? ''
  const mark = response.headers.get('x-haltgate') ?? ''
  const why = /^(halted|suspended)/.exec(mark)?.[1]
  const replies = why === 'halted' || why === 'suspended' ? why : text.startsWith(stampMark) ? 'ai' : 'other'
  return { replies, mark, status: response.status, text }
}

export async function untilReplies(
  gateway: GatewayProcess,
  wanted: Answer['replies'],
  timeoutMs = 15_000,
): Promise<Answer> {
  let answer = await askOnce(gateway)
  const seen = async () => {
    if (answer.replies !== wanted) answer = await askOnce(gateway)
    return answer.replies === wanted
  }
  await until(`replies to be ${wanted}`, seen, timeoutMs)
  return answer
}
