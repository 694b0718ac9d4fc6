import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { Pool } from 'undici'

/** The yardstick: Hono and undici with nothing in between. It checks, counts and stops nothing. */
const [engine = '', port = '0'] = process.argv.slice(2)
const pool = new Pool(engine, { connections: 1024 })
const app = new Hono<{ Bindings: { incoming: import('node:http').IncomingMessage } }>()

app.post('*', async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer())
  const {
    statusCode,
    headers,
    body: reply,
  } = await pool.request({
    method: 'POST',
    path: c.req.path,
    headers: { 'content-type': 'application/json', authorization: c.req.header('authorization') ?? '' },
    body,
  })
  const type = String(headers['content-type'])
  const out = { 'content-type': type }
  if (!type.startsWith('text/event-stream'))
    return new Response(await reply.arrayBuffer(), { status: statusCode, headers: out })
  const stream = Readable.toWeb(reply)
  return new Response(stream as ReadableStream<Uint8Array>, { status: statusCode, headers: out })
})

serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`ready http://127.0.0.1:${port}`),
)
