import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFetchEngine } from '../../src/engines/fetch.ts'
import type { EngineOptions } from '../../src/engines/target.ts'
import { testEngine } from './engine-contract.ts'
import { chat, never, readAll, serve } from './servers.ts'

const create = (options: Partial<EngineOptions> & { url: string }) =>
  createFetchEngine({
    name: 'primary',
    connectTimeoutMs: 1_000,
    firstByteTimeoutMs: 2_000,
    gapTimeoutMs: 2_000,
    totalTimeoutMs: 10_000,
    ...options,
  })

describe('fetch engine', () => {
  testEngine(create)

  it('never shows a reply given up as ended, even where fetch does not heed its signal', async () => {
    const silent = new ReadableStream<Uint8Array>({ start: (body) => body.enqueue(new Uint8Array(1)) })
    const options = {
      connectTimeoutMs: 1_000,
      firstByteTimeoutMs: 1_000,
      gapTimeoutMs: 1_000,
      totalTimeoutMs: 1_000,
    }
    const engine = createFetchEngine(
      { name: 'primary', url: 'http://engine.test', ...options },
      undefined,
      async () => new Response(silent),
    )
    const reply = await engine.send(chat(), never())
    await reply.body.read()
    const waiting = reply.body.read()
    reply.body.cancel()
    await expect(waiting).rejects.toMatchObject({ code: 'client_closed' })
  })

  it('gives out what fetch decoded, without the headers of the encoded bytes', async () => {
    const body = gzipSync('plain text')
    const server = await serve((_req, res) => {
      res.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
    })
    const reply = await create({ url: server.url }).send(chat(), never())
    expect(reply.headers).not.toHaveProperty('content-encoding')
    expect(reply.headers).not.toHaveProperty('content-length')
    expect(await readAll(reply)).toBe('plain text')
  })
})
