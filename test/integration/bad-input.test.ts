import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { chatRequest, hello, helloStream, openRaw, type RawAnswer, sendRaw } from '../servers/raw-http.ts'
import {
  answers,
  breaksOff,
  completion,
  done,
  neverAnswers,
  openStream,
  type Script,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
  streams,
  writesRaw,
} from '../servers/scripted-engine.ts'

/** One gateway and one engine for all: after each of these troubles an ordinary exchange must work as before. */

const maxBodyBytes = 20_000
const calm: Script = answers(completion('Tell me more.'))
let engine: ScriptedEngine
let gateway: LiveGateway
const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => void unhandled.push(reason)

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled)
  engine = await startScriptedEngine(calm)
  gateway = await startLiveGateway(
    {
      traffic: { maxBodyBytes, headTimeoutMs: 300, bodyTimeoutMs: 600 },
      engines: {
        primary: {
          url: engine.url,
          firstByteTimeoutMs: 400,
          gapTimeoutMs: 400,
          totalTimeoutMs: 3_000,
          maxReplyBytes: 200_000,
          maxStreamBytes: 400_000,
          maxEventBytes: 50_000,
          // Trouble is wanted here, one after the other.
          breaker: { volumeThreshold: 1_000 },
        },
      },
    },
    { idleTimeoutMs: 1_500 },
  )
})

afterEach(async () => {
  engine.script = calm
  const answer = await sendRaw(gateway.trafficUrl, chatRequest(hello))
  expect(answer.status).toBe(200)
  expect(answer.body).toBe(completion('Tell me more.'))
  await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(0)
  expect(unhandled).toEqual([])
})

afterAll(async () => {
  await gateway.close()
  await engine.close()
  process.off('unhandledRejection', onUnhandled)
})

const send = (bytes: string | Uint8Array) => sendRaw(gateway.trafficUrl, bytes)

function errorOf(answer: RawAnswer) {
  const { error } = JSON.parse(answer.body)
  expect(error.message).toBeTypeOf('string')
  expect(error.type).toMatch(/^(invalid_request|server)_error$/)
  expect(error.request_id).toBe(answer.headers['x-request-id'])
  expect(error.request_id).toMatch(/^[0-9a-f-]{36}$/)
  return error
}

describe('a client that sends', () => {
  it.each([
    ['malformed JSON', chatRequest('{"messages": ['), 400, 'invalid_json'],
    ['nothing', chatRequest(''), 400, 'invalid_json'],
    ['invalid UTF-8', chatRequest(new Uint8Array([0x22, 0xc3, 0x28, 0x22])), 400, 'invalid_json'],
    ['a lone word', chatRequest('"hello"'), 400, 'invalid_request'],
    ['the body of another dialect', chatRequest('{"input":"hello"}'), 400, 'invalid_request'],
    ['messages that are no list', chatRequest('{"messages":{"role":"user"}}'), 400, 'invalid_request'],
    ['no content type', chatRequest(hello, { 'content-type': undefined }), 415, 'unsupported_media_type'],
    ['plain text', chatRequest(hello, { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
    [
      'a form',
      chatRequest('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      chatRequest(gzipSync(hello), { 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    ],
    ['a declared body over the limit', chatRequest(`"${'x'.repeat(maxBodyBytes)}"`), 413, 'body_too_large'],
    [
      'an upgrade to WebSocket',
      chatRequest(hello, {
        upgrade: 'websocket',
        connection: 'upgrade',
        'sec-websocket-key': 'x',
        'sec-websocket-version': '13',
        'content-length': '0',
      }),
      501,
      'upgrade_refused',
    ],
    ['TRACE', 'TRACE /v1/models HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 501, 'upgrade_refused'],
  ])('%s is refused in the dialect', async (_what, bytes, status, code) => {
    const asked = engine.calls.length
    const answer = await send(bytes)
    expect(answer.status).toBe(status)
    expect(errorOf(answer).code).toBe(code)
    expect(engine.calls).toHaveLength(asked)
  })

  it('a chunked body over the limit is cut off at the limit', async () => {
    const client = openRaw(gateway.trafficUrl)
    client.write(chatRequest('', { 'content-length': undefined, 'transfer-encoding': 'chunked' }))
    const piece = `${(4_096).toString(16)}\r\n${'x'.repeat(4_096)}\r\n`
    for (let n = 0; n < 6; n++) client.write(piece)
    const answer = await client.answer
    expect(answer.status).toBe(413)
    expect(errorOf(answer).code).toBe('body_too_large')
    client.socket.destroy()
  })

  it('a flood of headers is refused with 431', async () => {
    const answer = await send(chatRequest(hello, { 'x-flood': 'y'.repeat(20_000) }))
    expect(answer.status).toBe(431)
    errorOf(answer)
  })

  it('thousands of header fields is refused, or loses them, and never reaches the engine as they are', async () => {
    const fields = Object.fromEntries(Array.from({ length: 1_900 }, (_, n) => [`a${n}`, '']))
    const answer = await send(chatRequest(hello, fields))
    expect([200, 400, 431]).toContain(answer.status)
  })

  it('two content lengths is refused', async () => {
    const answer = await send(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 4\r\ncontent-length: ${hello.length}\r\n\r\n${hello}`,
    )
    expect(answer.status).toBe(400)
    errorOf(answer)
  })

  it('a length and chunks at once is refused, so that nothing is smuggled', async () => {
    const answer = await send(
      chatRequest('0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n', { 'transfer-encoding': 'chunked' }),
    )
    expect(answer.status).toBe(400)
    errorOf(answer)
  })

  it('what is not HTTP is refused', async () => {
    const answer = await send('SSH-2.0-OpenSSH_9.2\r\n\r\n')
    expect(answer.status).toBe(400)
    errorOf(answer)
  })

  it('a host that makes no URL is refused', async () => {
    const answer = await send(chatRequest(hello, { host: 'a b/c?d' }))
    expect(answer.status).toBe(400)
    errorOf(answer)
  })

  it('a target in absolute form is served by its path, never sent to the host it names', async () => {
    const before = engine.calls.length
    const answer = await send(chatRequest(hello, {}, 'http://elsewhere.test/v1/chat/completions'))
    expect(answer.status).toBe(200)
    const call = engine.calls[before]
    expect(call?.request.url).toBe('/v1/chat/completions')
    expect(call?.request.headers.host).toBe(new URL(engine.url).host)
  })

  it('dots and escapes in the path do not turn an AI path into an open one', async () => {
    engine.script = answers('{"object":"list","data":[]}')
    await gateway.admin('POST', '/halts', { reason: 'paths are tried out', cause: 'drill' })
    try {
      for (const target of [
        '/v1/models/../chat/completions',
        '/v1//models',
        '/V1/models',
        '/v1/models/',
        '/v1/%6dodels',
      ]) {
        const answer = await send(chatRequest(hello, {}, target))
        expect([target, answer.status === 200 && !answer.headers['x-haltgate']]).toEqual([target, false])
      }
    } finally {
      const { body } = await gateway.admin('GET', '/halts?state=engaged')
      for (const { id } of body.halts)
        await gateway.admin('POST', `/halts/${id}/clear`, { reason: 'tried out' })
    }
  })
})

describe('a connection', () => {
  it('on which garbage follows a request is broken off, and its running reply never looks finished', async () => {
    engine.script = (call) => void openStream(call).write(says('You could '))
    const client = openRaw(gateway.trafficUrl)
    const coming = engine.call(engine.calls.length + 1)
    client.write(chatRequest(helloStream, { connection: 'keep-alive' }))
    const { left } = await coming
    await wait(50)
    client.write('\u0000\u0001 what is this\r\n\r\n')
    const { body } = await client.answer
    await left
    expect(body).toContain('You could')
    expect(body).not.toContain('400 Bad Request')
    expect(body).not.toMatch(/\r\n0\r\n\r\n$/)
  })

  it('that ends in the middle of a request is no error of anybody', async () => {
    const asked = engine.calls.length
    const client = openRaw(gateway.trafficUrl)
    client.write(chatRequest(hello, { 'content-length': '5000' }))
    await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(1)
    client.socket.destroy()
    await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(0)
    expect(engine.calls).toHaveLength(asked)
    expect(await gateway.metric('haltgate_errors_total{code="internal"}')).toBe(0)
  })

  it('that asks for a tunnel gets none', async () => {
    const client = openRaw(gateway.trafficUrl)
    client.write('CONNECT engine.test:443 HTTP/1.1\r\nhost: engine.test:443\r\n\r\n')
    const { status } = await client.answer
    expect(status === 200).toBe(false)
  })

  it('beyond the limit is closed at once, and those within it go on', async () => {
    const small = await startLiveGateway({
      traffic: { maxConnections: 2 },
      engines: { primary: { url: engine.url } },
    })
    const kept = [openRaw(small.trafficUrl), openRaw(small.trafficUrl)]
    for (const { socket } of kept) await new Promise<void>((resolve) => socket.once('connect', resolve))
    const { status } = await openRaw(small.trafficUrl).answer
    expect(status).toBeNaN()
    kept[0]?.write(chatRequest(hello))
    expect((await kept[0]?.answer)?.status).toBe(200)
    for (const { socket } of kept) socket.destroy()
    await small.close()
  })
})

describe('a slow client', () => {
  it('that does not finish its head is answered 408 and let go', async () => {
    const client = openRaw(gateway.trafficUrl)
    client.write('POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n')
    const answer = await client.answer
    expect(answer.status).toBe(408)
    errorOf(answer)
  })

  it('that does not finish its body is answered 408 and let go, and the engine never hears of it', async () => {
    const before = engine.calls.length
    const client = openRaw(gateway.trafficUrl)
    client.write(chatRequest(hello, { 'content-length': '5000' }))
    const answer = await client.answer
    expect(answer.status).toBe(408)
    errorOf(answer)
    expect(engine.calls.length).toBe(before)
  })

  it('that stops reading does not make the gateway gather the reply, and is let go in the end', async () => {
    let written = 0
    engine.script = async (call) => {
      const response = openStream(call)
      const piece = says('x'.repeat(8_000))
      while (!response.destroyed && written < 64 * 1024 * 1024) {
        written += piece.length
        if (!response.write(piece)) await drained(response)
      }
    }
    const big = await startLiveGateway(
      { engines: { primary: { url: engine.url, maxStreamBytes: 1_000_000_000 } } },
      { idleTimeoutMs: 1_000 },
    )
    const client = openRaw(big.trafficUrl)
    client.write(chatRequest(helloStream))
    client.socket.pause()
    const call = await engine.call(engine.calls.length + 1)
    const leftAt = await call.left
    expect(leftAt).toBeGreaterThan(0)
    // Socket buffers on both ways, and no more.
    expect(written).toBeLessThan(24 * 1024 * 1024)
    client.socket.destroy()
    await expect.poll(() => big.metric('haltgate_open_exchanges')).toBe(0)
    await big.close()
  })
})

describe('an engine that', () => {
  const json = () => send(chatRequest(hello))
  const stream = () => send(chatRequest(helloStream))

  it.each<[string, Script, number, string]>([
    ['does not speak HTTP', writesRaw('+OK Redis is ready\r\n'), 502, 'engine_garbage'],
    [
      'answers with noise',
      writesRaw(Buffer.from(Array.from({ length: 400 }, (_, n) => (n * 151) % 256))),
      502,
      'engine_garbage',
    ],
    [
      'sends HTML with 200',
      answers('<html>It works!</html>', 200, { 'content-type': 'text/html' }),
      502,
      'engine_garbage',
    ],
    ['sends half a JSON', answers('{"choices":[{"mess'), 502, 'engine_garbage'],
    ['sends JSON of another shape', answers('{"ok":true}'), 502, 'engine_garbage'],
    [
      'sends invalid UTF-8',
      ({ response }) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(new Uint8Array([0x22, 0xff, 0x22])),
      502,
      'engine_garbage',
    ],
    [
      'sends a 200 with an error inside',
      answers('{"error":{"message":"model overloaded","code":"overloaded"}}'),
      502,
      'engine_error',
    ],
    [
      'sends a 500',
      answers('Traceback (most recent call last)', 500, { 'content-type': 'text/plain' }),
      502,
      'engine_error',
    ],
    ['sends an empty 200', answers(''), 502, 'engine_garbage'],
    [
      'compresses although it must not',
      ({ response }) =>
        void response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(gzipSync(completion('hi'))),
      502,
      'engine_garbage',
    ],
    ['closes at once', ({ request }) => void request.socket.destroy(), 502, 'engine_closed'],
    [
      'closes in the middle of its JSON',
      ({ request, response }) => {
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
          .write('{"choices":')
        setTimeout(() => request.socket.destroy(), 20)
      },
      502,
      'engine_closed',
    ],
    ['never answers', neverAnswers, 504, 'engine_timeout'],
    [
      'sends a head and nothing more',
      ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
      504,
      'engine_timeout',
    ],
    ['sends a reply over the limit', answers(completion('x'.repeat(300_000))), 502, 'engine_garbage'],
    [
      'sends a head of a megabyte',
      writesRaw(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`),
      502,
      'engine_garbage',
    ],
  ])('%s makes an error in the dialect', async (_what, script, status, code) => {
    engine.script = script
    const answer = await json()
    expect(answer.status).toBe(status)
    const error = errorOf(answer)
    expect(error.code).toBe(code)
    expect(error.message).not.toMatch(/model overloaded|Traceback|127\.0\.0\.1/)
  })

  it.each<[string, Script, string]>([
    ['closes in mid-stream', breaksOff([says('Half')]), 'engine_closed'],
    ['ends its stream without the end mark', streams([says('Half')]), 'engine_closed'],
    ['falls silent in mid-stream', (call) => void openStream(call).write(says('Half')), 'engine_timeout'],
    [
      'sends an error in its stream',
      streams([says('Half'), 'data: {"error":{"message":"cuda out of memory"}}\n\n'], 30),
      'engine_error',
    ],
    ['sends garbage in its stream', streams([says('Half'), 'data: <html>\n\n'], 30), 'engine_garbage'],
    ['sends an event without end', streams([says('Half'), `data: ${'x'.repeat(80_000)}`]), 'engine_garbage'],
    [
      'streams more than the limit',
      streams([
        ...Array.from({ length: 100 }, () =>
          says('The train leaves at nine, and the shop opens at ten. '.repeat(100)),
        ),
        stop,
        done,
      ]),
      'engine_garbage',
    ],
  ])('%s ends in an error frame and no end mark', async (_what, script, code) => {
    engine.script = script
    const { status, body, headers } = await stream()
    expect(status).toBe(200)
    expect(headers['content-type']).toContain('text/event-stream')
    expect(body).not.toContain('[DONE]')
    expect(body).not.toContain('cuda')
    const frame = /data: (\{"error".*\})\n\n/.exec(body)?.[1]
    expect(JSON.parse(frame ?? '{}').error).toMatchObject({ code, request_id: headers['x-request-id'] })
  })

  it('never ends a trickling stream is cut by the total timer', async () => {
    engine.script = async (call) => {
      const response = openStream(call)
      while (!response.destroyed) {
        response.write(says('.'))
        await wait(100)
      }
    }
    const startedMs = performance.now()
    const { body } = await stream()
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    expect(body).toContain('engine_timeout')
    expect(body).not.toContain('[DONE]')
  })

  it('sends gigabytes does not make memory grow with them', async () => {
    const piece = Buffer.alloc(1024 * 1024, says('x'.repeat(1000)))
    let sent = 0
    const flood: Script = async ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      while (!response.destroyed && sent < 2 * 1024 * 1024 * 1024) {
        sent += piece.length
        if (!response.write(piece)) await drained(response)
      }
    }
    engine.script = flood
    const before = process.memoryUsage().rss
    const seen = await Promise.all(Array.from({ length: 20 }, json))
    for (const answer of seen) expect(errorOf(answer).code).toBe('engine_garbage')
    const grown = process.memoryUsage().rss - before
    expect(grown).toBeLessThan(150 * 1024 * 1024)
    // The engine was told to stop long before it had sent all.
    expect(sent).toBeLessThan(400 * 1024 * 1024)
  })

  it('sends gigabytes on a path that no dialect reads is held to the client’s pace', async () => {
    let sent = 0
    const piece = Buffer.alloc(256 * 1024, 'x')
    engine.script = async ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      while (!response.destroyed && sent < 1024 * 1024 * 1024) {
        sent += piece.length
        if (!response.write(piece)) await drained(response)
      }
    }
    const client = openRaw(gateway.trafficUrl)
    client.write('GET /v1/files/1/content HTTP/1.1\r\nhost: a\r\n\r\n')
    client.socket.pause()
    const call = await engine.call(engine.calls.length + 1)
    await call.left
    expect(sent).toBeLessThan(64 * 1024 * 1024)
    client.socket.destroy()
  })
})

/** When more may be written, or nobody is there any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      response.off('drain', over)
      response.off('close', over)
      resolve()
    }
    response.on('drain', over)
    response.on('close', over)
  })
}
