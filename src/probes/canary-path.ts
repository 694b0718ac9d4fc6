import type { HaltGate } from '../breakers/halt-gate.ts'
import { type CanaryExchanges, canaryTenant } from '../breakers/halt-liveness.ts'
import { dialects } from '../dialects/index.ts'
import { sseData } from '../dialects/sse.ts'
import type { ByteSource, Engine } from '../engines/engine.ts'
import { GatewayError } from '../errors.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { createTraffic } from '../traffic.ts'
import { insideParts, noBreaker, type SharedParts } from './probe-path.ts'

const words = 'The canary sings. '
const limits = { maxReplyBytes: 65_536, maxStreamBytes: 1_048_576, maxEventBytes: 65_536 }
const everyMs = 20

/** The exchanges of the halt's canary: the gateway's own request path, with an engine of its own that sings until it is cut. */
export function createCanaryExchanges(shared: () => SharedParts, metrics: Metrics): CanaryExchanges {
  function open(gate: HaltGate) {
    const parts = { ...shared(), dialect: dialects['openai-chat'].create({}) }
    return createTraffic({
      ...insideParts(parts, 'primary', metrics),
      engines: { primary: { engine: songbird, breaker: noBreaker, limits, ownCredential: false } },
      halt: gate,
    })
  }

  return {
    async begin(gate) {
      const stop = new AbortController()
      const response = await open(gate).fetch(requestOf(shared(), true, stop.signal))
      const reader = response.body?.getReader()
      const first = await reader?.read()
      if (
        reader === undefined ||
        first === undefined ||
        first.done ||
        !decode(first.value).includes('canary')
      )
        throw new Error('the canary exchange did not begin')
      return { over: endOf(reader), stop: () => stop.abort() }
    },
    async ask(gate) {
      const response = await open(gate).fetch(requestOf(shared(), false, AbortSignal.timeout(5_000)))
      await response.arrayBuffer()
      if (response.headers.get('x-haltgate')?.startsWith('halted') === true) return 'halted'
      return response.headers.get('x-haltgate-engine') === 'primary' ? 'engine' : 'neither'
    },
  }
}

function requestOf({ identify }: SharedParts, stream: boolean, signal: AbortSignal): Request {
  return new Request('http://inside/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', [identify.tenant]: canaryTenant },
    body: JSON.stringify({ model: 'canary', stream, messages: [{ role: 'user', content: 'Sing, please.' }] }),
    signal,
  })
}

/** The safe reply ends a stream as one whose content was filtered; nothing of the engine's may follow. */
async function endOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<'safe-reply' | 'otherwise'> {
  let rest = ''
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      rest += decode(piece.value)
  } catch {
    return 'otherwise'
  }
  const ending = rest.slice(rest.lastIndexOf('canary'))
  return ending.includes('content_filter') && rest.trimEnd().endsWith('[DONE]') ? 'safe-reply' : 'otherwise'
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const songbird: Engine = {
  name: 'primary',
  async send(request, signal) {
    const isStream = new TextDecoder().decode(request.body).includes('"stream":true')
    const type = isStream ? 'text/event-stream' : 'application/json'
    return { status: 200, headers: { 'content-type': type }, body: isStream ? song(signal) : verse() }
  },
  close: async () => {},
}

function song(signal: AbortSignal): ByteSource {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    read: () =>
      new Promise((resolve, reject) => {
        const onAbort = () => {
          clearTimeout(timer)
          reject(new GatewayError('client_closed', 'the canary was cut'))
        }
        if (signal.aborted) return onAbort()
        signal.addEventListener('abort', onAbort, { once: true })
        timer = setTimeout(() => {
          signal.removeEventListener('abort', onAbort)
          resolve(sseData(chunk({ delta: { content: words } })))
        }, everyMs)
      }),
    cancel: () => clearTimeout(timer),
  }
}

function verse(): ByteSource {
  const message = { role: 'assistant', content: words }
  const pieces = [new TextEncoder().encode(JSON.stringify(chunk({ message, finish_reason: 'stop' })))]
  return { read: async () => pieces.pop(), cancel() {} }
}

const chunk = (choice: object) => ({
  id: 'canary',
  object: 'chat.completion',
  created: 0,
  model: 'canary',
  choices: [{ index: 0, ...choice }],
})
