import type { Dialect } from '../../src/dialects/dialect.ts'
import { createDialect } from '../../src/dialects/index.ts'
import { readChatRequest } from '../../src/dialects/openai-chat-request.ts'
import { chatRequest, everydayText, ordinaryReply, replyWords } from '../texts.ts'
import type { Operation } from './harness.ts'
import { manyOf } from './inputs.ts'

const bodies = 256
const made = { requestId: 'bench-request', nowMs: 0 }

/** What was said, read from the bytes that carry it. The conversations are those of the exchange benchmark: 1.5 KB. */
export const dialectOperations: Operation[] = [
  readBody('openai-chat', createDialect('openai-chat'), (messages) => ({ model: 'bench', messages })),
  readBody('openai-responses', createDialect('openai-responses'), (messages) => ({
    model: 'bench',
    input: messages,
  })),
  readBody('anthropic-messages', createDialect('anthropic-messages'), ([system, ...messages]) => ({
    model: 'bench',
    max_tokens: 400,
    system: system?.content,
    messages,
  })),
  readBody(
    'generic-json',
    createDialect('generic-json', {
      paths: ['POST /chat'],
      userText: { messages: '$.history' },
      replyText: '$.reply',
    }),
    (messages) => ({ history: messages }),
  ),
  {
    what: 'openai-chat: a whole reply of 0.7 KB, from bytes to text',
    prepare() {
      const dialect = createDialect('openai-chat')
      const replies = manyOf(bodies, (number) => bytesOf(chatReply(ordinaryReply(number, 360))))
      return { once: (at) => dialect.readReply(parse(replies.at(at))) }
    },
  },
  {
    what: 'openai-chat: one event of a stream, from data to text',
    prepare() {
      const dialect = createDialect('openai-chat')
      const request = dialect.readRequest({ messages: [{ role: 'user', content: everydayText(1, 40) }] })
      const stream = dialect.openStream(request, made)
      const events = manyOf(bodies, (number) => chatEvent(replyWords(number, 1)[0] ?? ''))
      return {
        once(at) {
          const texts = stream.read(events.at(at), undefined)
          stream.sent()
          return texts
        },
      }
    },
  },
]

interface ChatMessage {
  role: string
  content: string
}

function readBody(name: string, dialect: Dialect, wrap: (messages: ChatMessage[]) => object): Operation {
  return {
    what: `${name}: a request body of 1.5 KB, from bytes to conversation`,
    prepare() {
      const requests = manyOf(bodies, (number) => bytesOf(wrap(conversation(number))))
      return { once: (at) => dialect.readRequest(parse(requests.at(at))) }
    },
  }
}

function conversation(number: number): ChatMessage[] {
  const { messages } = readChatRequest(JSON.parse(chatRequest('bench', number).body))
  return messages.map(({ role, text }) => ({ role, content: text }))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const bytesOf = (body: object) => new TextEncoder().encode(JSON.stringify(body))
/** As the request path does it: strict about UTF-8. */
const parse = (bytes: Uint8Array): unknown => JSON.parse(utf8.decode(bytes))

const stamp = { id: 'chatcmpl-bench', created: 1_790_000_000, model: 'bench' }

function chatReply(content: string): object {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  return {
    ...stamp,
    object: 'chat.completion',
    choices,
    usage: { prompt_tokens: 300, completion_tokens: 80 },
  }
}

function chatEvent(content: string): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }]
  return JSON.stringify({ ...stamp, object: 'chat.completion.chunk', choices })
}
