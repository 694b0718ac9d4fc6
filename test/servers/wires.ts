import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { sseNamed } from '../../src/dialects/sse.ts'
import { completion, done, event, says, stop } from './scripted-engine.ts'

/** What a client has of a reply when it is over. */
export interface Heard {
  text: string
  /** How the reply ended, in the words of the dialect. */
  finish: string | undefined
  failure: unknown
  headers: Headers
}

/** A reply on its way to a client that may leave. */
export interface Hearing {
  /** Resolves with the first words; rejects when the reply is over without any. */
  readonly firstWords: Promise<string>
  readonly over: Promise<Heard>
  leave(): void
}

/** One dialect as an engine writes it and as its own client reads it, for promises that hold in all of them. */
export interface Wire {
  readonly name: string
  readonly path: string
  /** The engine of the configuration. */
  engine(url: string): Record<string, unknown>
  /** A request body. */
  request(words: string, stream: boolean): Record<string, unknown>
  /** A whole reply. */
  whole(text: string): string
  /** The events of a stream before its first word; none where the dialect has none. */
  readonly begin: string[]
  /** The events of all these words. */
  words(...pieces: string[]): string[]
  /** The events behind the last word. */
  end(text: string): string[]
  /** Ends of a reply that the engine finished, and of one that the gateway did. */
  readonly finishes: { engine: string | undefined; safe: string | undefined }
  ask(url: string, words: string, headers?: Record<string, string>): Promise<Heard>
  stream(url: string, words: string, headers?: Record<string, string>): Hearing
}

const inUs = { 'x-user-region': 'US' }
const messages = (words: string) => [{ role: 'user' as const, content: words }]

const openaiChat: Wire = {
  name: 'openai-chat',
  path: '/v1/chat/completions',
  engine: (url) => ({ url, dialect: 'openai-chat' }),
  request: (words, stream) => ({ model: 'listener-1', stream, messages: messages(words) }),
  whole: completion,
  begin: [event({ delta: { role: 'assistant', content: '' } })],
  words: (...pieces) => pieces.map(says),
  end: () => [stop, done],
  finishes: { engine: 'stop', safe: 'content_filter' },
  ask: (url, words, headers) =>
    heardWith(async (fetch) => {
      const client = openai(url, fetch, headers)
      const { choices } = await client.chat.completions.create({
        model: 'listener-1',
        messages: messages(words),
      })
      return { text: choices[0]?.message.content ?? '', finish: choices[0]?.finish_reason }
    }),
  stream: (url, words, headers) =>
    hearing((fetch, onWords) => {
      const reading = openai(url, fetch, headers).chat.completions.stream({
        model: 'listener-1',
        messages: messages(words),
      })
      reading.on('content', (_, all) => onWords(all))
      return {
        leave: () => reading.abort(),
        async read() {
          const { choices } = await reading.finalChatCompletion()
          return { text: choices[0]?.message.content ?? '', finish: choices[0]?.finish_reason }
        },
      }
    }),
}

const responseOf = (status: string, output: object[]) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status,
  error: null,
  incomplete_details: null,
  model: 'listener-1',
  metadata: {},
  output,
})
const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const item = (text: string) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [part(text)],
})
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const named = (type: string, number: number, fields: object) =>
  sseNamed(type, { type, sequence_number: number, ...fields })

const openaiResponses: Wire = {
  name: 'openai-responses',
  path: '/v1/responses',
  engine: (url) => ({ url, dialect: 'openai-responses' }),
  request: (words, stream) => ({ model: 'listener-1', stream, store: false, input: words }),
  whole: (text) => JSON.stringify(responseOf('completed', [item(text)])),
  begin: [named('response.created', 0, { response: responseOf('in_progress', []) })],
  words: (...pieces) => [
    named('response.output_item.added', 1, {
      output_index: 0,
      item: { ...item(''), status: 'in_progress', content: [] },
    }),
    named('response.content_part.added', 2, { ...at, part: part('') }),
    ...pieces.map((delta, index) =>
      named('response.output_text.delta', 3 + index, { ...at, delta, logprobs: [] }),
    ),
  ],
  end: (text) => [
    named('response.output_text.done', 90, { ...at, text, logprobs: [] }),
    named('response.content_part.done', 91, { ...at, part: part(text) }),
    named('response.output_item.done', 92, { output_index: 0, item: item(text) }),
    named('response.completed', 93, { response: responseOf('completed', [item(text)]) }),
  ],
  finishes: { engine: 'completed', safe: 'completed' },
  ask: (url, words, headers) =>
    heardWith(async (fetch) => {
      const reply = await openai(url, fetch, headers).responses.create({
        model: 'listener-1',
        input: words,
        store: false,
      })
      return { text: reply.output_text, finish: reply.status }
    }),
  stream: (url, words, headers) =>
    hearing((fetch, onWords) => {
      const reading = openai(url, fetch, headers).responses.stream({
        model: 'listener-1',
        input: words,
        store: false,
      })
      reading.on('response.output_text.delta', ({ snapshot }) => onWords(snapshot))
      return {
        leave: () => reading.abort(),
        async read() {
          const reply = await reading.finalResponse()
          return { text: reply.output_text, finish: reply.status }
        },
      }
    }),
}

const message = (content: object[], stop_reason: string | null = 'end_turn') => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'listener-1',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 4 },
})
const claude = (type: string, fields: object = {}) => sseNamed(type, { type, ...fields })
const textOf = ({ content }: Anthropic.Message) =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

const anthropicMessages: Wire = {
  name: 'anthropic-messages',
  path: '/v1/messages',
  engine: (url) => ({ url, dialect: 'anthropic-messages' }),
  request: (words, stream) => ({ model: 'listener-1', max_tokens: 100, stream, messages: messages(words) }),
  whole: (text) => JSON.stringify(message([{ type: 'text', text }])),
  begin: [claude('message_start', { message: message([], null) }), claude('ping')],
  words: (...pieces) => [
    claude('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...pieces.map((text) => claude('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  ],
  end: () => [
    claude('content_block_stop', { index: 0 }),
    claude('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 4 },
    }),
    claude('message_stop'),
  ],
  finishes: { engine: 'end_turn', safe: 'end_turn' },
  ask: (url, words, headers) =>
    heardWith(async (fetch) => {
      const reply = await anthropic(url, fetch, headers).messages.create({
        model: 'listener-1',
        max_tokens: 100,
        messages: messages(words),
      })
      return { text: textOf(reply), finish: reply.stop_reason ?? undefined }
    }),
  stream: (url, words, headers) =>
    hearing((fetch, onWords) => {
      const reading = anthropic(url, fetch, headers).messages.stream({
        model: 'listener-1',
        max_tokens: 100,
        messages: messages(words),
      })
      reading.on('text', (_, all) => onWords(all))
      return {
        leave: () => reading.abort(),
        async read() {
          const reply = await reading.finalMessage()
          return { text: textOf(reply), finish: reply.stop_reason ?? undefined }
        },
      }
    }),
}

const piece = (text: string) => `data: ${JSON.stringify({ piece: text })}\n\n`

const genericJson: Wire = {
  name: 'generic-json',
  path: '/talk',
  engine: (url) => ({
    url,
    dialect: 'generic-json',
    genericJson: {
      paths: ['POST /talk'],
      userText: '$.message',
      replyText: '$.answer.text',
      streamDelta: '$.piece',
    },
  }),
  request: (words, stream) => ({ message: words, stream }),
  whole: (text) => JSON.stringify({ answer: { text }, turn: 1 }),
  begin: [piece('')],
  words: (...pieces) => pieces.map(piece),
  end: () => [done],
  finishes: { engine: '[DONE]', safe: '[DONE]' },
  ask: (url, words, headers) =>
    heardWith(async (fetch) => {
      const response = await post(fetch, url, genericJson, words, false, headers)
      const body = await response.json()
      if (!response.ok) throw new Error(`answered ${response.status}`)
      return { text: body.answer.text, finish: '[DONE]' }
    }),
  stream: (url, words, headers) =>
    hearing((fetch, onWords) => {
      const leaving = new AbortController()
      return {
        leave: () => leaving.abort(),
        async read() {
          const response = await post(fetch, url, genericJson, words, true, headers, leaving.signal)
          let body = ''
          let text = ''
          for await (const bytes of response.body ?? []) {
            body += Buffer.from(bytes).toString()
            text = [...body.matchAll(/^data: (\{.*\})$/gm)]
              .map(([, data]) => JSON.parse(data ?? '').piece ?? '')
              .join('')
            if (text !== '') onWords(text)
          }
          return { text, finish: body.endsWith(done) ? '[DONE]' : undefined }
        },
      }
    }),
}

/** The four dialects. */
export const wires: readonly Wire[] = [openaiChat, openaiResponses, anthropicMessages, genericJson]

/** Asks without a client, for the very bytes. */
export function post(
  fetcher: typeof fetch,
  url: string,
  wire: Wire,
  words: string,
  stream: boolean,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetcher(url + wire.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...inUs, ...headers },
    body: JSON.stringify(wire.request(words, stream)),
    signal: signal ?? null,
  })
}

/** With the clients' own two retries, which must not happen. */
function openai(url: string, fetcher: typeof fetch, headers: Record<string, string> = {}): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: 'none',
    defaultHeaders: { ...inUs, ...headers },
    fetch: fetcher,
  })
}

function anthropic(url: string, fetcher: typeof fetch, headers: Record<string, string> = {}): Anthropic {
  return new Anthropic({
    baseURL: url,
    apiKey: 'none',
    defaultHeaders: { ...inUs, ...headers },
    fetch: fetcher,
  })
}

/** Keeps the headers that the client saw. */
function listening(): { fetcher: typeof fetch; headers(): Headers } {
  let headers = new Headers()
  return {
    async fetcher(input, init) {
      const response = await fetch(input, init)
      headers = response.headers
      return response
    },
    headers: () => headers,
  }
}

type Read = Pick<Heard, 'text' | 'finish'>

async function heardWith(ask: (fetcher: typeof fetch) => Promise<Read>): Promise<Heard> {
  const { fetcher, headers } = listening()
  try {
    return { ...(await ask(fetcher)), failure: undefined, headers: headers() }
  } catch (failure) {
    return { text: '', finish: undefined, failure, headers: headers() }
  }
}

function hearing(
  begin: (fetcher: typeof fetch, onWords: (all: string) => void) => { leave(): void; read(): Promise<Read> },
): Hearing {
  const { fetcher, headers } = listening()
  const first = Promise.withResolvers<string>()
  first.promise.catch(() => {})
  let text = ''
  const { leave, read } = begin(fetcher, (all) => {
    text = all
    first.resolve(all)
  })
  const over = read().then(
    (heard): Heard => ({ ...heard, failure: undefined, headers: headers() }),
    (failure: unknown): Heard => ({ text, finish: undefined, failure, headers: headers() }),
  )
  void over.then(() => first.reject(new Error('the reply is over and had no words')))
  return { firstWords: first.promise, over, leave }
}
