import { createServer } from 'node:http'

/**
 * An engine that costs next to nothing: a fixed reply of 0.6 KB, or a stream. Its own settings come in the request's
 * `model`: `stream:<chunks>:<pauseMs>` (pause 0 writes one chunk per turn of the event loop), `idle` never ends.
 */
const reply = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'bench',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'It sounds like a long week. '.repeat(13) },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 300, completion_tokens: 80, total_tokens: 380 },
})
const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'bench', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
const finish = `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'bench', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`
const replyHeaders = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) }

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (piece: string) => {
    body += piece
  })
  request.on('end', () => {
    const model = /"model":"([^"]*)"/.exec(body)?.[1] ?? ''
    const [kind, chunks, pauseMs] = model.split(':')
    if (kind !== 'stream' && kind !== 'idle') {
      response.writeHead(200, replyHeaders).end(reply)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (kind === 'idle') response.write(chunk(' one'))
    else void writeStream(response, Number(chunks), Number(pauseMs))
  })
})

async function writeStream(response: import('node:http').ServerResponse, chunks: number, pauseMs: number) {
  for (let n = 0; n < chunks && !response.destroyed; n++) {
    // The stamp lets a reader judge what was sent after a halt.
    response.write(chunk(` ${Date.now()}`))
    await new Promise((resolve) => (pauseMs > 0 ? setTimeout(resolve, pauseMs) : setImmediate(resolve)))
  }
  response.end(finish)
}

server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) console.log(`ready http://127.0.0.1:${address.port}`)
})
