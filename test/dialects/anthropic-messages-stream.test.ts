import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { createSseSplitter, sseNamed } from '../../src/dialects/sse.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('anthropic-messages')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const decoder = new TextDecoder()
const ask = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'hi' }] }

type Event = { type: string } & Record<string, unknown>

function open(more: object = {}) {
  const stream = dialect.openStream(dialect.readRequest({ ...ask, stream: true, ...more }), made)
  const read = (data: unknown, event?: string) =>
    stream.read(typeof data === 'string' ? data : JSON.stringify(data), event)
  return { stream, read }
}

const block = (index: number, start: object, ...deltas: object[]): Event[] => [
  { type: 'content_block_start', index, content_block: start },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const whole: Event[] = [
  {
    type: 'message_start',
    message: {
      id: 'msg_E',
      type: 'message',
      role: 'assistant',
      model: 'engine-model',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 5, output_tokens: 2 },
    },
  },
  { type: 'ping' },
  ...block(
    0,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'hm' },
    { type: 'signature_delta', signature: 'AAAA' },
  ),
  ...block(
    1,
    { type: 'text', text: '' },
    { type: 'text_delta', text: 'You ' },
    { type: 'text_delta', text: 'could' },
  ),
  ...block(
    2,
    { type: 'tool_use', id: 't', name: 'find', input: {} },
    { type: 'input_json_delta', partial_json: '{"q"' },
    { type: 'input_json_delta', partial_json: ':1}' },
  ),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 9 },
  },
  { type: 'message_stop' },
]

/** The events in SSE bytes of ours; each is named as its type says. */
function events(bytes: Uint8Array | undefined): Event[] {
  const { events } = createSseSplitter({ maxEventBytes: 1e6 }).push(bytes ?? new Uint8Array(0))
  return events.map(({ data, event }) => {
    const parsed = JSON.parse(data)
    expect(parsed.type).toBe(event)
    return parsed
  })
}

/** A stream that was read and sent up to here. */
function sentUpTo(count: number) {
  const { stream, read } = open()
  for (const event of whole.slice(0, count)) read(event, event.type)
  stream.sent()
  return stream
}

const wire = (list: Event[]) => list.map((event) => sseNamed(event.type, event)).join('')
const upTo = (type: string, nth = 1) => {
  const found = whole.flatMap((event, at) => (event.type === type ? [at + 1] : []))
  return found[nth - 1] ?? 0
}

/** Anthropic's own client, for which an engine answers with these SSE bytes. */
const client = (...pieces: (string | Uint8Array | undefined)[]) =>
  new Anthropic({
    apiKey: 'none',
    baseURL: 'http://engine.test',
    maxRetries: 0,
    fetch: async () =>
      new Response(
        pieces.map((piece) => (typeof piece === 'string' ? piece : decoder.decode(piece))).join(''),
        { headers: { 'content-type': 'text/event-stream', 'request-id': 'req-1' } },
      ),
  })

describe('reading a stream', () => {
  it('gives the texts of all blocks', () => {
    const { stream, read } = open()
    expect(whole.flatMap((event) => read(event, event.type))).toEqual([
      { choice: 0, kind: 'reasoning', text: 'hm', part: 0 },
      { choice: 0, kind: 'content', text: 'You ', part: 1 },
      { choice: 0, kind: 'content', text: 'could', part: 1 },
      { choice: 0, kind: 'tool-call', text: '{"q"', part: 2 },
      { choice: 0, kind: 'tool-call', text: ':1}', part: 2 },
    ])
    expect(stream.ended()).toBe(true)
  })

  const others: [unknown, string, string][] = [
    [{ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } }, 'content', 'a'],
    [
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'x_tool_result', content: { stdout: 'o' } },
      },
      'tool-call',
      'o',
    ],
    [
      { type: 'content_block_delta', index: 0, delta: { type: 'a_later_kind', summary: 'new' } },
      'content',
      'new',
    ],
  ]
  it.each(others)('reads %j', (event, kind, text) => {
    expect(open().read(event)).toEqual([{ choice: 0, kind, text, part: 0 }])
  })

  it('reads events of a later version, and messages that begin with content', () => {
    expect(open().read({ type: 'a_later_kind', text: 'new' })).toMatchObject([
      { kind: 'content', text: 'new' },
    ])
    const message = { content: [{ type: 'text', text: 'a' }] }
    expect(open().read({ type: 'message_start', message })).toMatchObject([{ text: 'a' }])
  })

  it('takes the name of an event for its type where the data has none', () => {
    const delta = { type: 'text_delta', text: 'a' }
    expect(open().read({ index: 0, delta }, 'content_block_delta')).toMatchObject([{ text: 'a' }])
  })

  it('is not at its end before its last event', () => {
    const { stream, read } = open()
    for (const event of whole.slice(0, -1)) read(event)
    expect(stream.ended()).toBe(false)
  })

  const garbage: unknown[] = [
    '',
    'not json',
    '[DONE]',
    '[]',
    '{}',
    { type: 'message_start' },
    { type: 'content_block_start', index: 0 },
    { type: 'content_block_start', index: 4096, content_block: { type: 'text' } },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'a' } },
    { type: 'content_block_delta', index: 0, delta: 'text' },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 5 } },
    { type: 'content_block_stop', index: -1 },
  ]
  it.each(garbage)('refuses what is not of the dialect (%#)', (data) => {
    expect(() => open().read(data)).toThrow(expect.objectContaining({ code: 'engine_garbage' }))
  })

  it('takes an error inside for an engine error, without its words', () => {
    const engineError = expect.objectContaining({
      code: 'engine_error',
      message: 'the engine reported an error (overloaded_error)',
    })
    const error = { type: 'overloaded_error', message: 'she said' }
    expect(() => open().read({ type: 'error', error })).toThrow(engineError)
    expect(() => open().read(error, 'error')).toThrow(engineError)
  })

  it('throws nothing but a GatewayError, whatever the data, and can still be ended', () => {
    const json = fc.jsonValue()
    const event = fc.record(
      {
        type: fc.oneof(json, fc.constantFrom(...whole.map(({ type }) => type), 'error')),
        index: fc.oneof(json, fc.nat(4)),
        content_block: fc.oneof(json, fc.constant({ type: 'text', text: 'a' })),
        delta: fc.oneof(json, fc.record({ type: json, text: json, stop_reason: json })),
        message: fc.oneof(json, fc.record({ content: json, usage: json })),
      },
      { requiredKeys: ['type'] },
    )
    const data = fc.oneof(
      fc.string(),
      fc.oneof(json, event).map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(fc.array(data), fc.nat(20), (list, sent) => {
        const { stream } = open()
        for (const one of list) {
          try {
            for (const { text } of stream.read(one, undefined)) expect(typeof text).toBe('string')
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError)
          }
        }
        stream.sent(sent)
        events(stream.endSafely('x'))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a safe end', () => {
  const ownBlock = (index: number, text: string) => [
    { type: 'content_block_start', index, content_block: { type: 'text', text: '', citations: null } },
    { type: 'content_block_delta', index, delta: { type: 'text_delta', text } },
    { type: 'content_block_stop', index },
  ]
  const ownEnd = (output_tokens: number) => [
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null },
      usage: { output_tokens },
    },
    { type: 'message_stop' },
  ]

  it('before the first event is a whole stream', () => {
    const [start, ...rest] = events(open().stream.endSafely('Call.'))
    expect(start).toMatchObject({
      type: 'message_start',
      message: { id: 'msg_req-1', model: 'm', content: [] },
    })
    expect(rest).toEqual([...ownBlock(0, 'Call.'), ...ownEnd(0)])
  })

  it('closes the open block and says the text in one of its own', () => {
    expect(events(sentUpTo(upTo('content_block_delta', 3)).endSafely('\n\nCall.'))).toEqual([
      { type: 'content_block_stop', index: 1 },
      ...ownBlock(2, '\n\nCall.'),
      ...ownEnd(2),
    ])
  })

  it('leaves an open tool call open, for clients run what has ended', () => {
    expect(events(sentUpTo(upTo('content_block_delta', 5)).endSafely('x'))).toEqual([
      ...ownBlock(3, 'x'),
      ...ownEnd(2),
    ])
  })

  it('still says the text when stop and end were read but never sent', () => {
    const { stream, read } = open()
    for (const event of whole) read(event, event.type)
    expect(stream.ended()).toBe(true)
    stream.sent(whole.length - 2)
    expect(events(stream.endSafely('x'))).toEqual([...ownBlock(3, 'x'), ...ownEnd(2)])
    stream.sent(1)
    expect(events(stream.endSafely('x'))).toEqual([{ type: 'message_stop' }])
    stream.sent(1)
    expect(events(stream.endSafely('x'))).toEqual([])
  })

  it('is refused where the reply must follow a schema', () => {
    expect(open({ tool_choice: { type: 'any' } }).stream.endSafely('x')).toBeUndefined()
  })
})

describe("Anthropic's own client", () => {
  it('reads a safe end after any event as the normal end of a turn, with the text as the last block', async () => {
    for (let count = 0; count < whole.length - 2; count++) {
      const ending = sentUpTo(count).endSafely('\n\nCall.')
      const stream = client(wire(whole.slice(0, count)), ending).messages.stream(ask)
      let heard = ''
      stream.on('text', (text) => {
        heard += text
      })
      const final = await stream.finalMessage()
      expect(heard).toMatch(/^(You (could)?)?\n\nCall\.$/)
      expect(final.stop_reason).toBe('end_turn')
      expect(final.content.at(-1)).toMatchObject({ type: 'text', text: '\n\nCall.' })
    }
  })

  it('throws on an error frame, with type, code and request id', async () => {
    const sent = wire(whole.slice(0, upTo('content_block_delta', 3)))
    const error = sentUpTo(9).endWithError(new GatewayError('engine_closed', 'it broke'), 'req-1')
    const expected = {
      type: 'api_error',
      errorCode: 'engine_closed',
      apiMessage: 'it broke',
      requestID: 'req-1',
    }
    const reading = await client(sent, error).messages.create({ ...ask, stream: true })
    const consume = async () => {
      for await (const _ of reading);
    }
    await expect(consume()).rejects.toMatchObject(expected)
    await expect(client(sent, error).messages.stream(ask).finalMessage()).rejects.toMatchObject(expected)
  })

  it('would take a stream that just stops for a whole one, which is why the error frame is needed', async () => {
    const sent = wire(whole.slice(0, upTo('content_block_delta', 3)))
    const reading = await client(sent).messages.create({ ...ask, stream: true })
    const heard: string[] = []
    for await (const { type } of reading) heard.push(type)
    expect(heard.at(-1)).toBe('content_block_delta')
  })
})
