import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StampingEngine {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Streams that it is writing now. */
  readonly streams: number
  close(): Promise<void>
}

/** Milliseconds since 1970 with fractions; one machine, so one clock for engine, clients and tests. */
export const nowMs = (): number => performance.timeOrigin + performance.now()

/** Every piece of AI text begins with this and its time, so that it can be told from the gateway's own words. */
export const stampMark = '@'

const chunkEveryMs = 10

/**
 * A conversation engine in the test's process: every piece of its replies is the time at which it was sent. A stream
 * goes on until its reader leaves; a JSON reply comes at once.
 */
export async function startStampingEngine(): Promise<StampingEngine> {
  let streams = 0
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    if (!body.includes('"stream":true')) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(completion({ message: { role: 'assistant', content: stamp() } }, 'stop')))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    streams++
    const timer = setInterval(() => {
      if (response.writableNeedDrain) return
      response.write(`data: ${JSON.stringify(completion({ delta: { content: stamp() } }, null))}\n\n`)
    }, chunkEveryMs)
    response.once('close', () => {
      clearInterval(timer)
      streams--
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    get streams() {
      return streams
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const stamp = () => `${stampMark}${nowMs()} `

function completion(what: object, finishReason: string | null) {
  const choices = [{ index: 0, ...what, finish_reason: finishReason }]
  return { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'stamps', choices }
}
