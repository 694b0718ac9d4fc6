import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDialect } from '../../../src/dialects/index.ts'
import { gatewayOf, type HeldEvent } from '../../dialects/held-stream.ts'
import {
  answers,
  openStream,
  type ScriptedEngine,
  startScriptedEngine,
} from '../../servers/scripted-engine.ts'

/** Replies with text of ours in them, as OpenAI's own client reads them from a socket. */

const dialect = createDialect('openai-chat')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const acknowledgement = 'I have read this.\n\n'
const lines = '\n\nCall 116 123, day or night. Grüße 🙂'
const ask = { model: 'listener-1', messages: [{ role: 'user' as const, content: 'hello' }], n: 2 }

let server: ScriptedEngine
let client: OpenAI

beforeEach(async () => {
  server = await startScriptedEngine(answers('{}'))
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterEach(() => server.close())

const chunk = (...choices: object[]): HeldEvent => ({
  data: JSON.stringify({
    id: 'chatcmpl-e',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'listener-1',
    choices: choices.map((choice) => ({ logprobs: null, finish_reason: null, ...choice })),
  }),
})
const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"q":1}' } }
/** Two interleaved choices: words alone, the last of them with the finish, and words beside a tool call. */
const events: HeldEvent[] = [
  chunk({ index: 0, delta: { role: 'assistant', content: '' } }),
  chunk(
    { index: 1, delta: { role: 'assistant', content: 'One ' } },
    { index: 0, delta: { content: 'Tell me' } },
  ),
  chunk({ index: 1, delta: { content: 'moment.', tool_calls: [call] } }),
  chunk({ index: 0, delta: { content: ' more.' }, finish_reason: 'stop' }),
  chunk({ index: 1, delta: {}, finish_reason: 'tool_calls' }),
  { data: '[DONE]' },
]

const open = () => dialect.openStream(dialect.readRequest({ ...ask, stream: true }), made)

/** Sends the bytes a few at a time, so that the client puts them together. */
function sends(bytes: Uint8Array): void {
  server.script = (exchange) => {
    const response = openStream(exchange)
    for (let at = 0; at < bytes.byteLength; at += 37) response.write(bytes.subarray(at, at + 37))
    response.end()
  }
}

describe("OpenAI's own client", () => {
  it.each([undefined, acknowledgement])(
    'reads a stream with lines in it, acknowledgement %j',
    async (first) => {
      sends(gatewayOf(open, first).send(events, () => lines).bytes)
      const reading = client.chat.completions.stream(ask)
      const contents: string[] = []
      const ids = new Set<string>()
      reading.on('chunk', ({ id, choices }) => {
        ids.add(id)
        for (const { index, delta } of choices)
          contents[index] = (contents[index] ?? '') + (delta.content ?? '')
      })
      const completion = await reading.finalChatCompletion()
      const expected = [`${first ?? ''}Tell me more.${lines}`, `${first ?? ''}One moment.${lines}`]
      expect(contents).toEqual(expected)
      expect(completion).toMatchObject({
        id: first === undefined ? 'chatcmpl-e' : 'chatcmpl-req-1',
        choices: [
          { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: expected[0] } },
          {
            index: 1,
            finish_reason: 'tool_calls',
            message: { content: expected[1], tool_calls: [{ function: call.function }] },
          },
        ],
      })
      expect(ids.size).toBe(1)
    },
  )

  it('reads an acknowledgement and then the safe reply, while the words of the engine were held', async () => {
    sends(gatewayOf(open, acknowledgement).cut(events, () => undefined, 0, 'Call 116 123.').bytes)
    const completion = await client.chat.completions.stream(ask).finalChatCompletion()
    for (const choice of completion.choices)
      expect(choice).toMatchObject({
        finish_reason: 'content_filter',
        message: { role: 'assistant', content: `${acknowledgement}Call 116 123.` },
      })
    expect(completion.choices).toHaveLength(2)
  })

  it('reads a whole reply with lines in it, and tool calls alone as they were', async () => {
    const silent = { role: 'assistant', content: null, tool_calls: [call] }
    const reply = {
      id: 'chatcmpl-e',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'listener-1',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Tell me more.' }, finish_reason: 'stop' },
        { index: 1, message: silent, finish_reason: 'tool_calls' },
      ],
    }
    server.script = answers(JSON.stringify(dialect.addText(reply, lines, dialect.readRequest(ask))))
    const { choices } = await client.chat.completions.create(ask)
    expect(choices).toMatchObject([
      { message: { content: `Tell me more.${lines}` }, finish_reason: 'stop' },
      { message: silent, finish_reason: 'tool_calls' },
    ])
  })
})
