import Anthropic from '@anthropic-ai/sdk'
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

/** Anthropic's own client as applications use it, with its default of two retries. */

let primary: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway
let client: Anthropic

beforeEach(async () => {
  primary = await startScriptedEngine(
    answers(JSON.stringify(message({ type: 'text', text: 'Tell me more.' }))),
  )
  backup = await startScriptedEngine(answers(JSON.stringify(message({ type: 'text', text: 'I listen.' }))))
  gateway = await startLiveGateway({
    engines: {
      primary: { url: primary.url, dialect: 'anthropic-messages', breaker: { volumeThreshold: 3 } },
      backup: { url: backup.url, dialect: 'anthropic-messages', breaker: { volumeThreshold: 3 } },
    },
  })
  client = new Anthropic({
    baseURL: gateway.trafficUrl,
    apiKey: 'sk-callers-own',
    defaultHeaders: { 'x-user-region': 'GB' },
  })
})

afterEach(async () => {
  await gateway.close()
  await Promise.all([primary.close(), backup.close()])
})

const message = (...content: object[]) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'listener-1',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 4 },
})
const event = (type: string, fields: object = {}) => sseNamed(type, { type, ...fields })
const begin = event('message_start', { message: { ...message(), stop_reason: null } })
const block = (index: number, start: object, ...deltas: object[]) => [
  event('content_block_start', { index, content_block: start }),
  ...deltas.map((delta) => event('content_block_delta', { index, delta })),
]
const says = (...pieces: string[]) =>
  block(0, { type: 'text', text: '' }, ...pieces.map((text) => ({ type: 'text_delta', text })))
const end = (index: number) => [
  event('content_block_stop', { index }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 4 },
  }),
  event('message_stop'),
]

const ask = { model: 'listener-1', max_tokens: 100, messages: [{ role: 'user' as const, content: 'hello' }] }
const halt = () => gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
const textOf = ({ content }: Anthropic.Message) =>
  content.map((one) => (one.type === 'text' ? one.text : '')).join('')

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe('when nothing intervenes', () => {
  it('the client gets the whole reply, and the engine the request and the key as they were', async () => {
    const reply = await client.messages.create(ask)
    expect(textOf(reply)).toBe('Tell me more.')
    expect(primary.calls[0]?.request.headers.authorization).toBe('Bearer sk-callers-own')
    expect(primary.calls[0]?.request.headers['anthropic-version']).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(JSON.parse(primary.calls[0]?.body ?? '')).toEqual(ask)
  })

  it('the client reads a stream to its end', async () => {
    primary.script = streams([begin, event('ping'), ...says('Tell ', 'me.'), ...end(0)], 2)
    const final = await client.messages.stream(ask).finalMessage()
    expect({ text: textOf(final), stop: final.stop_reason }).toEqual({ text: 'Tell me.', stop: 'end_turn' })
  })

  it('every byte of thoughts and tool calls is the engine’s', async () => {
    const content = `[{"type":"thinking","thinking":"\\u00e9 🙂","signature":"AA=="},{"type":"redacted_thinking","data":"AAAA"},
      {"type":"tool_use","id":"t","name":"find","input":{"q": "\\u00e9"}}]`
    const body = `{ "id":"msg_1","type":"message","role":"assistant","model":"m" ,\n "content":${content},"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}, "x_vendor": 1e2 }`
    primary.script = answers(body)
    const raw = await post(ask)
    expect(Buffer.from(await raw.arrayBuffer()).toString()).toBe(body)
    expect((await client.messages.create(ask)).content).toEqual(JSON.parse(content))
  })

  it('every byte of a stream with thoughts, tool calls and odd framing is the engine’s', async () => {
    const pieces = [
      '\uFEFF: hello\r\n\r\n',
      begin,
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'Grüße 🙂' },
        { type: 'signature_delta', signature: 'AA==' },
      ).map((one) => one.replaceAll('\n', '\r\n')),
      event('content_block_stop', { index: 0 }),
      ': keep-alive\n\n',
      ...block(
        1,
        { type: 'tool_use', id: 't', name: 'find', input: {} },
        { type: 'input_json_delta', partial_json: '{"q":' },
        { type: 'input_json_delta', partial_json: '1}' },
      ),
      ...end(1),
    ]
    const bytes = Buffer.from(pieces.join(''))
    // Cut where it hurts: in the middle of characters, lines and events.
    const cuts = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, n) =>
      bytes.subarray(n * 37, n * 37 + 37),
    )
    primary.script = (call) => {
      const response = openStream(call)
      for (const cut of cuts) response.write(cut)
      response.end()
    }
    const raw = await post({ ...ask, stream: true })
    expect(Buffer.from(await raw.arrayBuffer()).toString()).toBe(bytes.toString())
    const final = await client.messages.stream(ask).finalMessage()
    expect(final.content).toMatchObject([
      { type: 'thinking', thinking: 'Grüße 🙂', signature: 'AA==' },
      { type: 'tool_use', input: { q: 1 } },
    ])
  })
})

describe('under a halt', () => {
  it('the client reads the safe reply as the end of a turn, and retries nothing', async () => {
    await halt()
    const reply = await client.messages.create(ask)
    expect(textOf(reply)).toContain('116 123')
    expect(reply.stop_reason).toBe('end_turn')
    expect(primary.calls).toHaveLength(0)
    expect(await gateway.metric('haltgate_safe_replies_total{why="halted"}')).toBe(1)
  })

  it('a stream is the safe reply with a normal end', async () => {
    await halt()
    const final = await client.messages.stream(ask).finalMessage()
    expect(textOf(final)).toContain('116 123')
    expect(final.stop_reason).toBe('end_turn')
    expect(primary.calls).toHaveLength(0)
  })

  it('a running stream turns into the safe reply as a normal end, and the engine’s call is ended', async () => {
    primary.script = (call) => {
      openStream(call).write([begin, ...says('You could ')].join(''))
    }
    const stream = client.messages.stream(ask)
    await new Promise((resolve) => stream.once('text', resolve))
    const { left } = await primary.call(1)
    const haltedAtMs = performance.now()
    await halt()
    const final = await stream.finalMessage()
    expect(final.content).toHaveLength(2)
    expect(textOf(final)).toMatch(/^You could \n\n/)
    expect(textOf(final)).toContain('116 123')
    expect(final.stop_reason).toBe('end_turn')
    expect((await left) - haltedAtMs).toBeLessThan(500)
  })

  it('a running tool call is never told as ended, and the safe reply follows it', async () => {
    primary.script = (call) => {
      const tool = { type: 'tool_use', id: 't', name: 'find', input: {} }
      openStream(call).write(
        [begin, ...block(0, tool, { type: 'input_json_delta', partial_json: '{"q' })].join(''),
      )
    }
    const stream = client.messages.stream(ask)
    const ended: string[] = []
    stream.on('contentBlock', ({ type }) => ended.push(type))
    await new Promise((resolve) => stream.once('inputJson', resolve))
    await halt()
    const final = await stream.finalMessage()
    expect(ended).toEqual(['text'])
    expect(textOf(final)).toContain('116 123')
    expect(final.stop_reason).toBe('end_turn')
  })

  const programs: [string, () => Promise<unknown>][] = [
    [
      'a reply in JSON',
      () =>
        client.messages.create({
          ...ask,
          output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
        }),
    ],
    [
      'a forced tool call',
      () =>
        client.messages.create({
          ...ask,
          tools: [{ name: 'f', input_schema: { type: 'object' } }],
          tool_choice: { type: 'tool', name: 'f' },
        }),
    ],
    [
      'a batch, which no dialect reads',
      () => client.messages.batches.create({ requests: [{ custom_id: 'a', params: ask }] }),
    ],
    [
      'a caller that asks for an error',
      () => client.messages.create(ask, { headers: { 'x-haltgate-on-halt': 'error' } }),
    ],
  ]
  it.each(programs)('%s gets 503 once, not three times', async (_name, call) => {
    await halt()
    const failure = await failureOf(call())
    expect(failure).toBeInstanceOf(Anthropic.APIError)
    expect(failure).toMatchObject({ status: 503, type: 'api_error', errorCode: 'halted' })
    expect(await gateway.metric('haltgate_errors_total{code="halted"}')).toBe(1)
    expect(primary.calls).toHaveLength(0)
  })

  it('counting tokens and the list of models stay open', async () => {
    await halt()
    primary.script = answers('{"input_tokens":3}')
    const { model, messages } = ask
    expect((await client.messages.countTokens({ model, messages })).input_tokens).toBe(3)
    primary.script = answers('{"data":[],"has_more":false,"first_id":null,"last_id":null}')
    expect((await client.models.list()).data).toEqual([])
    expect(primary.calls).toHaveLength(2)
  })
})

describe('when engines fail', () => {
  it('an engine that dies in mid-stream makes the client throw, after the text so far', async () => {
    primary.script = breaksOff([begin, ...says('Half an ', 'ans')])
    const stream = client.messages.stream(ask)
    let heard = ''
    stream.on('text', (text) => {
      heard += text
    })
    const failure = await failureOf(stream.finalMessage())
    expect(heard).toBe('Half an ans')
    expect(failure).toBeInstanceOf(Anthropic.APIError)
    expect(failure).toMatchObject({ type: 'api_error', errorCode: 'engine_closed' })
  })

  it('an engine that ends its stream without its last event makes the client throw', async () => {
    primary.script = streams([begin, ...says('Half an ans'), ...end(0).slice(0, -1)])
    await expect(client.messages.stream(ask).finalMessage()).rejects.toMatchObject({
      errorCode: 'engine_closed',
    })
  })

  it('an error of the engine in mid-stream makes the client throw, without the engine’s words', async () => {
    const overloaded = { type: 'overloaded_error', message: 'she said' }
    primary.script = streams([begin, ...says('Half'), event('error', { error: overloaded })], 20)
    const failure = await failureOf(client.messages.stream(ask).finalMessage())
    expect(failure).toMatchObject({ errorCode: 'engine_error' })
    expect(String(failure)).not.toContain('she said')
  })

  it('the backup takes over before the first byte, unseen by the client', async () => {
    primary.script = answers('{"type":"error","error":{"type":"overloaded_error","message":"x"}}', 529)
    expect(textOf(await client.messages.create(ask))).toBe('I listen.')
  })

  it('with every circuit open the client gets the safe reply at once', async () => {
    primary.script = answers('{}', 500)
    backup.script = answers('{}', 503)
    for (let n = 0; n < 4; n++) await failureOf(client.messages.create(ask, { maxRetries: 0 }))
    const reply = await client.messages.create(ask)
    expect(reply.stop_reason).toBe('end_turn')
    expect(textOf(reply)).toContain('116 123')
  })
})

it('a refusal of the engine reaches the client as the engine gave it', async () => {
  primary.script = answers(
    '{"type":"error","error":{"type":"not_found_error","message":"no such model"},"request_id":"req_E"}',
    404,
    { 'request-id': 'req_E' },
  )
  const failure = await failureOf(client.messages.create(ask))
  expect(failure).toBeInstanceOf(Anthropic.NotFoundError)
  expect(failure).toMatchObject({ type: 'not_found_error', requestID: 'req_E' })
})

it('a wrong request is refused in the shape of Anthropic, with the field and the request id', async () => {
  const failure = await failureOf(
    client.messages.create({
      ...ask,
      messages: [{ role: 'user', content: [{ type: 'text', text: 5 as never }] }],
    }),
  )
  expect(failure).toBeInstanceOf(Anthropic.BadRequestError)
  expect(failure).toMatchObject({
    type: 'invalid_request_error',
    errorCode: 'invalid_request',
    apiMessage: 'messages[0].content[0].text: expected a string',
    requestID: expect.stringMatching(/^[\w.-]{8,}$/),
  })
  expect(primary.calls).toHaveLength(0)
})

const post = (body: object) =>
  fetch(`${gateway.trafficUrl}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
