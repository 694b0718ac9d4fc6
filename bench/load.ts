import { type Dispatcher, Pool } from 'undici'

/** What came back for one request. */
export interface Received {
  status: number
  bytes: number
  /** How many times data arrived. */
  pieces: number
}

const message = 'I have not been sleeping well and every day feels longer than the one before it. '

/** A chat request of 1.5 KB. `model` tells the engine what to do. */
export function chatBody(model: string): string {
  const messages = [
    { role: 'system', content: 'You are a kind listener. Answer briefly, and ask one question at a time.' },
    { role: 'user', content: message.repeat(5) },
    { role: 'assistant', content: message.repeat(3) },
    { role: 'user', content: message.repeat(7) },
  ]
  return JSON.stringify({ model, stream: /^(stream|idle)/.test(model), temperature: 0.7, messages })
}

/** Clients of one listener, one connection each. */
export function openClients(url: string, connections: number): Pool {
  return new Pool(url, { connections, headersTimeout: 0, bodyTimeout: 0 })
}

/** Sends one chat request. `onData` sees each piece of the body; `signal` ends the request as a client that leaves. */
export function send(
  clients: Pool,
  body: string,
  {
    onData,
    onAbortable,
  }: { onData?: (piece: Buffer) => void; onAbortable?: (abort: () => void) => void } = {},
): Promise<Received> {
  const received: Received = { status: 0, bytes: 0, pieces: 0 }
  return new Promise((resolve, reject) => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        onAbortable?.(() => controller.abort(new Error('the client left')))
      },
      onResponseStart(_controller, status) {
        received.status = status
      },
      onResponseData(_controller, piece) {
        received.bytes += piece.length
        received.pieces++
        onData?.(piece)
      },
      onResponseEnd: () => resolve(received),
      onResponseError: (_controller, error) => reject(error),
    }
    clients.dispatch({ method: 'POST', path: '/v1/chat/completions', headers, body }, handler)
  })
}

/** `count` requests, `concurrency` at a time. Throws at the first reply that is not exactly as `expected`. */
export async function sendMany(
  clients: Pool,
  body: string,
  options: { count: number; concurrency: number; expected: Pick<Received, 'status' | 'bytes'> },
): Promise<{ pieces: number }> {
  const { count, concurrency, expected } = options
  let started = 0
  let pieces = 0
  const client = async () => {
    while (started++ < count) {
      const reply = await send(clients, body)
      if (reply.status !== expected.status || reply.bytes !== expected.bytes)
        throw new Error(
          `the run is void: expected ${expected.status} with ${expected.bytes} bytes, got ${reply.status} with ${reply.bytes}`,
        )
      pieces += reply.pieces
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return { pieces }
}

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  authorization: 'Bearer sk-bench-0123456789abcdef0123456789abcdef',
  'user-agent': 'bench/1.0',
  'x-session-id': 'session-4711',
}
