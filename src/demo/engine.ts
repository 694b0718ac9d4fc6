import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DemoOptions, demoHandler } from './handler.ts'

export interface DemoEngine {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  url: string
  close(): Promise<void>
}

/**
 * Starts the demo engine: a small ELIZA-style therapist that speaks the OpenAI chat protocol and can be broken on
 * purpose by `PUT /demo/faults`. For trying haltgate out and for drills; never for people in need.
 * Port 0 takes a free one. Rejects with the listen error (`EADDRINUSE`, `EACCES`).
 */
export async function startDemoEngine({
  port = 0,
  host = '127.0.0.1',
  ...options
}: { port?: number; host?: string } & DemoOptions = {}): Promise<DemoEngine> {
  const server = createServer(demoHandler(options))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the demo engine has no TCP address')
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
