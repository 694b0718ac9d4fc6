import { type Dispatcher, Pool } from 'undici'
import { createCrisisAssessor } from '../src/detectors/crisis/assess.ts'
import { createCrisisDetector } from '../src/detectors/crisis/crisis.ts'
import { readChatRequest } from '../src/dialects/openai-chat-request.ts'
import { type ChatRequest, chatRequest } from './texts.ts'

/** What came back for one request. */
export interface Received {
  status: number
  bytes: number
  /** How many times data arrived. */
  pieces: number
}

/** Clients of one listener, one connection each. */
export function openClients(url: string, connections: number): Pool {
  return new Pool(url, { connections, headersTimeout: 0, bodyTimeout: 0 })
}

/** Sends one chat request. `onData` sees each piece of the body; `signal` ends the request as a client that leaves. */
export function send(
  clients: Pool,
  { body, session }: ChatRequest,
  {
    onData,
    onAbortable,
    extraHeaders,
  }: {
    onData?: (piece: Buffer) => void
    onAbortable?: (abort: () => void) => void
    extraHeaders?: Readonly<Record<string, string>>
  } = {},
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
    clients.dispatch(
      {
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { ...headers, 'x-session-id': session, ...extraHeaders },
        body,
      },
      handler,
    )
  })
}

/** Each request once, `concurrency` at a time. Throws at the first reply that is not exactly as `expected`. */
export async function sendMany(
  clients: Pool,
  requests: readonly ChatRequest[],
  { concurrency, expected }: { concurrency: number; expected: Pick<Received, 'status' | 'bytes'> },
): Promise<{ pieces: number }> {
  const rest = requests.values()
  let pieces = 0
  const client = async () => {
    for (const request of rest) {
      const reply = await send(clients, request)
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

/**
 * So many different requests in which the detector hears nothing: what it does hear changes with its training, and a
 * reply that gets crisis lines would be another exchange. Their numbers are the same in each run of the same weights.
 */
export function calmRequests(model: string, count: number): ChatRequest[] {
  const detector = createCrisisDetector(createCrisisAssessor())
  const calm: ChatRequest[] = []
  let number = 0
  for (; calm.length < count; number++) {
    const request = chatRequest(model, number)
    const { messages } = readChatRequest(JSON.parse(request.body))
    const { outcome, bypass, risk } = detector.inspect({ messages, session: undefined, nowMs: 0 })
    if (outcome === 'clear' && bypass === undefined && risk === 0) calm.push(request)
    if (number > 2 * count + 1_000)
      throw new Error('the run is void: half of the everyday texts raise an alarm')
  }
  return calm
}

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  authorization: 'Bearer sk-bench-0123456789abcdef0123456789abcdef',
  'user-agent': 'bench/1.0',
}
