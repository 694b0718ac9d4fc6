import { describe, expect, it, onTestFinished } from 'vitest'
import { createUndiciEngine, type UndiciEngineOptions } from '../../src/engines/undici.ts'
import { testEngine } from './engine-contract.ts'
import { chat, exchange, never, readAll, serve, serveRaw, waitUntil } from './servers.ts'

function create(options: Partial<UndiciEngineOptions> & { url: string }) {
  const engine = createUndiciEngine({
    name: 'primary',
    connectTimeoutMs: 1_000,
    firstByteTimeoutMs: 2_000,
    gapTimeoutMs: 2_000,
    totalTimeoutMs: 10_000,
    maxConnections: 50,
    ...options,
  })
  // Not awaited: it waits for calls that end only with the test's server.
  onTestFinished(() => void engine.close())
  return engine
}

describe('undici engine', () => {
  testEngine(create)

  it('keeps connections alive', async () => {
    const server = await serve((_req, res) => res.end('ok'))
    const engine = create({ url: server.url })
    for (let i = 0; i < 20; i++) expect(await exchange(engine)).toBe('ok')
    // Two, because undici lets a turn of the event loop pass before it uses a connection again.
    expect(server.accepted()).toBeLessThanOrEqual(2)
  })

  it('gives up within connectTimeoutMs when no connection is free, and the waiting one costs no connection', async () => {
    let finish = () => {}
    const server = await serve((_req, res) => {
      if (finish.name === 'end') res.end('again')
      else
        finish = function end() {
          res.end('done')
        }
    })
    const engine = create({ url: server.url, maxConnections: 1, connectTimeoutMs: 50 })
    const first = exchange(engine)
    await waitUntil(() => server.sockets.size === 1)
    await expect(engine.send(chat(), never())).rejects.toMatchObject({
      code: 'engine_timeout',
      message: 'engine primary could not be connected to in time',
    })
    await waitUntil(() => finish.name === 'end')
    finish()
    expect(await first).toBe('done')
    expect(await exchange(engine)).toBe('again')
    expect(server.accepted()).toBe(1)
  })

  it('drops a waiting exchange whose client leaves, and nobody else notices', async () => {
    const finishers: (() => void)[] = []
    const server = await serve((_req, res) => finishers.push(() => res.end('done')))
    const engine = create({ url: server.url, maxConnections: 1 })
    const first = exchange(engine)
    await waitUntil(() => finishers.length === 1)
    const client = new AbortController()
    const waiting = engine.send(chat(), client.signal)
    client.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'client_closed' })
    const third = exchange(engine)
    finishers[0]?.()
    expect(await first).toBe('done')
    await waitUntil(() => finishers.length === 2)
    finishers[1]?.()
    expect(await third).toBe('done')
    expect([server.accepted(), finishers.length]).toEqual([1, 2])
  })

  it('refuses at once when too many wait for a connection already', async () => {
    const server = await serve(() => {})
    const engine = create({ url: server.url, maxConnections: 1 })
    const client = new AbortController()
    const sent = Array.from({ length: 12 }, () =>
      engine.send(chat(), client.signal).catch((error) => error.code),
    )
    await waitUntil(() => server.sockets.size === 1)
    client.abort()
    const codes = await Promise.all(sent)
    expect(codes.slice(-3)).toEqual(Array(3).fill('engine_unreachable'))
    expect(codes[0]).toBe('client_closed')
  })

  it('gives up within connectTimeoutMs on an address that accepts and then says nothing', async () => {
    const { url } = await serveRaw(() => {})
    const engine = create({ url: url.replace('http:', 'https:'), connectTimeoutMs: 50 })
    const begunMs = performance.now()
    await expect(engine.send(chat(), never())).rejects.toMatchObject({ code: 'engine_timeout' })
    expect(performance.now() - begunMs).toBeLessThan(300)
  })

  it('calls a broken chunk framing garbage, after the bytes that were right', async () => {
    const server = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nnot-a-size\r\n')
    })
    const reply = await create({ url: server.url }).send(chat(), never())
    await expect(readAll(reply)).rejects.toMatchObject({ code: 'engine_garbage' })
  })

  it('refuses a gzip reply with a message that says what to change', async () => {
    const server = await serve((_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end('x'))
    await expect(create({ url: server.url }).send(chat(), never())).rejects.toMatchObject({
      code: 'engine_garbage',
      message: expect.stringContaining('turn compression off there'),
    })
  })

  it('lets running calls end when it is closed, refuses further ones and leaves no connection', async () => {
    let finish = () => {}
    const server = await serve((_req, res) => {
      res.write('first ')
      finish = () => res.end('last')
    })
    const engine = create({ url: server.url })
    const reply = await engine.send(chat(), never())
    const closing = engine.close()
    await expect(engine.send(chat(), never())).rejects.toMatchObject({ code: 'engine_unreachable' })
    finish()
    expect(await readAll(reply)).toBe('first last')
    await closing
    await engine.close()
    await waitUntil(() => server.sockets.size === 0)
  })

  it('refuses a wrong address or credential and does not repeat the secret', () => {
    const make = (options: Partial<UndiciEngineOptions>) => () =>
      create({ url: 'http://127.0.0.1:1', ...options })
    expect(make({ url: 'engine.internal' })).toThrow(
      'engine primary: url must be an absolute http: or https: address',
    )
    expect(make({ url: 'http://user:secret@h/' })).toThrow(/^(?!.*secret).*must not hold a user or password/)
    expect(make({ url: 'http://h/?a=1' })).toThrow('must end with its path')
    const credential = (header: string, value: string) => make({ credential: { header, value } })
    expect(credential('x-api-key', 'secret\r\nx: y')).toThrow(/^(?!.*secret).*visible ASCII/)
    expect(credential('x api key', 'v')).toThrow('not a valid header name')
  })
})
