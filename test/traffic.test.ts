import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import {
  chat,
  chunk,
  done,
  jsonReply,
  openStream,
  type TrafficFixture,
  trafficFixture,
} from './fixtures/traffic.ts'

let gateway: TrafficFixture
beforeEach(async () => {
  gateway = await trafficFixture({ backup: true })
})
afterEach(() => gateway.close())

const stop = { scope: 'all', cause: 'operator', reason: 'answers harmfully', by: 'ada' } as const

async function outcomes() {
  const { values } = await gateway.metrics.exchanges.get()
  return values.map(({ labels, value }) => `${labels.outcome} ${value}`)
}

describe('a whole reply', () => {
  it('passes byte for byte, with tool calls and several choices', async () => {
    const body = `{ "id":"x", "object":"chat.completion","choices":[
      {"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\\"q\\": 1}"}}]}},
      {"index":1,"finish_reason":"stop","message":{"role":"assistant","content":"två"}}]}`
    gateway.primary.answer = async () => jsonReply(body)
    const response = await gateway.ask({ n: 2 })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(body)
    expect(response.headers.get('x-haltgate-engine')).toBe('primary')
  })

  it('gives the caller its request id, its own when it is a plain one', async () => {
    expect((await gateway.ask({}, { 'x-request-id': 'my-request-1' })).headers.get('x-request-id')).toBe(
      'my-request-1',
    )
    expect((await gateway.ask({}, { 'x-request-id': 'not plain!' })).headers.get('x-request-id')).toMatch(
      /^[0-9a-f-]{36}$/,
    )
  })

  it('passes a refusal of the engine unchanged', async () => {
    gateway.primary.answer = async () => jsonReply({ error: { message: 'no such model' } }, 404)
    const response = await gateway.ask()
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: { message: 'no such model' } })
    expect(gateway.backup.requests).toHaveLength(0)
    expect(gateway.engines.primary.breaker.state).toBe('closed')
  })
})

describe('a halt', () => {
  it('answers with the safe reply in the caller’s dialect and never asks the engine', async () => {
    const { halt } = await gateway.halt.engage(stop)
    const response = await gateway.ask({ n: 2 }, { 'x-user-region': 'US' })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-haltgate')).toBe(`halted; id=${halt.id}; cause=operator`)
    const body = await response.json()
    expect(body.choices).toHaveLength(2)
    expect(body.choices[1].finish_reason).toBe('content_filter')
    expect(body.choices[1].message.content).toContain('988')
    expect(gateway.primary.requests).toHaveLength(0)
  })

  it('answers a stream with a whole safe stream', async () => {
    await gateway.halt.engage(stop)
    const text = await (await gateway.ask({ stream: true })).text()
    expect(text).toContain('content_filter')
    expect(text.endsWith(done)).toBe(true)
  })

  it('answers 503 that no client retries where a caller asks for it, and for a JSON schema', async () => {
    await gateway.halt.engage(stop)
    for (const response of [
      await gateway.ask({}, { 'x-haltgate-on-halt': 'error' }),
      await gateway.ask({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } } }),
    ]) {
      expect(response.status).toBe(503)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect((await response.json()).error.code).toBe('halted')
    }
  })

  it('keeps a reply back that was made before the halt and not yet sent', async () => {
    let answer = (_: ReturnType<typeof jsonReply>) => {}
    gateway.primary.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const pending = gateway.ask()
    await Promise.resolve()
    await gateway.halt.engage(stop)
    answer(jsonReply(chat('harm')))
    const body = await (await pending).text()
    expect(body).not.toContain('harm"')
    expect(body).toContain('content_filter')
  })

  it('ends a running stream with the safe text as a normal end, and aborts the engine', async () => {
    let stream: ReturnType<typeof openStream> | undefined
    gateway.primary.answer = async (_request, signal) => {
      stream = openStream(signal)
      stream.push(chunk('first'))
      return stream.reply
    }
    const response = await gateway.ask({ stream: true }, { 'accept-language': 'en' })
    const reader = (response.body ?? new ReadableStream()).getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('first')
    const rest = reader.read()
    await gateway.halt.engage(stop)
    stream?.push(chunk('second'))
    const ending = new TextDecoder().decode((await rest).value)
    expect(ending).not.toContain('second')
    expect(ending).toContain('disregard')
    expect(ending).toContain('"finish_reason":"content_filter"')
    expect(ending.endsWith(done)).toBe(true)
    expect((await reader.read()).done).toBe(true)
    expect(gateway.primary.aborted).toBe(1)
    expect(await outcomes()).toEqual(['cut-by-halt 1'])
  })

  it.each(['acme, other', `a${'b'.repeat(193)}`, 'm\u00fcller'])(
    'of a tenant holds for a caller whose tenant no halt could name: %s',
    async (tenant) => {
      await gateway.halt.engage({ ...stop, scope: 'tenant:acme' })
      const response = await gateway.ask({}, { 'x-tenant-id': tenant })
      expect(response.headers.get('x-haltgate')).toContain('halted')
    },
  )

  it('of one tenant leaves the others alone, and holds for callers that name none', async () => {
    await gateway.halt.engage({ ...stop, scope: 'tenant:acme' })
    expect((await gateway.ask({}, { 'x-tenant-id': 'other' })).headers.get('x-haltgate')).toBeNull()
    expect((await gateway.ask({}, { 'x-tenant-id': 'acme' })).headers.get('x-haltgate')).toContain('halted')
    expect((await gateway.ask()).headers.get('x-haltgate')).toContain('halted')
  })

  it('of a tenant is not evaded by another spelling of its name', async () => {
    await gateway.halt.engage({ ...stop, scope: 'tenant:acme' })
    expect((await gateway.ask({}, { 'x-tenant-id': 'ACME' })).headers.get('x-haltgate')).toContain('halted')
  })

  it('of the primary is not evaded through the backup', async () => {
    gateway.primary.answer = async () => {
      throw new GatewayError('engine_unreachable', 'refused')
    }
    for (let n = 0; n < 5; n++) await gateway.ask()
    expect((await gateway.ask()).headers.get('x-haltgate-engine')).toBe('backup')
    await gateway.halt.engage({ ...stop, scope: 'engine:primary' })
    expect((await gateway.ask()).headers.get('x-haltgate')).toContain('halted')
  })

  it('of the backup keeps the primary serving and stops a failing over', async () => {
    await gateway.halt.engage({ ...stop, scope: 'engine:backup' })
    expect((await gateway.ask()).headers.get('x-haltgate-engine')).toBe('primary')
    gateway.primary.answer = async () => {
      throw new GatewayError('engine_unreachable', 'refused')
    }
    expect((await gateway.ask()).headers.get('x-haltgate')).toContain('halted')
    expect(gateway.backup.requests).toHaveLength(0)
  })

  it('closes every path but the open ones', async () => {
    await gateway.halt.engage(stop)
    for (const path of ['/v1/embeddings', '/v1/anything', '/']) {
      const response = await gateway.traffic.request(path, { method: 'POST', body: '{}' })
      expect(response.status).toBe(503)
    }
    expect((await gateway.traffic.request('/v1/models')).status).toBe(200)
  })
})

describe('a failing engine', () => {
  it('is taken over by the backup before the first byte', async () => {
    for (const [why, answer] of [
      ['5xx', async () => jsonReply({}, 500)],
      ['an error inside a 200', async () => jsonReply({ error: { message: 'overloaded' } })],
      ['garbage', async () => jsonReply('<html>')],
      ['a closed connection', async () => Promise.reject(new GatewayError('engine_closed', 'closed'))],
    ] as const) {
      gateway.primary.answer = answer
      const response = await gateway.ask()
      expect([why, response.status, response.headers.get('x-haltgate-engine')]).toEqual([why, 200, 'backup'])
      gateway.engines.primary.breaker.release()
    }
  })

  it('opens its circuit; when nothing is left the person gets the safe reply, never a bypass', async () => {
    const fail = async () => jsonReply({}, 500)
    gateway.primary.answer = fail
    gateway.backup.answer = fail
    const first = await gateway.ask()
    expect(first.status).toBe(502)
    expect((await first.json()).error.code).toBe('engine_error')
    for (let n = 0; n < 5; n++) await gateway.ask()
    const asked = gateway.primary.requests.length + gateway.backup.requests.length
    const response = await gateway.ask()
    expect(response.status).toBe(200)
    expect(response.headers.get('x-haltgate')).toBe('unavailable')
    expect((await response.json()).choices[0].finish_reason).toBe('content_filter')
    expect(gateway.primary.requests.length + gateway.backup.requests.length).toBe(asked)
  })

  it('that breaks off in mid-stream ends with an error and no end mark', async () => {
    gateway.primary.answer = async () => {
      const stream = openStream()
      stream.push(chunk('half'))
      stream.end()
      return stream.reply
    }
    const text = await (await gateway.ask({ stream: true })).text()
    expect(text).toContain('half')
    expect(text).toContain('"error"')
    expect(text).not.toContain('[DONE]')
    expect(await outcomes()).toEqual(['engine-error 1'])
  })

  it('that streams without end or measure is cut', async () => {
    gateway.primary.answer = async () => {
      const stream = openStream()
      for (let n = 0; n < 100; n++)
        stream.push(chunk('The train leaves at nine, and the shop opens at ten. '.repeat(100)))
      return stream.reply
    }
    const text = await (await gateway.ask({ stream: true })).text()
    expect(text.length).toBeLessThan(260_000)
    expect(text).toContain('engine_garbage')
  })
})

describe('a credential of the gateway', () => {
  it('that the engine refuses is the engine’s failure: the backup takes over', async () => {
    gateway.engines.primary.ownCredential = true
    gateway.primary.answer = async () => jsonReply({ error: { message: 'key expired' } }, 401)
    expect((await gateway.ask()).headers.get('x-haltgate-engine')).toBe('backup')
  })

  it('is not blamed for the refusal of a caller’s own key', async () => {
    gateway.primary.answer = async () => jsonReply({ error: { message: 'wrong key' } }, 401)
    expect((await gateway.ask()).status).toBe(401)
  })
})

describe('a stream', () => {
  it('passes byte for byte and counts as ok', async () => {
    const parts = [': keep-alive\n\n', chunk('one'), chunk('two'), chunk('', 'stop'), done]
    gateway.primary.answer = async () => {
      const stream = openStream()
      for (const part of parts) stream.push(part)
      stream.end()
      return stream.reply
    }
    const response = await gateway.ask({ stream: true })
    expect(response.headers.get('cache-control')).toContain('no-transform')
    expect(await response.text()).toBe(parts.join(''))
    expect(await outcomes()).toEqual(['ok 1'])
  })

  it('that the client leaves ends the engine’s call and is no error', async () => {
    let stream: ReturnType<typeof openStream> | undefined
    gateway.primary.answer = async (_request, signal) => {
      stream = openStream(signal)
      stream.push(chunk('one'))
      return stream.reply
    }
    const response = await gateway.ask({ stream: true })
    const reader = (response.body ?? new ReadableStream()).getReader()
    await reader.read()
    await reader.cancel()
    expect(stream?.cancelled()).toBe(true)
    expect(await outcomes()).toEqual(['client-closed 1'])
    expect((await gateway.metrics.errors.get()).values).toEqual([])
    expect(gateway.engines.primary.breaker.state).toBe('closed')
  })
})

describe('a wrong request', () => {
  const post = (body: BodyInit, headers: Record<string, string>) =>
    gateway.traffic.request('/v1/chat/completions', { method: 'POST', headers, body })
  const json = { 'content-type': 'application/json' }

  it.each([
    ['malformed JSON', () => post('{"messages": [', json), 400, 'invalid_json'],
    ['invalid UTF-8', () => post(new Uint8Array([0x7b, 0xff, 0x7d]), json), 400, 'invalid_json'],
    [
      'no body',
      () => gateway.traffic.request('/v1/chat/completions', { method: 'POST', headers: json }),
      400,
      'invalid_json',
    ],
    [
      'another content type',
      () => post('{}', { 'content-type': 'text/plain' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      () => post('{}', { ...json, 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    ],
    ['another dialect', () => post('{"prompt":"hi"}', json), 400, 'invalid_request'],
    ['a body over the limit', () => post(`"${'x'.repeat(1_048_577)}"`, json), 413, 'body_too_large'],
    [
      'an upgrade',
      () =>
        gateway.traffic.request('/v1/realtime', { headers: { upgrade: 'websocket', connection: 'upgrade' } }),
      501,
      'upgrade_refused',
    ],
  ])('%s gets an error in the dialect with a request id', async (_what, send, status, code) => {
    const response = await send()
    expect(response.status).toBe(status)
    const { error } = await response.json()
    expect(error.code).toBe(code)
    expect(error.request_id).toBe(response.headers.get('x-request-id'))
    expect(gateway.primary.requests).toHaveLength(0)
  })
})

it('serves a client that offers h2c, as without the offer', async () => {
  expect((await gateway.ask({}, { upgrade: 'h2c', connection: 'upgrade' })).status).toBe(200)
})

it('is healthy and ready also while halted', async () => {
  await gateway.halt.engage(stop)
  for (const page of ['/healthz', '/readyz']) expect((await gateway.traffic.request(page)).status).toBe(200)
})

it('shows the engine the path that it was judged by, without a fragment', async () => {
  await gateway.halt.engage(stop)
  await (await gateway.traffic.request('http://localhost/v1/models#/../chat')).text()
  expect(gateway.primary.requests.map(({ path }) => path)).toEqual(['/v1/models'])
})

it('logs where a fault of its own lies, and nothing of what was said', async () => {
  gateway.primary.answer = async () => {
    throw new TypeError('cannot read "I feel lost"')
  }
  const response = await gateway.ask()
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('lost')
  expect(gateway.log.join()).toMatch(/"errorName":"TypeError".*"at":"at .*traffic\.test\.ts/)
  expect(gateway.log.join()).not.toContain('lost')
})

it('counts every reply that went out unread', async () => {
  await gateway.ask()
  await (await gateway.traffic.request('/v1/embeddings', { method: 'POST', body: '{}' })).text()
  await (await gateway.traffic.request('/v1/models')).text()
  const { values } = await gateway.metrics.unscanned.get()
  expect(Object.fromEntries(values.map(({ labels, value }) => [labels.cause, value]))).toEqual({
    'no-dialect': 1,
    'open-path': 1,
  })
})

it.each([
  ['HEAD', 200],
  ['OPTIONS', 204],
])('ends an exchange without a body: %s answered with %i', async (method, status) => {
  gateway.primary.answer = async () => ({ ...jsonReply('', status), headers: {} })
  const response = await gateway.traffic.request('/v1/elsewhere', { method })
  expect(response.status).toBe(status)
  expect(await outcomes()).toEqual(['ok 1'])
  expect((await gateway.metrics.openExchanges.get()).values[0]?.value).toBe(0)
})

const counted = () => gateway.signals.read().engines[0]?.outcomes

describe('what is counted for the engine', () => {
  it('is one failure where it failed and nothing stands behind it', async () => {
    gateway.primary.answer = async () => jsonReply({}, 500)
    gateway.engines.backup?.breaker.hold()
    // The route leaves a held engine out; only one that opens after the plan was made is met.
    gateway.route.plan = () => ({ first: 'primary', fallback: 'backup', state: 'primary' })
    await gateway.ask()
    expect(counted()).toMatchObject({ error: 1, refused: 0 })
  })

  it('is no error while an operator holds its circuit', async () => {
    gateway.engines.primary.breaker.hold()
    gateway.engines.backup?.breaker.hold()
    const response = await gateway.ask()
    expect(response.headers.get('x-haltgate')).toBe('unavailable')
    expect(counted()).toMatchObject({ refused: 0, halted: 1 })
  })

  it('is no success where it refused an unread request', async () => {
    gateway.primary.answer = async () => jsonReply({ error: 'no such page' }, 404)
    await (await gateway.traffic.request('/v1/elsewhere', { method: 'POST', body: '{}' })).text()
    expect(counted()).toMatchObject({ ok: 0, rejected: 1 })
  })
})

describe('the gateway’s own time', () => {
  const slow = async () => new Promise((resolve) => setTimeout(resolve, 60))
  const ownMs = async () =>
    1_000 *
    ((await gateway.metrics.overheadSeconds.get()).values.find(({ metricName }) =>
      metricName?.endsWith('_sum'),
    )?.value ?? 0)

  it('leaves out how long an engine takes for the rest of a whole reply', async () => {
    const pieces = [...JSON.stringify(chat('Tell me more.'))].map((letter) =>
      new TextEncoder().encode(letter),
    )
    gateway.primary.answer = async () => ({
      ...jsonReply({}),
      body: {
        read: async () => {
          if (pieces.length === 1) await slow()
          return pieces.shift()
        },
        cancel() {},
      },
    })
    await gateway.ask()
    expect(await ownMs()).toBeLessThan(50)
  })

  it('leaves out an engine that failed before another took over', async () => {
    gateway.primary.answer = async () => {
      await slow()
      return jsonReply({}, 500)
    }
    expect((await gateway.ask()).headers.get('x-haltgate-engine')).toBe('backup')
    expect(await ownMs()).toBeLessThan(50)
  })
})

it('does not pass a whole reply for a stream, nor a stream for a whole reply', async () => {
  expect((await gateway.ask({ stream: true })).headers.get('x-haltgate-engine')).toBeNull()
  gateway.primary.answer = async () => {
    const stream = openStream()
    stream.push(chunk('one'))
    return stream.reply
  }
  expect((await gateway.ask()).headers.get('x-haltgate-engine')).toBe('backup')
})
