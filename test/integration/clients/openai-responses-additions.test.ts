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

/** Replies with text of ours in them, as OpenAI's own client reads them from a socket on its Responses API. */

const dialect = createDialect('openai-responses')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const acknowledgement = 'I have read this.\n\n'
const lines = '\n\nCall 116 123, day or night. Grüße 🙂'
const ask = { model: 'listener-1', input: 'hello', store: false }

let server: ScriptedEngine
let client: OpenAI

beforeEach(async () => {
  server = await startScriptedEngine(answers('{}'))
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterEach(() => server.close())

const response = (status: string, output: object[]) => ({
  id: 'resp_E',
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
const thought = { type: 'reasoning', id: 'rs_E', summary: [] }
const said = {
  type: 'message',
  id: 'msg_E',
  role: 'assistant',
  status: 'completed',
  content: [part('Tell me more.')],
}
const at = { item_id: 'msg_E', output_index: 1, content_index: 0 }
const events: HeldEvent[] = [
  ['created', { response: response('in_progress', []) }] as const,
  ['in_progress', { response: response('in_progress', []) }] as const,
  ['output_item.added', { output_index: 0, item: thought }] as const,
  ['output_item.done', { output_index: 0, item: thought }] as const,
  ['output_item.added', { output_index: 1, item: { ...said, status: 'in_progress', content: [] } }] as const,
  ['content_part.added', { ...at, part: part('') }] as const,
  ['output_text.delta', { ...at, delta: 'Tell ', logprobs: [] }] as const,
  ['output_text.delta', { ...at, delta: 'me more.', logprobs: [] }] as const,
  ['output_text.done', { ...at, text: 'Tell me more.', logprobs: [] }] as const,
  ['content_part.done', { ...at, part: part('Tell me more.') }] as const,
  ['output_item.done', { output_index: 1, item: said }] as const,
  ['completed', { response: response('completed', [thought, said]) }] as const,
].map(([name, fields], number) => {
  const type = `response.${name}`
  return { event: type, data: JSON.stringify({ type, sequence_number: number, ...fields }) }
})
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
      const { bytes } = gatewayOf(open, first).send(events, () => lines)
      sends(bytes)
      const final = await client.responses.stream(ask).finalResponse()
      const expected = `${first ?? ''}Tell me more.${lines}`
      expect(final).toMatchObject({
        id: first === undefined ? 'resp_E' : 'resp_req-1',
        status: 'completed',
        output_text: expected,
      })
      expect(final.output.map(({ type }) => type)).toEqual([
        ...(first === undefined ? [] : ['message']),
        'reasoning',
        'message',
        'message',
      ])

      let heard = ''
      const numbers: number[] = []
      for await (const event of await client.responses.create({ ...ask, stream: true })) {
        if (event.type === 'response.output_text.delta') heard += event.delta
        if ('sequence_number' in event) numbers.push(event.sequence_number)
      }
      expect(heard).toBe(expected)
      expect(numbers).toEqual(numbers.map((_, index) => index))
    },
  )

  it('sends our words back as history, which is read as the assistant’s', async () => {
    sends(gatewayOf(open, acknowledgement).send(events, () => lines).bytes)
    const { output } = await client.responses.stream(ask).finalResponse()
    server.script = answers(JSON.stringify(response('completed', [said])))
    await client.post('/responses', {
      body: { ...ask, input: [...output, { role: 'user', content: 'and now?' }] },
    })
    const { messages } = dialect.readRequest(JSON.parse(server.calls[1]?.body ?? ''))
    expect(messages).toEqual([
      { role: 'assistant', text: acknowledgement },
      { role: 'assistant', text: '' },
      { role: 'assistant', text: 'Tell me more.' },
      { role: 'assistant', text: lines },
      { role: 'user', text: 'and now?' },
    ])
  })

  it('reads an acknowledgement and then the safe reply, while the words of the engine were held', async () => {
    sends(gatewayOf(open, acknowledgement).cut(events, () => undefined, 0, 'Call 116 123.').bytes)
    const final = await client.responses.stream(ask).finalResponse()
    expect(final).toMatchObject({
      status: 'completed',
      output_text: `${acknowledgement}Call 116 123.`,
      metadata: { haltgate: 'safe-reply' },
    })
  })

  it('reads a whole reply with lines in it', async () => {
    const reply = response('completed', [thought, said])
    server.script = answers(JSON.stringify(dialect.addText(reply, lines, dialect.readRequest(ask))))
    const { output, output_text } = await client.responses.create(ask)
    expect(output_text).toBe(`Tell me more.${lines}`)
    expect(output).toMatchObject([thought, { id: 'msg_E', content: [{ text: `Tell me more.${lines}` }] }])
  })
})
