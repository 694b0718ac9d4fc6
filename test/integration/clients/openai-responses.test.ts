import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sseNamed } from '../../../src/dialects/sse.ts'
import { type LiveGateway, startLiveGateway } from '../../servers/live-gateway.ts'
import {
  answers,
  breaksOff,
  openStream,
  type ScriptedEngine,
  startScriptedEngine,
  streams,
} from '../../servers/scripted-engine.ts'

/** OpenAI's own client on its Responses API, as applications use it, with its default of two retries. */

let primary: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway
let client: OpenAI

beforeEach(async () => {
  primary = await startScriptedEngine(
    answers(JSON.stringify(response('completed', [message('Tell me more.')]))),
  )
  backup = await startScriptedEngine(answers(JSON.stringify(response('completed', [message('I listen.')]))))
  gateway = await startLiveGateway({
    engines: {
      primary: { url: primary.url, dialect: 'openai-responses', breaker: { volumeThreshold: 3 } },
      backup: { url: backup.url, dialect: 'openai-responses', breaker: { volumeThreshold: 3 } },
    },
  })
  client = new OpenAI({
    baseURL: `${gateway.trafficUrl}/v1`,
    apiKey: 'sk-callers-own',
    defaultHeaders: { 'x-user-region': 'GB' },
  })
})

afterEach(async () => {
  await gateway.close()
  await Promise.all([primary.close(), backup.close()])
})

const response = (status: string, output: object[], more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status,
  error: null,
  incomplete_details: null,
  model: 'listener-1',
  metadata: {},
  output,
  ...more,
})
const text = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const message = (says: string) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [text(says)],
})

let sequence = 0
const event = (type: string, fields: object) =>
  sseNamed(type, { type, sequence_number: sequence++, ...fields })
/** The events of a reply that says these pieces, up to the last of them. */
const begins = (...pieces: string[]) => {
  sequence = 0
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  return [
    event('response.created', { response: response('in_progress', []) }),
    event('response.output_item.added', {
      output_index: 0,
      item: { ...message(''), status: 'in_progress', content: [] },
    }),
    event('response.content_part.added', { ...at, part: text('') }),
    ...pieces.map((delta) => event('response.output_text.delta', { ...at, delta, logprobs: [] })),
  ]
}
const ends = (all: string) => {
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  return [
    event('response.output_text.done', { ...at, text: all, logprobs: [] }),
    event('response.content_part.done', { ...at, part: text(all) }),
    event('response.output_item.done', { output_index: 0, item: message(all) }),
    event('response.completed', { response: response('completed', [message(all)]) }),
  ]
}

const ask = { model: 'listener-1', input: 'hello' }
const halt = () => gateway.admin('POST', '/halts', { reason: 'answers harmfully' })

type Events = AsyncIterable<OpenAI.Responses.ResponseStreamEvent>

/** Reads a stream to its end: its text, its last event, and what it threw. */
async function readAll(stream: Events) {
  let heard = ''
  let last: string | undefined
  let failure: unknown
  try {
    for await (const one of stream) {
      if (one.type === 'response.output_text.delta') heard += one.delta
      last = one.type
    }
  } catch (error) {
    failure = error
  }
  return { heard, last, failure }
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe('when nothing intervenes', () => {
  it('the client gets the whole reply, and the engine the request as it was', async () => {
    const reply = await client.responses.create({ ...ask, previous_response_id: 'resp_0' })
    expect(reply.output_text).toBe('Tell me more.')
    expect(primary.calls[0]?.request.headers.authorization).toBe('Bearer sk-callers-own')
    expect(JSON.parse(primary.calls[0]?.body ?? '')).toEqual({ ...ask, previous_response_id: 'resp_0' })
  })

  it('the client reads a stream to its end', async () => {
    primary.script = streams([...begins('Tell ', 'me.'), ...ends('Tell me.')], 2)
    const final = await client.responses.stream(ask).finalResponse()
    expect(final).toMatchObject({ status: 'completed', output_text: 'Tell me.' })
  })

  it('every byte of tool calls and thoughts is the engine’s', async () => {
    const output = `[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"\\u00e9 🙂"}],"encrypted_content":"AAAA"},
      {"type":"function_call","id":"fc_1","call_id":"c","name":"find","arguments":"{\\"q\\": \\"\\\\u00e9\\"}" ,"status":"completed"}]`
    const body = `{ "id":"resp_1","object":"response","status":"completed","error":null,\n"output":${output}, "x_vendor": 1e2 }`
    primary.script = answers(body)
    const raw = await post({ ...ask, tools: [] })
    expect(Buffer.from(await raw.arrayBuffer()).toString()).toBe(body)
    const reply = await client.responses.create(ask)
    expect(reply.output).toEqual(JSON.parse(output))
  })

  it('every byte of a stream is the engine’s, a mark of its own at the end included', async () => {
    const pieces = [
      '\uFEFF: hello\r\n\r\n',
      ...begins('Grüße ', '🙂').map((one) => one.replaceAll('\n', '\r\n')),
      ': keep-alive\n\n',
      ...ends('Grüße 🙂'),
      'data: [DONE]\n\n',
    ]
    primary.script = streams([pieces.join('')])
    const raw = await post({ ...ask, stream: true })
    expect(Buffer.from(await raw.arrayBuffer()).toString()).toBe(Buffer.from(pieces.join('')).toString())
  })

  it('an earlier reply can be looked up, streamed again and cancelled', async () => {
    const earlier = response('completed', [message('As I said.')])
    primary.script = answers(JSON.stringify(earlier))
    expect((await client.responses.retrieve('resp_1')).output_text).toBe('As I said.')
    const cancelled = response('cancelled', [message('As I')])
    primary.script = answers(JSON.stringify(cancelled))
    expect((await client.responses.cancel('resp_1')).status).toBe('cancelled')
    primary.script = streams([...begins('As I said.'), ...ends('As I said.')])
    const again = await client.responses.retrieve('resp_1', { stream: true })
    expect(await readAll(again)).toEqual({
      heard: 'As I said.',
      last: 'response.completed',
      failure: undefined,
    })
    expect(primary.calls.map(({ request }) => `${request.method} ${request.url}`)).toEqual([
      'GET /v1/responses/resp_1',
      'POST /v1/responses/resp_1/cancel',
      'GET /v1/responses/resp_1?stream=true',
    ])
  })

  it('an earlier reply that failed is told as it is, and counts against no engine', async () => {
    primary.script = answers(
      JSON.stringify(response('failed', [], { error: { code: 'server_error', message: 'x' } })),
    )
    expect((await client.responses.retrieve('resp_1')).status).toBe('failed')
    expect(primary.calls).toHaveLength(1)
    expect(backup.calls).toHaveLength(0)
  })
})

describe('under a halt', () => {
  it('the client reads the safe reply as a whole answer, and retries nothing', async () => {
    await halt()
    const reply = await client.responses.create(ask)
    expect(reply.output_text).toContain('116 123')
    expect(reply).toMatchObject({ status: 'completed', error: null, metadata: { haltgate: 'safe-reply' } })
    expect(primary.calls).toHaveLength(0)
    expect(await gateway.metric('haltgate_safe_replies_total{why="halted"}')).toBe(1)
  })

  it('a stream is the safe reply with a normal end', async () => {
    await halt()
    const { heard, last, failure } = await readAll(await client.responses.create({ ...ask, stream: true }))
    expect(heard).toContain('116 123')
    expect({ last, failure }).toEqual({ last: 'response.completed', failure: undefined })
    const final = await client.responses.stream(ask).finalResponse()
    expect(final.output_text).toBe(heard)
    expect(primary.calls).toHaveLength(0)
  })

  it('a running stream turns into the safe reply as a normal end, and the engine’s call is ended', async () => {
    primary.script = (call) => {
      openStream(call).write(begins('You could ').join(''))
    }
    const stream = client.responses.stream(ask)
    const begun = new Promise((resolve) => stream.once('response.output_text.delta', resolve))
    await begun
    const { left } = await primary.call(1)
    const haltedAtMs = performance.now()
    await halt()
    const final = await stream.finalResponse()
    expect(final.status).toBe('completed')
    expect(final.output_text).toMatch(/^You could \n\n/)
    expect(final.output_text).toContain('116 123')
    expect((await left) - haltedAtMs).toBeLessThan(500)
    await expect
      .poll(() =>
        gateway.metric('haltgate_exchanges_total{engine="primary",form="stream",outcome="cut-by-halt"}'),
      )
      .toBe(1)
  })

  it('an earlier reply is not given out: who looks it up reads the safe reply in its place', async () => {
    await halt()
    const reply = await client.responses.retrieve('resp_1')
    expect(reply).toMatchObject({ id: 'resp_1', status: 'completed' })
    expect(reply.output_text).toContain('116 123')
    const { heard } = await readAll(await client.responses.retrieve('resp_1', { stream: true }))
    expect(heard).toContain('116 123')
    expect(primary.calls).toHaveLength(0)
  })

  it('a look-up that the engine is still answering is halted too', async () => {
    primary.script = () => {}
    const waiting = client.responses.retrieve('resp_1')
    await primary.call(1)
    await halt()
    expect((await waiting).output_text).toContain('116 123')
  })

  const programs: [string, () => Promise<unknown>][] = [
    [
      'a reply in JSON',
      () =>
        client.responses.create({
          ...ask,
          text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } } },
        }),
    ],
    ['a forced tool call', () => client.responses.create({ ...ask, tool_choice: 'required' })],
    ['a cancellation', () => client.responses.cancel('resp_1')],
    ['a list of input items, which no dialect reads', async () => client.responses.inputItems.list('resp_1')],
    [
      'a caller that asks for an error',
      () => client.responses.create(ask, { headers: { 'x-haltgate-on-halt': 'error' } }),
    ],
  ]
  it.each(programs)('%s gets 503 once, not three times', async (_name, call) => {
    await halt()
    const failure = await failureOf(call())
    expect(failure).toBeInstanceOf(OpenAI.InternalServerError)
    expect(failure).toMatchObject({ status: 503, code: 'halted' })
    expect(await gateway.metric('haltgate_errors_total{code="halted"}')).toBe(1)
    expect(primary.calls).toHaveLength(0)
  })

  it('a running JSON reply ends with an error, not with words', async () => {
    primary.script = (call) => {
      openStream(call).write(begins('{"answer":').join(''))
    }
    const stream = await client.responses.create({
      ...ask,
      stream: true,
      text: { format: { type: 'json_object' } },
    })
    await primary.call(1)
    await halt()
    const { failure } = await readAll(stream)
    expect(failure).toMatchObject({ code: 'halted' })
  })

  it('deleting a reply and counting tokens stay open', async () => {
    await halt()
    primary.script = answers('{"id":"resp_1","object":"response","deleted":true}')
    await client.responses.delete('resp_1')
    primary.script = answers('{"object":"response.input_tokens","input_tokens":3}')
    expect((await client.responses.inputTokens.count(ask)).input_tokens).toBe(3)
    expect(primary.calls).toHaveLength(2)
  })
})

describe('when engines fail', () => {
  it('an engine that dies in mid-stream makes the client throw, after the text so far', async () => {
    primary.script = breaksOff(begins('Half an ', 'ans'))
    const { heard, failure } = await readAll(await client.responses.create({ ...ask, stream: true }))
    expect(heard).toBe('Half an ans')
    expect(failure).toBeInstanceOf(OpenAI.APIError)
    expect(failure).toMatchObject({ code: 'engine_closed' })
  })

  it('an engine that ends its stream without its last event makes the client throw', async () => {
    primary.script = streams([...begins('Half an ans'), ...ends('Half an ans').slice(0, -1)])
    await expect(client.responses.stream(ask).finalResponse()).rejects.toMatchObject({
      code: 'engine_closed',
    })
  })

  it('a response that fails in mid-stream makes the client throw', async () => {
    const failed = response('failed', [], { error: { code: 'server_error', message: 'x' } })
    primary.script = streams([...begins('Half'), event('response.failed', { response: failed })], 20)
    const { heard, failure } = await readAll(await client.responses.create({ ...ask, stream: true }))
    expect(heard).toBe('Half')
    expect(failure).toMatchObject({ code: 'engine_error' })
  })

  it('the backup takes over from a failed reply, unseen by the client', async () => {
    primary.script = answers(JSON.stringify(response('failed', [], { error: { code: 'server_error' } })))
    expect((await client.responses.create(ask)).output_text).toBe('I listen.')
  })
})

it('a wrong request is refused in the shape of OpenAI, with the field', async () => {
  const raw = await post({ ...ask, input: [{ role: 'narrator', content: 'x' }] })
  expect(raw.status).toBe(400)
  expect(await raw.json()).toMatchObject({
    error: {
      type: 'invalid_request_error',
      code: 'invalid_request',
      message: expect.stringContaining('input[0].role'),
      request_id: raw.headers.get('x-request-id'),
    },
  })
})

const post = (body: object) =>
  fetch(`${gateway.trafficUrl}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
