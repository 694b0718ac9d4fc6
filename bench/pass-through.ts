import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { type HttpBindings, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { Pool } from 'undici'

/** The yardstick: Hono and undici with nothing in between. It passes everything on and reads, counts, stops nothing. */
const pool = new Pool(process.argv[2] ?? '', { connections: 2048, headersTimeout: 0, bodyTimeout: 0 })
const app = new Hono<{ Bindings: HttpBindings }>()

function passOn({ connection, host, ...headers }: IncomingMessage['headers']) {
  delete headers['transfer-encoding']
  return headers
}

app.all('*', async (c) => {
  const { incoming } = c.env
  const body = incoming.method === 'GET' ? null : new Uint8Array(await c.req.arrayBuffer())
  const headers = passOn(incoming.headers)
  const reply = await pool.request({ method: c.req.method, path: incoming.url ?? '/', headers, body })
  const init = { status: reply.statusCode, headers: passOn(reply.headers) as Record<string, string> }
  // A whole reply is much cheaper in one piece; only a stream needs to be one.
  if (reply.headers['content-length'])
    return new Response((await reply.body.bytes()) as Uint8Array<ArrayBuffer>, init)
  return new Response(Readable.toWeb(reply.body) as ReadableStream<Uint8Array>, init)
})

// Connections are kept as long as haltgate keeps them: the load pauses between its bursts.
const serverOptions = { keepAliveTimeout: 60_000 }
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', serverOptions }, ({ port }) =>
  console.log(`ready http://127.0.0.1:${port}`),
)
process.once('SIGTERM', () => process.exit(0))
