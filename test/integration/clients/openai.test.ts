import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../../servers/live-gateway.ts'
import {
  answers,
  breaksOff,
  completion,
  done,
  event,
  openStream,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
  streams,
} from '../../servers/scripted-engine.ts'

/** OpenAI's own client as applications use it, with its default of two retries. */

let primary: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway
let client: OpenAI

beforeEach(async () => {
  primary = await startScriptedEngine(answers(completion('Tell me more.')))
  backup = await startScriptedEngine(answers(completion('The backup listens.')))
  gateway = await startLiveGateway({
    engines: {
      primary: { url: primary.url, breaker: { volumeThreshold: 3 } },
      backup: { url: backup.url, breaker: { volumeThreshold: 3 } },
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

const request = { model: 'listener-1', messages: [{ role: 'user' as const, content: 'hello' }] }

const ask = () => client.chat.completions.create(request)
const askForStream = () => client.chat.completions.create({ ...request, stream: true })

type Stream = Awaited<ReturnType<typeof askForStream>>

/** Reads a stream to its end: its text, its last finish reason, and what it threw. */
async function readAll(stream: Stream) {
  let text = ''
  let finish: string | null = null
  let failure: unknown
  try {
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? ''
      finish = choices[0]?.finish_reason ?? finish
    }
  } catch (error) {
    failure = error
  }
  return { text, finish, failure }
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe('when nothing intervenes', () => {
  it('the client gets the whole reply, and the engine the caller’s own key', async () => {
    const reply = await ask()
    expect(reply.choices[0]?.message.content).toBe('Tell me more.')
    expect(reply.usage?.total_tokens).toBe(7)
    expect(primary.calls[0]?.request.headers.authorization).toBe('Bearer sk-callers-own')
    expect(JSON.parse(primary.calls[0]?.body ?? '')).toEqual(request)
  })

  it('the client reads a stream to its end', async () => {
    primary.script = streams(
      [event({ delta: { role: 'assistant' } }), says('Tell '), says('me.'), stop, done],
      5,
    )
    expect(await readAll(await askForStream())).toEqual({
      text: 'Tell me.',
      finish: 'stop',
      failure: undefined,
    })
  })

  it('every byte of tool calls and of several choices is the engine’s', async () => {
    const toolCall = {
      id: 'a',
      type: 'function',
      function: { name: 'find', arguments: '{"q": "\\u00e9 🙂"}' },
    }
    const body = `{ "id":"x","object":"chat.completion" ,\n "created":1,"model":"m","choices":[
      {"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[${JSON.stringify(toolCall)}]}},
      {"index":1,"finish_reason":"stop","message":{"role":"assistant","content":"tv\\u00e5 – två"}}], "x_vendor": 1e2 }`
    primary.script = answers(body)
    const raw = await post(JSON.stringify({ ...request, n: 2 }))
    expect(Buffer.from(await raw.arrayBuffer()).equals(Buffer.from(body))).toBe(true)

    const reply = await client.chat.completions.create({ ...request, n: 2 })
    expect(reply.choices[0]?.message.tool_calls).toEqual([toolCall])
    expect(reply.choices[1]?.message.content).toBe('två – två')
  })

  it('every byte of a stream with tool calls, several choices and odd framing is the engine’s', async () => {
    const pieces = [
      '\uFEFF: hello\r\n\r\n',
      event({
        index: 0,
        delta: {
          role: 'assistant',
          tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
        },
      }),
      event({ index: 1, delta: { role: 'assistant', content: 'Grüße 🙂' } }).replaceAll('\n', '\r\n'),
      event({ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"q":' } }] } }),
      ': keep-alive\n\n',
      event({ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '1}' } }] } }),
      event({ index: 0, finish_reason: 'tool_calls' }),
      event({ index: 1, finish_reason: 'stop' }),
      done,
    ]
    const bytes = Buffer.from(pieces.join(''))
    // Cut where it hurts: in the middle of characters, lines and events.
    const cuts = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, n) =>
      bytes.subarray(n * 37, n * 37 + 37),
    )
    primary.script = async (call) => {
      const response = openStream(call)
      for (const cut of cuts) response.write(cut)
      response.end()
    }
    const raw = await post(JSON.stringify({ ...request, n: 2, stream: true }))
    expect(Buffer.from(await raw.arrayBuffer()).toString()).toBe(bytes.toString())

    const calls: string[] = []
    let second = ''
    for await (const { choices } of await client.chat.completions.create({
      ...request,
      n: 2,
      stream: true,
    })) {
      for (const { index, delta } of choices) {
        if (index === 1) second += delta.content ?? ''
        for (const call of delta.tool_calls ?? []) calls.push(call.function?.arguments ?? '')
      }
    }
    expect(calls.join('')).toBe('{"q":1}')
    expect(second).toBe('Grüße 🙂')
  })
})

describe('under a halt', () => {
  it('the client reads the safe reply as a filtered answer, and retries nothing', async () => {
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    const reply = await ask()
    expect(reply.choices[0]?.finish_reason).toBe('content_filter')
    expect(reply.choices[0]?.message.content).toContain('116 123')
    expect(primary.calls).toHaveLength(0)
    expect(await gateway.metric('haltgate_safe_replies_total{why="halted"}')).toBe(1)
  })

  it('a stream is the safe reply with a normal end', async () => {
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    const { text, finish, failure } = await readAll(await askForStream())
    expect(text).toContain('116 123')
    expect({ finish, failure }).toEqual({ finish: 'content_filter', failure: undefined })
    expect(primary.calls).toHaveLength(0)
  })

  it('a running stream turns into the safe reply as a normal end, and the engine’s call is ended', async () => {
    primary.script = (call) => {
      openStream(call).write(says('You could '))
    }
    const stream = await askForStream()
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value?.choices[0]?.delta.content).toBe('You could ')

    const { left } = await primary.call(1)
    const haltedAtMs = performance.now()
    const { body } = await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    let rest = ''
    let finish: string | null = null
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      rest += next.value.choices[0]?.delta.content ?? ''
      finish = next.value.choices[0]?.finish_reason ?? finish
    }
    expect(rest).toMatch(/^\n\n/)
    expect(rest).toContain('116 123')
    expect(finish).toBe('content_filter')
    expect((await left) - haltedAtMs).toBeLessThan(500)
    expect(body.halt.state).toBe('engaged')
    await expect
      .poll(() =>
        gateway.metric('haltgate_exchanges_total{engine="primary",form="stream",outcome="cut-by-halt"}'),
      )
      .toBe(1)
  })

  it('a reply that the engine is still thinking about becomes the safe reply', async () => {
    primary.script = () => {}
    const waiting = ask()
    await primary.call(1)
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    expect((await waiting).choices[0]?.finish_reason).toBe('content_filter')
  })

  it('a caller that asks for an error gets 503 once, not three times', async () => {
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    const failure = await failureOf(
      client.chat.completions.create(request, { headers: { 'x-haltgate-on-halt': 'error' } }),
    )
    expect(failure).toBeInstanceOf(OpenAI.InternalServerError)
    expect(failure).toMatchObject({ status: 503, code: 'halted' })
    expect(await gateway.metric('haltgate_errors_total{code="halted"}')).toBe(1)
  })

  it('the list of models stays open', async () => {
    primary.script = answers(
      '{"object":"list","data":[{"id":"listener-1","object":"model","created":1,"owned_by":"us"}]}',
    )
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    const models = await client.models.list()
    expect(models.data.map(({ id }) => id)).toEqual(['listener-1'])
  })

  it('embeddings, which no dialect reads, are refused without retries', async () => {
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    const failure = await failureOf(client.embeddings.create({ model: 'm', input: 'hello' }))
    expect(failure).toMatchObject({ status: 503, code: 'halted' })
    expect(await gateway.metric('haltgate_errors_total{code="halted"}')).toBe(1)
  })
})

describe('when engines fail', () => {
  it('an engine that dies in mid-stream makes the client throw, after the text so far', async () => {
    primary.script = breaksOff([says('Half an '), says('ans')])
    const { text, failure, finish } = await readAll(await askForStream())
    expect(text).toBe('Half an ans')
    expect(finish).toBeNull()
    expect(failure).toBeInstanceOf(OpenAI.APIError)
    expect(failure).toMatchObject({ code: 'engine_closed' })
    expect(backup.calls).toHaveLength(0)
  })

  it('an engine that ends its stream without the end mark makes the client throw', async () => {
    primary.script = streams([says('Half an '), says('ans')])
    const { failure } = await readAll(await askForStream())
    expect(failure).toMatchObject({ code: 'engine_closed' })
  })

  it('the backup takes over before the first byte, unseen by the client', async () => {
    primary.script = answers('{"error":{"message":"overloaded"}}', 500)
    expect((await ask()).choices[0]?.message.content).toBe('The backup listens.')
    expect(primary.calls).toHaveLength(1)
    expect(backup.calls).toHaveLength(1)
    expect(await gateway.metric('haltgate_failovers_total{from="primary",to="backup"}')).toBe(1)
  })

  it('the backup takes over a stream that broke before its first event', async () => {
    primary.script = breaksOff([': connected\n\n'])
    backup.script = streams([says('The backup listens.'), stop, done])
    expect(await readAll(await askForStream())).toEqual({
      text: 'The backup listens.',
      finish: 'stop',
      failure: undefined,
    })
  })

  it('with every circuit open the client gets the safe reply at once, and retries nothing', async () => {
    primary.script = answers('{}', 500)
    backup.script = answers('{}', 503)
    const impatient = new OpenAI({ baseURL: `${gateway.trafficUrl}/v1`, apiKey: 'k', maxRetries: 0 })
    for (let n = 0; n < 4; n++) await failureOf(impatient.chat.completions.create(request))
    const { body } = await gateway.admin('GET', '/breakers')
    expect(body.breakers).toEqual([
      { engine: 'primary', state: 'open' },
      { engine: 'backup', state: 'open' },
    ])
    const asked = primary.calls.length + backup.calls.length
    const before = await gateway.metric('haltgate_safe_replies_total{why="unavailable"}')

    const reply = await ask()
    expect(reply.choices[0]?.finish_reason).toBe('content_filter')
    expect(reply.choices[0]?.message.content).toContain('116 123')
    const { finish } = await readAll(await askForStream())
    expect(finish).toBe('content_filter')
    expect(primary.calls.length + backup.calls.length).toBe(asked)
    expect(await gateway.metric('haltgate_safe_replies_total{why="unavailable"}')).toBe(before + 2)
  })
})

it('a body over the limit is refused as such, once', async () => {
  const failure = await failureOf(
    client.chat.completions.create({
      ...request,
      messages: [{ role: 'user', content: 'x'.repeat(1_048_577) }],
    }),
  )
  expect(failure).toBeInstanceOf(OpenAI.APIError)
  expect(failure).toMatchObject({ status: 413, code: 'body_too_large', type: 'invalid_request_error' })
  expect(primary.calls).toHaveLength(0)
  expect(await gateway.metric('haltgate_errors_total{code="body_too_large"}')).toBe(1)
})

it('a refusal of the engine reaches the client as the engine gave it', async () => {
  primary.script = answers(
    '{"error":{"message":"no such model","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
    404,
  )
  const failure = await failureOf(ask())
  expect(failure).toBeInstanceOf(OpenAI.NotFoundError)
  expect(failure).toMatchObject({ code: 'model_not_found', param: 'model' })
  expect(backup.calls).toHaveLength(0)
})

const post = (body: string) =>
  fetch(`${gateway.trafficUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
