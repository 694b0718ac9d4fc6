import { createServer, type ServerResponse } from 'node:http'

/**
 * An engine that costs next to nothing: a fixed reply of 0.6 KB, or a stream. What it does is said in the request's
 * `model`: `stream:<chunks>:<pauseMs>` streams, `idle` sends one chunk and never ends, anything else gets the reply.
 * Each chunk carries the time of its making, so that a reader can judge what was sent after a halt.
 */
const stamp = { id: 'chatcmpl-bench', created: 1_790_000_000, model: 'bench' }
const reply = JSON.stringify({
  ...stamp,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'It sounds like a long week. '.repeat(13) },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 300, completion_tokens: 80, total_tokens: 380 },
})
const replyHeaders = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) }
const event = (delta: object, reason: string | null) => {
  const choices = [{ index: 0, delta, finish_reason: reason }]
  return `data: ${JSON.stringify({ ...stamp, object: 'chat.completion.chunk', choices })}\n\n`
}
const [chunkHead = '', chunkTail = ''] = event({ content: ' AT' }, null).split('AT')
const chunk = () => chunkHead + Date.now() + chunkTail
const finish = `${event({}, 'stop')}data: [DONE]\n\n`

function stream(response: ServerResponse, chunks: number, pauseMs: number) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let sent = 0
  const timer = setInterval(() => {
    if (sent++ < chunks) {
      response.write(chunk())
      return
    }
    clearInterval(timer)
    response.end(finish)
  }, pauseMs)
  response.on('close', () => clearInterval(timer))
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (piece: string) => {
    body += piece
  })
  request.on('end', () => {
    const model = /"model":"([^"]*)"/.exec(body)?.[1] ?? ''
    const [kind, chunks, pauseMs] = model.split(':')
    if (kind === 'stream') stream(response, Number(chunks), Number(pauseMs))
    else if (kind === 'idle') response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk())
    else response.writeHead(200, replyHeaders).end(reply)
  })
})

server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) console.log(`ready http://127.0.0.1:${address.port}`)
})
