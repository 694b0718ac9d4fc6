import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    engineUrl: string
  }
}

/** What the engine saw of one call. */
export interface Seen {
  authorization: string | undefined
  body: string
  events: number
  /** The gateway left before the end. */
  aborted: boolean
}

export interface TestEngine {
  url: string
  seen(id: string): Seen | undefined
  close(): Promise<void>
}

/**
 * An engine on a loopback port for the tests of the Worker. A call names itself in `x-call-id` and says in `x-scenario`
 * what is to happen: `json`, `stream` (three words 80 ms apart), `endless` (a word every 50 ms), `silent` (one word and
 * then nothing), `fail`, `says` (what the request has in `metadata.says`, piece by piece or whole).
 */
export async function startEngine(): Promise<TestEngine> {
  const calls = new Map<string, Seen>()
  const server = createServer((request, response) => {
    const { url = '/' } = request
    if (url.startsWith('/seen/')) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(calls.get(url.slice('/seen/'.length)) ?? null))
    } else void answer(request, response, calls)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the test engine has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen: (id) => calls.get(id),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** For tests that run in workerd: they ask the engine with `GET /seen/<id>`. */
export default async function setup(project: TestProject) {
  const engine = await startEngine()
  project.provide('engineUrl', engine.url)
  return engine.close
}

async function answer(request: IncomingMessage, response: ServerResponse, calls: Map<string, Seen>) {
  let body = ''
  for await (const piece of request) body += piece
  const seen: Seen = { authorization: request.headers.authorization, body, events: 0, aborted: false }
  calls.set(String(request.headers['x-call-id']), seen)
  response.on('close', () => {
    seen.aborted = !response.writableFinished
  })
  const send = (data: string) => {
    seen.events++
    response.write(`data: ${data}\n\n`)
  }
  const scenario = request.headers['x-scenario']
  if (scenario === 'fail') return response.writeHead(500).end('{"error":{"message":"no"}}')
  const { stream, metadata } = JSON.parse(body || '{}')
  const says: string[] | undefined = scenario === 'says' ? metadata.says : undefined
  if (scenario === 'json' || (says !== undefined && stream !== true)) {
    const message = { role: 'assistant', content: says?.join('') ?? 'Tell me more.' }
    const reply = { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (says !== undefined) {
    for (const piece of says) {
      send(delta(piece))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    send(delta(undefined, 'stop'))
    send('[DONE]')
    return response.end()
  }
  send(delta('one'))
  if (scenario === 'silent') return
  for (let word = 2; !response.destroyed && (scenario === 'endless' || word <= 3); word++) {
    await new Promise((resolve) => setTimeout(resolve, scenario === 'endless' ? 50 : 80))
    send(delta(`word-${word}`))
  }
  send(delta(undefined, 'stop'))
  send('[DONE]')
  response.end()
}

function delta(content: string | undefined, finish: string | null = null): string {
  const choice = { index: 0, delta: content === undefined ? {} : { content }, finish_reason: finish }
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [choice],
  })
}
