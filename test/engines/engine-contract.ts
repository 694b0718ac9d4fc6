import { getEventListeners } from 'node:events'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engines/engine.ts'
import type { EngineOptions } from '../../src/engines/target.ts'
import { chat, exchange, never, pause, readAll, serve, serveRaw, waitUntil } from './servers.ts'

const mebibyte = new Uint8Array(1024 * 1024)

export type CreateEngine = (options: Partial<EngineOptions> & { url: string }) => Engine

/** What every engine transport promises, over real loopback connections. */
export function testEngine(create: CreateEngine): void {
  describe('sending', () => {
    it('sends method, path, headers and body, and gives back status, headers and body', async () => {
      const server = await serve(async (req, res) => {
        const body = await readBody(req)
        res.writeHead(201, { 'x-engine': 'yes', 'content-type': 'application/json' })
        res.end(JSON.stringify({ method: req.method, url: req.url, type: req.headers['content-type'], body }))
      })
      const reply = await create({ url: server.url }).send(chat('hi', '/v1/chat?x=1'), never())
      expect(reply.status).toBe(201)
      expect(reply.headers['x-engine']).toBe('yes')
      expect(JSON.parse(await readAll(reply))).toMatchObject({
        method: 'POST',
        url: '/v1/chat?x=1',
        type: 'application/json',
        body: '{"messages":[{"role":"user","content":"hi"}]}',
      })
    })

    it('puts the path of the configured url before the path of the request', async () => {
      const server = await serve((req, res) => res.end(req.url))
      expect(await exchange(create({ url: `${server.url}/tenant/a/` }))).toBe('/tenant/a/v1/chat/completions')
    })

    it('keeps several set-cookie fields apart and drops hop-by-hop fields of the reply', async () => {
      const server = await serve((_req, res) => {
        res.writeHead(
          200,
          [
            ['set-cookie', 'a=1; Path=/'],
            ['set-cookie', 'b=2'],
            ['connection', 'keep-alive, x-only-here'],
            ['x-only-here', '1'],
            ['keep-alive', 'timeout=5'],
            ['x-haltgate-halt', 'forged'],
          ].flat(),
        )
        res.end('ok')
      })
      const reply = await create({ url: server.url }).send(chat(), never())
      expect(reply.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2'])
      expect(Object.keys(reply.headers)).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^(connection|x-only-here|keep-alive|x-haltgate-halt)$/),
        ]),
      )
    })

    it('sends its own credential in place of any that the caller sent', async () => {
      const server = await serve((req, res) => res.end(JSON.stringify(req.headers)))
      const engine = create({ url: server.url, credential: { header: 'X-Api-Key', value: 'engine-key' } })
      const request = chat()
      request.headers.authorization = 'Bearer caller'
      request.headers['x-api-key'] = 'caller'
      const seen = JSON.parse(await exchange(engine, request))
      expect(seen['x-api-key']).toBe('engine-key')
      expect(seen.authorization).toBeUndefined()
      expect(request.headers.authorization).toBe('Bearer caller')
    })

    it("passes the caller's credential when it has none of its own", async () => {
      const server = await serve((req, res) => res.end(req.headers.authorization))
      const request = chat()
      request.headers.authorization = 'Bearer caller'
      expect(await exchange(create({ url: server.url }), request)).toBe('Bearer caller')
    })

    it('hands a redirect on instead of following it', async () => {
      const server = await serve((_req, res) => res.writeHead(302, { location: 'http://127.0.0.1:9/' }).end())
      const reply = await create({ url: server.url }).send(chat(), never())
      expect([reply.status, reply.headers.location]).toEqual([302, 'http://127.0.0.1:9/'])
    })

    it('reads replies without a body, to HEAD and with 204, as ended', async () => {
      const server = await serve((req, res) => {
        if (req.method === 'HEAD') res.writeHead(200, { 'content-length': '5' }).end()
        else res.writeHead(204).end()
      })
      const engine = create({ url: server.url })
      const head = await engine.send({ ...chat(), method: 'HEAD', body: undefined }, never())
      expect([head.status, head.headers['content-length'], await readAll(head)]).toEqual([200, '5', ''])
      const empty = await engine.send(chat(), never())
      expect([empty.status, await readAll(empty)]).toEqual([204, ''])
    })

    it('drops informational replies and trailers', async () => {
      const server = await serve((_req, res) => {
        res.writeEarlyHints({ link: '</a.css>; rel=preload' })
        res.writeHead(200, { trailer: 'x-sum' })
        res.write('body')
        res.addTrailers({ 'x-sum': '1' })
        res.end()
      })
      const reply = await create({ url: server.url }).send(chat(), never())
      expect([reply.status, reply.headers.trailer, await readAll(reply)]).toEqual([200, undefined, 'body'])
      expect(reply.headers['x-sum']).toBeUndefined()
    })

    it('goes on saying that the body has ended', async () => {
      const server = await serve((_req, res) => res.end('ok'))
      const reply = await create({ url: server.url }).send(chat(), never())
      expect(await readAll(reply)).toBe('ok')
      reply.body.cancel()
      expect(await reply.body.read()).toBeUndefined()
    })

    it('gives each piece of a stream out as it comes', async () => {
      let more = () => {}
      const server = await serve((_req, res) => {
        res.write('one')
        more = () => res.end('two')
      })
      const reply = await create({ url: server.url }).send(chat(), never())
      expect(String(Buffer.from((await reply.body.read()) ?? []))).toBe('one')
      more()
      expect(await readAll(reply)).toBe('two')
    })
  })

  describe('timers', () => {
    it('gives up on an engine that answers nothing within firstByteTimeoutMs', async () => {
      const server = await serve(() => {})
      const engine = create({ url: server.url, firstByteTimeoutMs: 40 })
      await expect(engine.send(chat(), never())).rejects.toMatchObject({
        code: 'engine_timeout',
        message: 'engine primary sent no reply in time',
      })
      await waitUntil(() => server.sockets.size === 0)
    })

    it('gives up on an engine that sends a head and then no byte', async () => {
      const server = await serve((_req, res) => res.flushHeaders())
      const reply = await create({ url: server.url, firstByteTimeoutMs: 60 }).send(chat(), never())
      await expect(reply.body.read()).rejects.toMatchObject({
        code: 'engine_timeout',
        message: 'engine primary sent no reply in time',
      })
      await waitUntil(() => server.sockets.size === 0)
    })

    it('gives up on an engine that falls silent for gapTimeoutMs', async () => {
      const server = await serve((_req, res) => {
        res.write('first')
      })
      const reply = await create({ url: server.url, gapTimeoutMs: 40 }).send(chat(), never())
      await reply.body.read()
      await expect(reply.body.read()).rejects.toMatchObject({
        code: 'engine_timeout',
        message: 'engine primary stopped sending in the middle of its reply',
      })
      await waitUntil(() => server.sockets.size === 0)
    })

    it('does not take a slow reader for a silent engine', async () => {
      const server = await serve((_req, res) => {
        res.write('first')
        setTimeout(() => res.end('last'), 20)
      })
      const reply = await create({ url: server.url, gapTimeoutMs: 40 }).send(chat(), never())
      await reply.body.read()
      await pause(120)
      expect(await readAll(reply)).toBe('last')
    })

    it('ends a stream that goes on for longer than totalTimeoutMs', async () => {
      const server = await serve((_req, res) => {
        const timer = setInterval(() => res.write('x'), 5)
        res.on('close', () => clearInterval(timer))
      })
      const reply = await create({ url: server.url, totalTimeoutMs: 80 }).send(chat(), never())
      await expect(readAll(reply)).rejects.toMatchObject({
        code: 'engine_timeout',
        message: 'engine primary did not finish its reply in time',
      })
      await waitUntil(() => server.sockets.size === 0)
    })
  })

  describe('failures', () => {
    it('says that an engine which refuses connections cannot be reached, and names no host', async () => {
      const failure = await create({ url: 'http://127.0.0.1:1' })
        .send(chat(), never())
        .catch((error) => error)
      expect(failure).toMatchObject({
        code: 'engine_unreachable',
        message: 'engine primary cannot be reached',
      })
      expect(failure.cause).toBeInstanceOf(Error)
    })

    it('tells an engine that hangs up before it answers', async () => {
      const server = await serveRaw((socket) => socket.destroy())
      await expect(create({ url: server.url }).send(chat(), never())).rejects.toMatchObject({
        code: 'engine_closed',
      })
    })

    it('tells a body that is shorter than its content-length from a whole one', async () => {
      const server = await serveRaw((socket) =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello'),
      )
      await expect(exchange(create({ url: server.url }))).rejects.toMatchObject({ code: 'engine_closed' })
    })

    it('tells a cut chunked body from a whole one, and still gives out what came', async () => {
      const server = await serveRaw((socket) => {
        socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n')
      })
      const reply = await create({ url: server.url }).send(chat(), never())
      expect(String(Buffer.from((await reply.body.read()) ?? []))).toBe('hello')
      await expect(reply.body.read()).rejects.toMatchObject({ code: 'engine_closed' })
      await expect(reply.body.read()).rejects.toMatchObject({ code: 'engine_closed' })
    })

    it('calls it garbage when the answer is not HTTP', async () => {
      const server = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'))
      await expect(create({ url: server.url }).send(chat(), never())).rejects.toMatchObject({
        code: 'engine_garbage',
      })
    })

    it('calls it garbage when the head never ends', async () => {
      const server = await serveRaw((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${'x-flood: 0123456789\r\n'.repeat(5_000)}`)
      })
      await expect(create({ url: server.url }).send(chat(), never())).rejects.toMatchObject({
        code: 'engine_garbage',
      })
    })

    it('refuses a request that cannot be written, without blaming the engine', async () => {
      const engine = create({ url: 'http://127.0.0.1:1' })
      await expect(engine.send(chat('x', 'no-slash'), never())).rejects.toMatchObject({
        code: 'invalid_request',
      })
      const request = chat()
      request.headers['bad name'] = '1'
      await expect(engine.send(request, never())).rejects.toMatchObject({ code: 'invalid_request' })
    })

    it('refuses codings it cannot undo', async () => {
      const server = await serve((_req, res) =>
        res.writeHead(200, { 'content-encoding': 'zstd' }).end('????'),
      )
      await expect(exchange(create({ url: server.url }))).rejects.toMatchObject({
        code: 'engine_garbage',
        message: expect.stringContaining('turn compression off there'),
      })
    })

    it('never hands out compressed bytes', async () => {
      const server = await serve((_req, res) =>
        res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('text')),
      )
      const outcome = await create({ url: server.url })
        .send(chat(), never())
        .then(async (reply) => [await readAll(reply), reply.headers['content-encoding']])
        .catch((error) => error.code)
      expect(['engine_garbage', ['text', undefined]]).toContainEqual(outcome)
    })
  })

  describe('giving up', () => {
    it('lets the engine see within 100 ms that the client has left, before the head', async () => {
      let goneMs = 0
      const server = await serve((req) => req.socket.on('close', () => (goneMs = performance.now())))
      const client = new AbortController()
      const sent = create({ url: server.url }).send(chat(), client.signal)
      sent.catch(() => {})
      await waitUntil(() => server.sockets.size === 1)
      await pause(10)
      const leftMs = performance.now()
      client.abort()
      await expect(sent).rejects.toMatchObject({ code: 'client_closed' })
      await waitUntil(() => goneMs > 0)
      expect(goneMs - leftMs).toBeLessThan(100)
    })

    it('lets the engine see within 100 ms that the client has left, in mid-stream', async () => {
      let goneMs = 0
      const server = await serve((req, res) => {
        req.socket.on('close', () => (goneMs = performance.now()))
        res.write('one')
      })
      const client = new AbortController()
      const reply = await create({ url: server.url }).send(chat(), client.signal)
      await reply.body.read()
      const waiting = reply.body.read()
      const leftMs = performance.now()
      client.abort()
      await expect(waiting).rejects.toMatchObject({ code: 'client_closed' })
      await expect(reply.body.read()).rejects.toMatchObject({ code: 'client_closed' })
      await waitUntil(() => goneMs > 0)
      expect(goneMs - leftMs).toBeLessThan(100)
    })

    it('sends nothing for a client that has left already', async () => {
      const server = await serve((_req, res) => res.end('no'))
      await expect(create({ url: server.url }).send(chat(), AbortSignal.abort())).rejects.toMatchObject({
        code: 'client_closed',
      })
      expect(server.accepted()).toBe(0)
    })

    it('closes the connection when the reply is given up, and never calls that its end', async () => {
      const server = await serve((_req, res) => {
        res.write('one')
      })
      const reply = await create({ url: server.url }).send(chat(), never())
      await reply.body.read()
      const waiting = reply.body.read()
      reply.body.cancel()
      reply.body.cancel()
      await expect(waiting).rejects.toMatchObject({ code: 'client_closed' })
      await expect(reply.body.read()).rejects.toMatchObject({ code: 'client_closed' })
      await waitUntil(() => server.sockets.size === 0)
    })

    it('leaves no connection and no listener after 1,000 aborts', { timeout: 20_000 }, async () => {
      const server = await serve((_req, res) => {
        res.write('one')
      })
      const engine = create({ url: server.url })
      const lasting = new AbortController().signal
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            const reply = await engine.send(chat(), lasting)
            await reply.body.read()
            reply.body.cancel()
          }),
        )
      }
      expect(getEventListeners(lasting, 'abort')).toHaveLength(0)
      await waitUntil(() => server.sockets.size === 0)
      expect(server.accepted()).toBeGreaterThanOrEqual(1_000)
    })

    it('leaves no listener after whole replies and after failures', async () => {
      const server = await serve((req, res) => (req.url === '/ok' ? res.end('ok') : res.destroy()))
      const engine = create({ url: server.url })
      const { signal } = new AbortController()
      await exchange(engine, chat('', '/ok'), signal)
      await expect(exchange(engine, chat('', '/cut'), signal)).rejects.toMatchObject({
        code: 'engine_closed',
      })
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    })

    it('reads an endless reply no faster than its reader', { timeout: 20_000 }, async () => {
      let sentBytes = 0
      const server = await serve((_req, res) => {
        const write = () => {
          while (!res.destroyed && res.write(mebibyte)) sentBytes += mebibyte.length
          sentBytes += mebibyte.length
        }
        res.on('drain', write)
        write()
      })
      const reply = await create({ url: server.url }).send(chat(), never())
      let readBytes = 0
      for (let i = 0; i < 100; i++) {
        // Now and then slower than the engine, so that the transport has to pause and to go on.
        if (i % 20 === 0) await pause(20)
        readBytes += (await reply.body.read())?.length ?? 0
      }
      // What the engine has sent beyond that sits in the kernel's socket buffers, not in this process.
      await pause(100)
      expect(sentBytes - readBytes).toBeLessThan(24 * 1024 * 1024)
      reply.body.cancel()
      await waitUntil(() => server.sockets.size === 0)
    })
  })
}

async function readBody(req: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of req) parts.push(part)
  return Buffer.concat(parts).toString()
}
