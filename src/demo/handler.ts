import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Completion, completionBody, completionChunks, demoModel, tokensOf } from './chat-reply.ts'
import { allText, ChatRequest, wordsOf } from './chat-request.ts'
import { answer } from './eliza.ts'
import { Faults, noFaults } from './faults.ts'
import { Refusal, readJson, sendError, sendJson } from './http.ts'

export interface DemoOptions {
  /** Between streamed words. */
  chunkDelayMs?: number
  /** 0 to below 1; decides which requests the `errors` fault takes. */
  random?: () => number
}

/** The demo engine as a plain Node request listener with fault switches of its own. */
export function demoHandler({ chunkDelayMs = 30, random = Math.random }: DemoOptions = {}): RequestListener {
  let faults = noFaults
  /** With an even spread, how much of the next failure has come together. */
  let owedErrors = 0
  const replying = new Set<ServerResponse>()

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url?.split('?', 1)[0]}`
    if (route === 'GET /demo/faults') return sendJson(response, 200, faults)
    if (route === 'PUT /demo/faults') {
      faults = readFaults(await readJson(request))
      owedErrors = 0
      if (faults.down) for (const running of replying) running.destroy()
      return sendJson(response, 200, faults)
    }
    if (faults.down) {
      request.socket.destroy()
      return
    }
    if (route === 'GET /v1/models') return sendJson(response, 200, models)
    if (route === 'POST /v1/chat/completions') return chat(request, response)
    throw new Refusal(404, `the demo engine has no ${route}; it answers POST /v1/chat/completions`)
  }

  function isToFail(): boolean {
    if (faults.errorSpread === 'random') return random() < faults.errors
    owedErrors += faults.errors
    // Sums of shares such as 0.1 fall short of 1 by their last digits.
    if (owedErrors < 1 - 1e-9) return false
    owedErrors -= 1
    return true
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = readChat(await readJson(request))
    const gone = new AbortController()
    replying.add(response)
    response.once('close', () => {
      replying.delete(response)
      gone.abort()
    })
    // Read once: a switch thrown in mid-reply changes the next reply, not half of this one.
    const { slow, deaf, harmful } = faults
    const fails = isToFail()
    if (slow) await sleep(slow.firstByteMs, undefined, { signal: gone.signal })
    if (fails) throw new Refusal(500, 'the demo engine fails as its errors switch says')

    const userMessages = wordsOf(asked, 'user')
    const said = Array.from({ length: asked.n ?? 1 }, (_, choice) =>
      answer(userMessages, choice, { deaf, harmful }),
    )
    response.setHeader('x-crisis-detected', String(said.some(({ crisisDetected }) => crisisDetected)))
    const completion = complete(
      asked,
      said.map(({ text }) => text),
    )
    const stamped = (part: object) => (asked.stamps ? { ...part, made: Date.now() } : part)
    if (!asked.stream) return sendJson(response, 200, stamped(completionBody(completion)))

    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    const perChunkMs = asked.chunkDelayMs ?? (slow ? slow.perChunkMs : chunkDelayMs)
    for (const chunk of completionChunks(completion, asked.stream_options?.include_usage ?? false)) {
      response.write(`data: ${JSON.stringify(stamped(chunk))}\n\n`)
      if (perChunkMs > 0) await sleep(perChunkMs, undefined, { signal: gone.signal })
    }
    response.end('data: [DONE]\n\n')
  }

  return (request, response) => {
    response.setHeader('server', 'haltgate-demo-engine')
    route(request, response).catch((error: unknown) => sendError(response, error))
  }
}

function complete(asked: ChatRequest, texts: readonly string[]): Completion {
  const limit = asked.max_completion_tokens ?? asked.max_tokens ?? Number.POSITIVE_INFINITY
  return {
    id: `chatcmpl-${randomUUID()}`,
    createdSeconds: Math.floor(Date.now() / 1000),
    promptTokens: tokensOf(allText(asked)).length,
    choices: texts.map(tokensOf).map((tokens) => ({
      tokens: tokens.slice(0, limit),
      finishReason: tokens.length > limit ? 'length' : 'stop',
    })),
  }
}

function readChat(body: unknown): ChatRequest {
  const read = ChatRequest.safeParse(body)
  if (!read.success) throw new Refusal(400, z.prettifyError(read.error))
  return read.data
}

function readFaults(body: unknown): Faults {
  const read = Faults.safeParse(body)
  if (!read.success) throw new Refusal(400, z.prettifyError(read.error))
  return read.data
}

const models = {
  object: 'list',
  data: [{ id: demoModel, object: 'model', created: 1_767_225_600, owned_by: 'haltgate' }],
}
