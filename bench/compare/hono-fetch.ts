import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { proxy } from 'hono/proxy'

/** What Hono's own documentation shows: its `proxy` helper, which goes through the global `fetch`. */
const engineUrl = process.argv[2] ?? ''
const app = new Hono()

app.all('*', (c) => {
  const { pathname, search } = new URL(c.req.url)
  return proxy(`${engineUrl}${pathname}${search}`, c.req)
})

const serverOptions = { keepAliveTimeout: 60_000 }
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', serverOptions }, ({ port }) =>
  console.log(`ready http://127.0.0.1:${port}`),
)
process.once('SIGTERM', () => process.exit(0))
