import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { sseData } from '../../src/dialects/sse.ts'
import { GatewayError } from '../../src/errors.ts'
import type { RequestView } from '../../src/exchange.ts'

const dialect = createDialect('openai-chat')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const decoder = new TextDecoder()

function open(more: object = {}) {
  const request: RequestView = dialect.readRequest({
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
    ...more,
  })
  const stream = dialect.openStream(request, made)
  const read = (data: unknown, event?: string) =>
    stream.read(typeof data === 'string' ? data : JSON.stringify(data), event)
  return { stream, read }
}

const chunk = (...choices: object[]) => ({
  id: 'chatcmpl-e',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'engine-model',
  choices,
})
const delta = (index: number, delta: unknown, finish_reason: unknown = null) => ({
  index,
  delta,
  finish_reason,
})

/** The data of each event in SSE bytes of ours, parsed where it is JSON. */
function frames(bytes: Uint8Array | undefined): unknown[] {
  const text = decoder.decode(bytes)
  if (text === '') return []
  expect(text.endsWith('\n\n')).toBe(true)
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => frame.replace(/^data: /, ''))
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)))
}

const stamp = {
  id: 'chatcmpl-e',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'engine-model',
}
const ownStamp = {
  id: 'chatcmpl-req-1',
  object: 'chat.completion.chunk',
  created: 1_764_000_000,
  model: 'haltgate',
}
const said = (index: number, content: string, role?: 'assistant', by: object = stamp) => [
  {
    ...by,
    choices: [{ index, delta: { ...(role && { role }), content }, logprobs: null, finish_reason: null }],
  },
  { ...by, choices: [{ index, delta: {}, logprobs: null, finish_reason: 'content_filter' }] },
]

describe('reading a stream', () => {
  it('gives the texts of interleaved choices, kinds apart', () => {
    const { stream, read } = open({ n: 2 })
    expect(read(chunk(delta(0, { role: 'assistant', content: '' })))).toEqual([])
    expect(
      read(chunk(delta(1, { content: 'b' }), delta(0, { reasoning_content: 'r', content: 'a' }))),
    ).toEqual([
      { choice: 1, kind: 'content', text: 'b' },
      { choice: 0, kind: 'content', text: 'a' },
      { choice: 0, kind: 'reasoning', text: 'r' },
    ])
    expect(read(chunk(delta(0, { tool_calls: [{ index: 0, function: { arguments: '{"x' } }] })))).toEqual([
      { choice: 0, kind: 'tool-call', text: '{"x' },
    ])
    expect(read(chunk(delta(0, { refusal: 'no' }), delta(1, {}, 'stop')))).toEqual([
      { choice: 0, kind: 'refusal', text: 'no' },
    ])
    expect(read({ ...chunk(), usage: { total_tokens: 3 } })).toEqual([])
    expect(read({ choices: null, usage: { total_tokens: 3 } })).toEqual([])
    expect(stream.ended()).toBe(false)
    expect(read('[DONE]')).toEqual([])
    expect(stream.ended()).toBe(true)
    expect(read(' [DONE] ')).toEqual([])
  })

  it('is not at its end with the last finish_reason', () => {
    const { stream, read } = open()
    read(chunk(delta(0, { content: 'a' }, 'stop')))
    expect(stream.ended()).toBe(false)
  })

  const garbage: unknown[] = [
    '',
    'not json',
    '[]',
    'null',
    '{}',
    { choices: {} },
    { choices: [null] },
    { choices: [{ index: 0, delta: 'text' }] },
    { choices: [{ index: 0, delta: { content: {} } }] },
    { choices: [{ index: 0, finish_reason: 4 }] },
    { choices: [{ index: 128, delta: {} }] },
    { choices: Array.from({ length: 10_000 }, (_, index) => ({ index, delta: {} })) },
    `{"choices":${'['.repeat(100_000)}`,
  ]
  it.each(garbage)('refuses what is not of the dialect (%#)', (data) => {
    expect(() => open().read(data)).toThrow(expect.objectContaining({ code: 'engine_garbage' }))
  })

  it('keeps the text of a broken event out of the error', () => {
    let thrown: unknown
    try {
      open().read('{"secret words')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(GatewayError)
    expect(thrown instanceof GatewayError && [thrown.message, thrown.cause]).toEqual([
      'the engine answered what is not of its dialect: the data of an event is not JSON',
      undefined,
    ])
  })

  it('bounds the choices it follows, over many events', () => {
    const { read } = open()
    for (let index = 0; index < 128; index++) read(chunk(delta(index, { content: 'a' })))
    expect(() => read(chunk(delta(128, { content: 'a' })))).toThrow(GatewayError)
  })

  it('takes an error inside for an engine error', () => {
    const engineError = expect.objectContaining({ code: 'engine_error' })
    expect(() => open().read({ error: { message: 'x', code: 'overloaded' } })).toThrow(engineError)
    expect(() => open().read({ message: 'x' }, 'error')).toThrow(engineError)
  })

  it('throws nothing but a GatewayError, whatever the data', () => {
    const json = fc.jsonValue()
    const event = fc.record({
      choices: fc.array(
        fc.record(
          { index: fc.oneof(fc.nat(200), json), delta: fc.record({ content: json }), finish_reason: json },
          { requiredKeys: [] },
        ),
      ),
      usage: json,
    })
    const data = fc.oneof(
      fc.string(),
      json.map((value) => JSON.stringify(value)),
      event.map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(fc.array(data), (events) => {
        const { stream } = open()
        for (const event of events) {
          try {
            stream.read(event, undefined)
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError)
          }
        }
        expect(frames(stream.endSafely('x'))).toContain('[DONE]')
      }),
      { numRuns: 200 },
    )
  })
})

describe('a safe end', () => {
  it('before the first event is a whole stream, in every choice asked for', () => {
    expect(frames(open({ n: 2 }).stream.endSafely('Call.'))).toEqual([
      ...said(0, 'Call.', 'assistant', ownStamp),
      ...said(1, 'Call.', 'assistant', ownStamp),
      '[DONE]',
    ])
  })

  it('follows what was sent, with the stamp of the stream and no second role', () => {
    const { stream, read } = open()
    read(chunk(delta(0, { role: 'assistant', content: '' })))
    read(chunk(delta(0, { content: 'You' })))
    stream.sent()
    expect(frames(stream.endSafely('\n\nCall.'))).toEqual([...said(0, '\n\nCall.'), '[DONE]'])
  })

  it('takes stamps where it finds them: an empty id is none', () => {
    const { stream, read } = open({ model: 'asked' })
    read({ id: '', created: 0, model: '', choices: [] })
    read(chunk(delta(0, { content: 'a' })))
    expect(frames(stream.endSafely('x'))[0]).toMatchObject({
      id: 'chatcmpl-e',
      model: 'engine-model',
      created: 0,
    })
  })

  it('leaves a finished choice alone and begins the one that has not begun', () => {
    const { stream, read } = open({ n: 3 })
    read(chunk(delta(0, { role: 'assistant', content: 'a' }), delta(1, { role: 'assistant', content: 'b' })))
    read(chunk(delta(0, {}, 'stop')))
    stream.sent()
    expect(frames(stream.endSafely('x'))).toEqual([...said(1, 'x'), ...said(2, 'x', 'assistant'), '[DONE]'])
  })

  it('reaches a choice that nobody asked for', () => {
    const { stream, read } = open()
    read(chunk(delta(4, { role: 'assistant', content: 'a' })))
    stream.sent()
    expect(frames(stream.endSafely('x'))).toEqual([...said(0, 'x', 'assistant'), ...said(4, 'x'), '[DONE]'])
  })

  it('just ends when all choices are finished', () => {
    const { stream, read } = open()
    read(chunk(delta(0, { role: 'assistant', content: 'a' }, 'stop')))
    stream.sent()
    expect(frames(stream.endSafely('x'))).toEqual(['[DONE]'])
    read('[DONE]')
    stream.sent()
    expect(frames(stream.endSafely('x'))).toEqual([])
  })

  it('still says the text when role, finish and end were read but never sent', () => {
    const { stream, read } = open()
    read(chunk(delta(0, { role: 'assistant', content: 'a' }, 'stop')))
    read('[DONE]')
    expect(stream.ended()).toBe(true)
    expect(frames(stream.endSafely('x'))).toEqual([...said(0, 'x', 'assistant'), '[DONE]'])
  })

  it('counts the events sent one by one', () => {
    const { stream, read } = open()
    read(chunk(delta(0, { role: 'assistant', content: 'a' })))
    read(chunk(delta(0, { content: 'b' })))
    read(chunk(delta(0, {}, 'stop')))
    stream.sent(1)
    stream.sent(1)
    expect(frames(stream.endSafely('x'))).toEqual([...said(0, 'x'), '[DONE]'])
    stream.sent(5)
    expect(frames(stream.endSafely('x'))).toEqual(['[DONE]'])
  })

  it('takes an empty finish_reason for none', () => {
    const { stream, read } = open()
    read(chunk(delta(0, { role: 'assistant', content: 'a' }, '')))
    stream.sent()
    expect(frames(stream.endSafely('x'))).toEqual([...said(0, 'x'), '[DONE]'])
  })

  it('is refused where the reply must follow a schema', () => {
    expect(open({ response_format: { type: 'json_object' } }).stream.endSafely('x')).toBeUndefined()
    expect(open({ tool_choice: 'required' }).stream.endSafely('x')).toBeUndefined()
  })

  it('reaches every open choice and no finished one, for any stream', () => {
    const event = fc.record({ index: fc.nat(4), role: fc.boolean(), finish: fc.boolean() })
    fc.assert(
      fc.property(fc.array(event), fc.nat(30), (events, sent) => {
        const { stream, read } = open({ n: 2 })
        for (const { index, role, finish } of events)
          read(
            chunk(delta(index, { ...(role && { role: 'assistant' }), content: 'a' }, finish ? 'stop' : null)),
          )
        stream.sent(sent)
        const seen = events.slice(0, sent)
        const finished = new Set(seen.filter(({ finish }) => finish).map(({ index }) => index))
        const known = new Set([0, 1, ...events.map(({ index }) => index)])
        const expected = [...known]
          .filter((index) => !finished.has(index))
          .sort()
          .flatMap((index) => {
            const roleSeen = seen.some((event) => event.index === index && event.role)
            return said(
              index,
              'x',
              roleSeen ? undefined : 'assistant',
              events.length === 0 ? ownStamp : stamp,
            )
          })
        expect(frames(stream.endSafely('x'))).toEqual([...expected, '[DONE]'])
      }),
    )
  })
})

describe("OpenAI's own client", () => {
  const client = (...parts: (Uint8Array | undefined)[]) =>
    new OpenAI({
      apiKey: 'none',
      baseURL: 'http://engine.test/v1',
      maxRetries: 0,
      fetch: async () =>
        new Response(
          new Blob(parts.filter((part) => part !== undefined).map((part) => new Uint8Array(part))),
          {
            headers: { 'content-type': 'text/event-stream' },
          },
        ),
    })
  const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }], n: 2 }
  const begun = () => {
    const opened = open({ n: 2 })
    const first = chunk(
      delta(0, { role: 'assistant', content: 'You' }),
      delta(1, { role: 'assistant', content: 'I' }),
    )
    opened.read(first)
    opened.stream.sent()
    return { ...opened, sent: sseData(first) }
  }

  it('sees a safe end as a normal one with content_filter', async () => {
    const { stream, sent } = begun()
    const ending = stream.endSafely('\n\nCall.')
    const completion = await client(sent, ending).chat.completions.stream(ask).finalChatCompletion()
    expect(completion).toMatchObject({
      choices: [
        {
          index: 0,
          finish_reason: 'content_filter',
          message: { role: 'assistant', content: 'You\n\nCall.' },
        },
        { index: 1, finish_reason: 'content_filter', message: { role: 'assistant', content: 'I\n\nCall.' } },
      ],
    })
  })

  it('reads a whole safe stream', async () => {
    const texts: string[] = []
    const stream = await client(open().stream.endSafely('Call.')).chat.completions.create({
      ...ask,
      stream: true,
    })
    for await (const { choices } of stream)
      texts.push(choices[0]?.delta.content ?? '', choices[0]?.finish_reason ?? '')
    expect(texts).toEqual(['Call.', '', '', 'content_filter'])
  })

  it('throws on an error frame, with code and request id', async () => {
    const { stream, sent } = begun()
    const error = stream.endWithError(
      new GatewayError('engine_closed', 'the engine closed the stream'),
      'req-1',
    )
    expect(decoder.decode(error)).not.toContain('[DONE]')
    const texts: string[] = []
    const consume = async () => {
      const reading = await client(sent, error).chat.completions.create({ ...ask, stream: true })
      for await (const { choices } of reading) texts.push(choices[0]?.delta.content ?? '')
    }
    await expect(consume()).rejects.toMatchObject({
      name: 'Error',
      code: 'engine_closed',
      type: 'server_error',
      error: { message: 'the engine closed the stream', request_id: 'req-1' },
    })
    expect(texts).toEqual(['You'])
  })

  it('would take a stream that just stops for a whole one, which is why the error frame is needed', async () => {
    const { sent } = begun()
    const reading = await client(sent).chat.completions.create({ ...ask, stream: true })
    let chunks = 0
    for await (const _ of reading) chunks++
    expect(chunks).toBe(1)
  })
})
