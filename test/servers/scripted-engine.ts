import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** One exchange as it came to the engine. */
export interface EngineCall {
  request: IncomingMessage
  response: ServerResponse
  /** The whole request body. */
  body: string
  /** When the gateway closed the connection before the reply was complete: `performance.now()`. */
  left: Promise<number>
}

/** What the engine does with a call. */
export type Script = (call: EngineCall) => void | Promise<void>

/** An engine on a real port that does what each test tells it, however wrong. */
export interface ScriptedEngine {
  readonly url: string
  readonly calls: EngineCall[]
  script: Script
  /** Resolves with the `count`th call (from 1) once it has come. */
  call(count: number): Promise<EngineCall>
  readonly openConnections: number
  close(): Promise<void>
}

export async function startScriptedEngine(script: Script): Promise<ScriptedEngine> {
  const sockets = new Set<Socket>()
  const calls: EngineCall[] = []
  const waiting = new Map<number, ((call: EngineCall) => void)[]>()
  const server = createServer(async (request, response) => {
    const left = new Promise<number>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) resolve(performance.now())
      })
    })
    response.on('error', () => {})
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(piece)
    } catch {
      return
    }
    const call = { request, response, body: Buffer.concat(pieces).toString(), left }
    calls.push(call)
    for (const resolve of waiting.get(calls.length) ?? []) resolve(call)
    waiting.delete(calls.length)
    await engine.script(call)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const engine: ScriptedEngine = {
    url: `http://127.0.0.1:${port}`,
    calls,
    script,
    call(count) {
      const known = calls[count - 1]
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve) => {
        waiting.set(count, [...(waiting.get(count) ?? []), resolve])
      })
    },
    get openConnections() {
      return sockets.size
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
  return engine
}

/** A whole chat completion that says `content`. */
export function completion(content: string): string {
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'listener-1',
    choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
  })
}

/** One event of a streamed chat completion; `choice` is laid over an empty one. */
export function event(choice: Record<string, unknown>): string {
  const chunk = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'listener-1',
    choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
  }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

export const says = (content: string): string => event({ delta: { content } })
export const stop = event({ finish_reason: 'stop' })
export const done = 'data: [DONE]\n\n'

/** Answers with this body, JSON unless the headers say otherwise. */
export function answers(body: string, status = 200, headers: Record<string, string> = {}): Script {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }
}

/** Begins a stream, which the test goes on with. */
export function openStream({ response }: EngineCall): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  return response
}

/** Streams these pieces and ends, with a pause before each but the first. */
export function streams(pieces: readonly string[], pauseMs = 0): Script {
  return async (call) => {
    const response = openStream(call)
    for (const [index, piece] of pieces.entries()) {
      if (index > 0 && pauseMs > 0) await wait(pauseMs)
      response.write(piece)
    }
    response.end()
  }
}

/** Streams these pieces, then closes the connection as a crashed process does. */
export function breaksOff(pieces: readonly string[]): Script {
  return async (call) => {
    const response = openStream(call)
    for (const piece of pieces) response.write(piece)
    await wait(20)
    call.request.socket.destroy()
  }
}

/** Writes these bytes where an HTTP reply would stand, and closes. */
export function writesRaw(bytes: string | Uint8Array): Script {
  return ({ request }) => {
    request.socket.end(bytes)
  }
}

/** Takes the request and never answers. */
export const neverAnswers: Script = () => {}
