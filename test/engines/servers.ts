import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Engine, EngineReply, EngineRequest } from '../../src/engines/engine.ts'

export interface TestServer {
  url: string
  /** Open connections that have carried a request; Node's `fetch` opens spare ones after an abort. */
  sockets: Set<Socket>
  /** All that were ever opened. */
  accepted: () => number
}

/** An HTTP server on a free loopback port, ended with the test. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer()
  const started = await listen(server)
  server.on('request', (req, res) => {
    if (!started.sockets.has(req.socket)) {
      started.sockets.add(req.socket)
      req.socket.on('close', () => started.sockets.delete(req.socket))
    }
    listener(req, res)
  })
  return started
}

/** A server that speaks whatever `onRequest` writes once the head of a request has come. */
export function serveRaw(onRequest: (socket: Socket) => void): Promise<TestServer> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (data) => {
        if (data.includes('\r\n\r\n')) onRequest(socket)
      })
    }),
  )
}

async function listen(server: Server): Promise<TestServer> {
  const open = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, sockets: new Set(), accepted: () => accepted }
}

export function chat(text = 'hello', path = '/v1/chat/completions'): EngineRequest {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify({ messages: [{ role: 'user', content: text }] })),
  }
}

export const never = () => new AbortController().signal

export async function readAll(reply: EngineReply): Promise<string> {
  const parts: Uint8Array[] = []
  for (;;) {
    const chunk = await reply.body.read()
    if (chunk === undefined) return Buffer.concat(parts).toString()
    parts.push(chunk)
  }
}

/** Sends, reads to the end. */
export async function exchange(engine: Engine, request = chat(), signal = never()): Promise<string> {
  return readAll(await engine.send(request, signal))
}

export async function waitUntil(condition: () => boolean, limitMs = 2_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not so within ${limitMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
