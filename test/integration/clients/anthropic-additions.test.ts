import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDialect } from '../../../src/dialects/index.ts'
import { gatewayOf, type HeldEvent } from '../../dialects/held-stream.ts'
import {
  answers,
  openStream,
  type ScriptedEngine,
  startScriptedEngine,
} from '../../servers/scripted-engine.ts'

/** Replies with text of ours in them, as Anthropic's own client reads them from a socket. */

const dialect = createDialect('anthropic-messages')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const acknowledgement = 'I have read this.\n\n'
const lines = '\n\nCall 116 123, day or night. Grüße 🙂'
const ask = { model: 'listener-1', max_tokens: 100, messages: [{ role: 'user' as const, content: 'hello' }] }

let server: ScriptedEngine
let client: Anthropic

beforeEach(async () => {
  server = await startScriptedEngine(answers('{}'))
  client = new Anthropic({ baseURL: server.url, apiKey: 'none', maxRetries: 0 })
})
afterEach(() => server.close())

const message = (content: object[], stop_reason: string | null) => ({
  id: 'msg_E',
  type: 'message',
  role: 'assistant',
  model: 'listener-1',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 4 },
})
const thought = { type: 'thinking', thinking: 'hm', signature: 'AA==' }
const event = (type: string, fields: object = {}): HeldEvent => ({
  event: type,
  data: JSON.stringify({ type, ...fields }),
})
const events: HeldEvent[] = [
  event('message_start', { message: message([], null) }),
  event('ping'),
  event('content_block_start', { index: 0, content_block: { ...thought, thinking: '', signature: '' } }),
  event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } }),
  event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'AA==' } }),
  event('content_block_stop', { index: 0 }),
  event('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
  event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'Tell ' } }),
  event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'me more.' } }),
  event('content_block_stop', { index: 1 }),
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } }),
  event('message_stop'),
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

describe("Anthropic's own client", () => {
  it.each([undefined, acknowledgement])(
    'reads a stream with lines in it, acknowledgement %j',
    async (first) => {
      sends(gatewayOf(open, first).send(events, () => lines).bytes)
      const reading = client.messages.stream(ask)
      let heard = ''
      reading.on('text', (text) => {
        heard += text
      })
      const final = await reading.finalMessage()
      expect(heard).toBe(`${first ?? ''}Tell me more.${lines}`)
      expect(final).toMatchObject({
        id: first === undefined ? 'msg_E' : 'msg_req-1',
        stop_reason: 'end_turn',
        usage: { input_tokens: 3, output_tokens: 4 },
      })
      expect(final.content).toMatchObject([
        ...(first === undefined ? [] : [{ type: 'text', text: first }]),
        thought,
        { type: 'text', text: 'Tell me more.' },
        { type: 'text', text: lines },
      ])
    },
  )

  it('sends our words back as history, which is read as the assistant’s', async () => {
    sends(gatewayOf(open, acknowledgement).send(events, () => lines).bytes)
    const { role, content } = await client.messages.stream(ask).finalMessage()
    server.script = answers(JSON.stringify(message([{ type: 'text', text: 'Go on.' }], 'end_turn')))
    await client.messages.create({ ...ask, messages: [...ask.messages, { role, content }, ...ask.messages] })
    const { messages } = dialect.readRequest(JSON.parse(server.calls[1]?.body ?? ''))
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(messages[1]?.text).toBe([acknowledgement, 'hm', 'Tell me more.', lines].join('\n'))
  })

  it('reads an acknowledgement and then the safe reply, while the words of the engine were held', async () => {
    sends(gatewayOf(open, acknowledgement).cut(events, () => undefined, 0, 'Call 116 123.').bytes)
    const final = await client.messages.stream(ask).finalMessage()
    expect(final.stop_reason).toBe('end_turn')
    expect(final.content).toMatchObject([{ text: acknowledgement }, { text: 'Call 116 123.' }])
  })

  it('reads a whole reply with lines in it', async () => {
    const reply = message([thought, { type: 'text', text: 'Tell me more.' }], 'end_turn')
    server.script = answers(JSON.stringify(dialect.addText(reply, lines, dialect.readRequest(ask))))
    const { content } = await client.messages.create(ask)
    expect(content).toEqual([thought, { type: 'text', text: `Tell me more.${lines}` }])
  })
})
