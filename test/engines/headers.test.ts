import { describe, expect, it } from 'vitest'
import { clientHeaders, engineHeaders, replyHeaders, wireHeaders } from '../../src/engines/headers.ts'

/** Both kinds of source are to give the same. */
const sources = [
  ['a Headers', (fields: Record<string, string>) => new Headers(fields)],
  ['a record', (fields: Record<string, string>) => fields],
] as const

describe.each(sources)('request headers from %s', (_name, source) => {
  it('drops what belongs to the connection, and what the connection field names', () => {
    const headers = engineHeaders(
      source({
        connection: 'keep-alive, X-Private ,x-other',
        'x-private': '1',
        'x-other': '1',
        'keep-alive': 'timeout=5',
        'proxy-authenticate': 'Basic',
        'proxy-authorization': 'Basic x',
        'proxy-connection': 'keep-alive',
        te: 'trailers',
        trailer: 'x-sum',
        'transfer-encoding': 'chunked',
        upgrade: 'websocket',
        'x-kept': '1',
      }),
    )
    expect(headers).toEqual({ 'x-kept': '1', 'accept-encoding': 'identity', via: '1.1 haltgate' })
  })

  it('drops what the transport sets, what nobody may fake, and asks for identity', () => {
    const headers = engineHeaders(
      source({
        host: 'gateway',
        'content-length': '12',
        expect: '100-continue',
        'accept-encoding': 'gzip, br',
        'X-Haltgate-Probe': '1',
        'content-type': 'application/json',
      }),
    )
    expect(headers).toEqual({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      via: '1.1 haltgate',
    })
  })

  it('forwards trace context and appends to via', () => {
    const headers = engineHeaders(source({ traceparent: '00-a-b-01', tracestate: 'k=v', via: '1.0 edge' }))
    expect(headers).toMatchObject({
      traceparent: '00-a-b-01',
      tracestate: 'k=v',
      via: '1.0 edge, 1.1 haltgate',
    })
  })

  it("puts our span and our credential in place of the caller's", () => {
    const headers = engineHeaders(
      source({ traceparent: 'theirs', authorization: 'theirs', 'x-api-key': 'theirs' }),
      {
        traceparent: 'ours',
        credential: { header: 'X-Api-Key', value: 'ours' },
      },
    )
    expect(headers).toMatchObject({ traceparent: 'ours', 'x-api-key': 'ours' })
    expect(headers).not.toHaveProperty('authorization')
  })
})

it('reads lower and upper case, several values and pseudo fields from a record', () => {
  const headers = engineHeaders({ Accept: 'a/b', 'x-many': ['1', '2'], ':path': '/', 'x-none': undefined })
  expect(headers).toMatchObject({ accept: 'a/b', 'x-many': ['1', '2'] })
  expect(headers).not.toHaveProperty(':path')
  expect(headers).not.toHaveProperty('x-none')
})

it("does not let a header name reach an object's prototype", () => {
  const fields = JSON.parse('{"__proto__": ["1"], "x-kept": "1"}')
  for (const headers of [engineHeaders(fields), replyHeaders(fields)]) {
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
    expect(headers['x-kept']).toBe('1')
  }
})

describe('reply headers', () => {
  it('come from a Headers with cookies apart, without hop-by-hop, alt-svc and our own names', () => {
    const headers = new Headers({
      connection: 'close, x-private',
      'x-private': '1',
      'transfer-encoding': 'chunked',
      'alt-svc': 'h3=":443"',
      'x-haltgate-engine': 'forged',
      'content-type': 'text/plain',
    })
    headers.append('set-cookie', 'a=1, still a')
    headers.append('set-cookie', 'b=2')
    expect(replyHeaders(headers)).toEqual({
      'content-type': 'text/plain',
      'set-cookie': ['a=1, still a', 'b=2'],
    })
  })
})

describe('headers for the client', () => {
  const reply = {
    'content-type': 'application/json',
    'content-length': '2',
    etag: '"x"',
    'cache-control': 'private',
    'x-many': ['1', '2'],
  }

  it('pass as they are with an unchanged body', () => {
    expect(clientHeaders(reply, 'unchanged', { 'x-request-id': 'r1' })).toEqual({
      ...reply,
      'x-many': '1, 2',
      'x-request-id': 'r1',
    })
  })

  it("lose what described the engine's bytes with a replaced body", () => {
    expect(clientHeaders(reply, 'replaced')).toEqual({
      'content-type': 'application/json',
      'cache-control': 'private',
      'x-many': '1, 2',
    })
  })

  it('forbid holding back and transforming a stream', () => {
    expect(clientHeaders(reply, 'stream')).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-cache, no-transform',
      'x-many': '1, 2',
      'x-accel-buffering': 'no',
    })
  })

  it('keep several cookies several', () => {
    const headers = clientHeaders({ ...reply, 'set-cookie': ['a=1, still a', 'b=2'] }, 'unchanged')
    expect(new Response(null, { headers }).headers.getSetCookie()).toEqual(['a=1, still a', 'b=2'])
  })
})

describe('headers on the wire', () => {
  it('are names and values in turn', () => {
    expect(wireHeaders({ a: '1', b: ['2', '3'] }, undefined)).toEqual(['a', '1', 'b', '2', 'b', '3'])
  })

  it("carry the engine's credential and none of the caller's", () => {
    const request = { authorization: 'theirs', 'api-key': 'theirs', 'x-own': 'theirs', a: '1' }
    const credential = { header: 'x-own', value: 'ours' }
    expect(wireHeaders(request, credential)).toEqual(['a', '1', 'x-own', 'ours'])
  })
})
