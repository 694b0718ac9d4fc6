import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { createDialect } from '../../src/dialects/index.ts'
import { createSseSplitter, sseNamed } from '../../src/dialects/sse.ts'
import { GatewayError } from '../../src/errors.ts'

const dialect = createDialect('openai-responses')
const made = { requestId: 'req-1', nowMs: 1_764_000_000_999 }
const decoder = new TextDecoder()

type Event = { type: string } & Record<string, unknown>

function open(more: object = {}, request = dialect.readRequest({ input: 'hi', stream: true, ...more })) {
  const stream = dialect.openStream(request, made)
  const read = (data: unknown, event?: string) =>
    stream.read(typeof data === 'string' ? data : JSON.stringify(data), event)
  return { stream, read }
}

/** Numbers events as an engine does. */
const numbered = (...events: Event[]): Event[] => events.map((event, n) => ({ ...event, sequence_number: n }))

const response = (status: string, output: unknown[], more: object = {}) => ({
  id: 'resp_E',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'engine-model',
  status,
  error: null,
  incomplete_details: null,
  metadata: { theirs: 'kept' },
  output,
  ...more,
})

const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const thought = {
  type: 'reasoning',
  id: 'rs_1',
  status: 'completed',
  summary: [{ type: 'summary_text', text: 'hm' }],
}
const said = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [part('You could')],
}
const call = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'c_1',
  name: 'find',
  arguments: '{"q":1}',
  status: 'completed',
}

const thinking = (at: number): Event[] => {
  const where = { item_id: 'rs_1', output_index: at, summary_index: 0 }
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...thought, status: 'in_progress', summary: [] },
    },
    { type: 'response.reasoning_summary_part.added', ...where, part: { type: 'summary_text', text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...where, delta: 'h' },
    { type: 'response.reasoning_summary_text.delta', ...where, delta: 'm' },
    { type: 'response.reasoning_summary_text.done', ...where, text: 'hm' },
    { type: 'response.reasoning_summary_part.done', ...where, part: { type: 'summary_text', text: 'hm' } },
    { type: 'response.output_item.done', output_index: at, item: thought },
  ]
}
const saying = (at: number): Event[] => {
  const where = { item_id: 'msg_1', output_index: at, content_index: 0 }
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...said, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...where, part: part('') },
    { type: 'response.output_text.delta', ...where, delta: 'You ', logprobs: [] },
    { type: 'response.output_text.delta', ...where, delta: 'could', logprobs: [] },
    { type: 'response.output_text.done', ...where, text: 'You could', logprobs: [] },
    { type: 'response.content_part.done', ...where, part: part('You could') },
    { type: 'response.output_item.done', output_index: at, item: said },
  ]
}
const calling = (at: number): Event[] => {
  const where = { item_id: 'fc_1', output_index: at }
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...call, arguments: '', status: 'in_progress' },
    },
    { type: 'response.function_call_arguments.delta', ...where, delta: '{"q"' },
    { type: 'response.function_call_arguments.delta', ...where, delta: ':1}' },
    { type: 'response.function_call_arguments.done', ...where, name: 'find', arguments: '{"q":1}' },
    { type: 'response.output_item.done', output_index: at, item: call },
  ]
}
const begin: Event[] = [
  { type: 'response.created', response: response('in_progress', []) },
  { type: 'response.in_progress', response: response('in_progress', []) },
]
const whole = numbered(...begin, ...thinking(0), ...saying(1), ...calling(2), {
  type: 'response.completed',
  response: response('completed', [thought, said, call]),
})
const spoken = numbered(...begin, ...saying(0))

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
function sentUpTo(count: number, of: Event[], more: object = {}) {
  const opened = open(more)
  for (const event of of.slice(0, count)) opened.read(event, event.type)
  opened.stream.sent()
  return opened.stream
}

const wire = (list: Event[]) => list.map((event) => sseNamed(event.type, event)).join('')

/** OpenAI's own client, for which an engine answers with these SSE bytes. */
const client = (...pieces: (string | Uint8Array | undefined)[]) =>
  new OpenAI({
    apiKey: 'none',
    baseURL: 'http://engine.test/v1',
    maxRetries: 0,
    fetch: async () =>
      new Response(
        pieces.map((piece) => (typeof piece === 'string' ? piece : decoder.decode(piece))).join(''),
        { headers: { 'content-type': 'text/event-stream' } },
      ),
  })

describe('reading a stream', () => {
  it('gives each text once, although the format says it up to five times', () => {
    const { stream, read } = open()
    const texts = whole.flatMap((event) => read(event, event.type))
    expect(texts).toEqual([
      { choice: 0, kind: 'reasoning', text: 'h', part: 0 },
      { choice: 0, kind: 'reasoning', text: 'm', part: 0 },
      { choice: 0, kind: 'content', text: 'You ', part: 1 },
      { choice: 0, kind: 'content', text: 'could', part: 1 },
      { choice: 0, kind: 'tool-call', text: '{"q"', part: 2 },
      { choice: 0, kind: 'tool-call', text: ':1}', part: 2 },
    ])
    expect(stream.ended()).toBe(true)
  })

  it('gives text that comes without deltas, or differs from them in the end', () => {
    const { read } = open()
    const where = { output_index: 0, content_index: 0 }
    expect(read({ type: 'response.output_text.delta', ...where, delta: 'You' })).toMatchObject([
      { text: 'You' },
    ])
    expect(read({ type: 'response.output_text.done', ...where, text: 'You could' })).toMatchObject([
      { text: ' could' },
    ])
    expect(read({ type: 'response.content_part.done', ...where, part: part('You must') })).toMatchObject([
      { text: 'You must' },
    ])
    const late = response('completed', [{ ...said, content: [part('You must'), part('never seen')] }])
    expect(read({ type: 'response.completed', response: late })).toEqual([
      { choice: 0, kind: 'content', text: 'never seen', part: 0 },
    ])
  })

  const others: [Event, string, string][] = [
    [{ type: 'response.refusal.delta', delta: 'no' }, 'refusal', 'no'],
    [{ type: 'response.reasoning_text.delta', delta: 'so' }, 'reasoning', 'so'],
    [{ type: 'response.audio.transcript.delta', delta: 'said' }, 'content', 'said'],
    [{ type: 'response.custom_tool_call_input.delta', delta: 'x' }, 'tool-call', 'x'],
    [{ type: 'response.shell_call_output_content.delta', delta: { stdout: 'o' } }, 'tool-call', 'o'],
    [{ type: 'response.shell_call_command.done', command: 'ls' }, 'tool-call', 'ls'],
    [{ type: 'response.a_later_kind.delta', delta: 'new' }, 'tool-call', 'new'],
  ]
  it.each(others)('reads %j', (event, kind, text) => {
    expect(open().read(event)).toEqual([{ choice: 0, kind, text, part: 0 }])
  })

  it('takes the name of an event for its type where the data has none', () => {
    expect(open().read({ delta: 'a', output_index: 0 }, 'response.output_text.delta')).toMatchObject([
      { text: 'a' },
    ])
  })

  it('is at its end with the last event, or with the mark that some engines add', () => {
    for (const type of ['response.completed', 'response.incomplete', 'response.cancelled']) {
      const { stream, read } = open()
      read({ type, response: response('x', []) })
      expect(stream.ended()).toBe(true)
    }
    const { stream, read } = open()
    read({ type: 'response.output_item.done', output_index: 0, item: said })
    expect(stream.ended()).toBe(false)
    read('[DONE]')
    expect(stream.ended()).toBe(true)
  })

  const garbage: unknown[] = [
    '',
    'not json',
    '[]',
    '{}',
    { type: 5 },
    { type: 'response.completed', response: 'text' },
    { type: 'response.completed', response: { output: {} } },
    { type: 'response.output_text.delta', delta: 5 },
    { type: 'response.output_text.delta', delta: 'a', output_index: -1 },
    { type: 'response.output_text.delta', delta: 'a', output_index: 4096 },
    { type: 'response.output_text.delta', delta: 'a', content_index: 'x' },
    { type: 'response.output_item.added', item: 'text' },
    { type: 'response.content_part.added', part: 'text' },
  ]
  it.each(garbage)('refuses what is not of the dialect (%#)', (data) => {
    expect(() => open().read(data)).toThrow(expect.objectContaining({ code: 'engine_garbage' }))
  })

  it('takes an error inside, and a failed response, for an engine error', () => {
    const engineError = expect.objectContaining({
      code: 'engine_error',
      message: 'the engine reported an error (overloaded)',
    })
    const failed = response('failed', [], { error: { code: 'overloaded', message: 'she said' } })
    expect(() => open().read({ type: 'error', code: 'overloaded', message: 'she said' })).toThrow(engineError)
    expect(() => open().read({ type: 'error', error: { code: 'overloaded' } })).toThrow(engineError)
    expect(() => open().read({ code: 'overloaded' }, 'error')).toThrow(engineError)
    expect(() => open().read({ error: { code: 'overloaded' } }, 'x')).toThrow(engineError)
    expect(() => open().read({ type: 'response.failed', response: failed })).toThrow(engineError)
  })

  it('is a whole one where an earlier reply failed and is only looked up', () => {
    const retrieval = dialect.readRequest(undefined, {
      method: 'GET',
      pathAndQuery: '/v1/responses/resp_E?stream=true',
    })
    const { stream, read } = open({}, retrieval)
    read({ type: 'response.failed', response: response('failed', [], { error: { code: 'x' } }) })
    expect(stream.ended()).toBe(true)
  })

  it('throws nothing but a GatewayError, whatever the data, and can still be ended', () => {
    const json = fc.jsonValue()
    const types = [...new Set([...whole.map(({ type }) => type), 'error', 'response.refusal.delta', 'x'])]
    const event = fc.record(
      {
        type: fc.oneof(json, fc.constantFrom(...types)),
        output_index: fc.oneof(json, fc.nat(4)),
        content_index: fc.oneof(json, fc.nat(4)),
        item: fc.oneof(json, fc.constantFrom(said, call, thought, { type: 'message', content: [null] })),
        part: fc.oneof(json, fc.constant(part('a'))),
        delta: json,
        response: fc.oneof(json, fc.record({ output: json, metadata: json })),
        sequence_number: json,
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
  it('before the first event is a whole stream', () => {
    const ending = events(open({ model: 'asked' }).stream.endSafely('Call.'))
    expect(ending.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(ending.map((event) => event.sequence_number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(ending[0]).toMatchObject({ response: { id: 'resp_req-1', status: 'in_progress', output: [] } })
    expect(ending[8]).toMatchObject({
      response: {
        id: 'resp_req-1',
        model: 'asked',
        status: 'completed',
        output: [{ content: [part('Call.')] }],
      },
    })
  })

  it('closes what is open, goes on counting, and keeps what was sent', () => {
    const ending = events(sentUpTo(5, spoken).endSafely('\n\nCall.'))
    expect(ending.map(({ type, sequence_number }) => [sequence_number, type])).toEqual([
      [5, 'response.output_text.done'],
      [6, 'response.content_part.done'],
      [7, 'response.output_item.done'],
      [8, 'response.output_item.added'],
      [9, 'response.content_part.added'],
      [10, 'response.output_text.delta'],
      [11, 'response.output_text.done'],
      [12, 'response.content_part.done'],
      [13, 'response.output_item.done'],
      [14, 'response.completed'],
    ])
    const half = { ...said, status: 'incomplete', content: [part('You ')] }
    expect(ending[0]).toMatchObject({ item_id: 'msg_1', output_index: 0, content_index: 0, text: 'You ' })
    expect(ending[2]).toMatchObject({ output_index: 0, item: half })
    expect(ending[3]).toMatchObject({ output_index: 1, item: { id: 'msg_haltgate-safe-req-1', content: [] } })
    expect(ending[9]).toMatchObject({
      response: {
        id: 'resp_E',
        created_at: 1_700_000_000,
        status: 'completed',
        metadata: { theirs: 'kept', haltgate: 'safe-reply' },
        output: [half, { id: 'msg_haltgate-safe-req-1', content: [part('\n\nCall.')] }],
      },
    })
  })

  it('closes no part twice, and takes the text of a part as it was in the end', () => {
    const { stream, read } = open()
    const where = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    const corrected: Event[] = [
      ...spoken.slice(0, 5),
      { type: 'response.output_text.done', ...where, text: 'You must', logprobs: [] },
    ]
    for (const event of corrected) read(event, event.type)
    stream.sent()
    expect(events(stream.endSafely('x')).slice(0, 3)).toMatchObject([
      { type: 'response.output_text.done', text: 'You must' },
      { type: 'response.content_part.done', part: { text: 'You must' } },
      { type: 'response.output_item.done', item: { content: [{ text: 'You must' }] } },
    ])
    const closed = events(sentUpTo(8, spoken).endSafely('x'))
    expect(closed.slice(0, 2)).toMatchObject([
      { type: 'response.output_item.done', item: { content: [{ text: 'You could' }] } },
      { type: 'response.output_item.added' },
    ])
  })

  it('still says the text when the end was read but never sent', () => {
    const { stream, read } = open()
    for (const event of whole) read(event, event.type)
    stream.sent(whole.length - 1)
    expect(stream.ended()).toBe(true)
    const ending = events(stream.endSafely('x'))
    expect(ending.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [thought, said, call, { id: 'msg_haltgate-safe-req-1' }] },
    })
    stream.sent(1)
    expect(events(stream.endSafely('x'))).toEqual([])
  })

  it('leaves an open tool call open, for clients run what is done, and so is an incomplete response', () => {
    const upTo = whole.findIndex(({ type }) => type === 'response.function_call_arguments.delta') + 1
    const ending = events(sentUpTo(upTo, whole).endSafely('x'))
    expect(ending.filter(({ output_index }) => output_index === 2)).toEqual([])
    expect(JSON.stringify(ending)).not.toContain('function_call')
    expect(ending.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    })
  })

  it('of a retrieved stream that began in the middle keeps to the id asked for', () => {
    const retrieval = dialect.readRequest(undefined, {
      method: 'GET',
      pathAndQuery: '/v1/responses/resp_E?stream=true&starting_after=4',
    })
    const { stream, read } = open({}, retrieval)
    const late = {
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 3,
      content_index: 0,
      delta: 'a',
    }
    read({ ...late, sequence_number: 5 })
    stream.sent()
    const ending = events(stream.endSafely('x'))
    expect(ending[0]).toMatchObject({
      type: 'response.output_item.added',
      sequence_number: 6,
      output_index: 4,
    })
    expect(ending.at(-1)).toMatchObject({ response: { id: 'resp_E', status: 'completed' } })
  })

  it('is refused where the reply must follow a schema, also when only the response says so', () => {
    expect(open({ text: { format: { type: 'json_object' } } }).stream.endSafely('x')).toBeUndefined()
    expect(open({ tool_choice: 'required' }).stream.endSafely('x')).toBeUndefined()
    const retrieval = dialect.readRequest(undefined, { method: 'GET', pathAndQuery: '/v1/responses/resp_E' })
    const { stream, read } = open({}, retrieval)
    const format = { format: { type: 'json_schema', name: 'x', schema: {} } }
    read({ type: 'response.created', response: response('in_progress', [], { text: format }) })
    stream.sent()
    expect(stream.endSafely('x')).toBeUndefined()
  })
})

describe("OpenAI's own client", () => {
  const ask = { model: 'm', input: 'hi' }

  it('reads a safe end after any event as a normal one, with the text as the last thing said', async () => {
    for (let count = 0; count < whole.length; count++) {
      const ending = sentUpTo(count, whole).endSafely('\n\nCall.')
      const stream = client(wire(whole.slice(0, count)), ending).responses.stream(ask)
      let heard = ''
      stream.on('response.output_text.delta', ({ delta }) => {
        heard += delta
      })
      const final = await stream.finalResponse()
      const sequence = [...whole.slice(0, count), ...events(ending)].map((event) => event.sequence_number)
      expect(sequence).toEqual(sequence.map((_, n) => n))
      expect(heard).toMatch(/^(You (could)?)?\n\nCall\.$/)
      expect(final.output_text).toBe(heard)
      expect(final.output.at(-1)).toMatchObject({ type: 'message', content: [{ text: '\n\nCall.' }] })
      expect(final.output.some((item) => item.type === 'function_call' && item.arguments !== '{"q":1}')).toBe(
        false,
      )
    }
  })

  it('refuses a completed response over an open tool call, which is why that one is incomplete', async () => {
    const upTo = whole.findIndex(({ type }) => type === 'response.function_call_arguments.delta') + 1
    const ending = decoder
      .decode(sentUpTo(upTo, whole).endSafely('x'))
      .replaceAll('response.incomplete', 'response.completed')
    const final = client(wire(whole.slice(0, upTo)), ending)
      .responses.stream(ask)
      .finalResponse()
    await expect(final).rejects.toThrow('unfinished output items')
  })

  it('throws on an error frame, with code and request id', async () => {
    const error = sentUpTo(5, spoken).endWithError(new GatewayError('engine_closed', 'it broke'), 'req-1')
    expect(events(error)).toMatchObject([{ type: 'error', sequence_number: 5, code: 'engine_closed' }])
    const expected = { code: 'engine_closed', error: { message: 'it broke', request_id: 'req-1' } }
    const reading = await client(wire(spoken.slice(0, 5)), error).responses.create({ ...ask, stream: true })
    let heard = ''
    const consume = async () => {
      for await (const event of reading) if (event.type === 'response.output_text.delta') heard += event.delta
    }
    await expect(consume()).rejects.toMatchObject(expected)
    expect(heard).toBe('You ')
    const stream = client(wire(spoken.slice(0, 5)), error).responses.stream(ask)
    await expect(stream.finalResponse()).rejects.toMatchObject(expected)
  })

  it('would take a stream that just stops for a whole one, which is why the error frame is needed', async () => {
    const reading = await client(wire(spoken.slice(0, 5))).responses.create({ ...ask, stream: true })
    let count = 0
    for await (const _ of reading) count++
    expect(count).toBe(5)
  })
})
