import { createServer, type ServerResponse } from 'node:http'
import { ordinaryReply, replyWords } from './texts.ts'

/**
 * An engine that costs next to nothing: one of 16 ready replies of 0.6 KB, or a stream of words. What it does is said in
 * the request's `model`: `stream:<chunks>:<pauseMs>:<text>` streams, `idle` sends one chunk and never ends, anything else
 * gets a reply. Each chunk carries the time of its making, so that a reader can judge what was sent after a halt.
 */
const stamp = { id: 'chatcmpl-bench', created: 1_790_000_000, model: 'bench' }
/** All of one length, for the load counts bytes. */
const replyBytes = 760
const replies = Array.from({ length: 16 }, (_, number) => {
  const message = { role: 'assistant', content: ordinaryReply(number, 360) }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 300, completion_tokens: 80, total_tokens: 380 }
  const reply = JSON.stringify({ ...stamp, object: 'chat.completion', choices, usage })
  return reply.padEnd(reply.length + replyBytes - Buffer.byteLength(reply))
})
const replyHeaders = { 'content-type': 'application/json', 'content-length': replyBytes }
let answered = 0
const event = (delta: object, reason: string | null, made?: number) => {
  const choices = [{ index: 0, delta, finish_reason: reason }]
  const json = { ...stamp, object: 'chat.completion.chunk', choices }
  return `data: ${JSON.stringify(made === undefined ? json : { ...json, made })}\n\n`
}
const wordsOfAStream = 200
const texts = Array.from({ length: 16 }, (_, number) =>
  replyWords(number, wordsOfAStream).map((word) => event({ content: word }, null, 0).split('"made":0')),
)
function chunk(text: number, at: number): string {
  const [head = '', tail = ''] = texts[text]?.[at % wordsOfAStream] ?? []
  return `${head}"made":${Date.now()}${tail}`
}
const finish = `${event({}, 'stop')}data: [DONE]\n\n`

function stream(response: ServerResponse, chunks: number, pauseMs: number, text: number) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let sent = 0
  const timer = setInterval(() => {
    if (sent < chunks) {
      response.write(chunk(text, sent++))
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
    const [kind, chunks, pauseMs, text = 0] = model.split(':')
    if (kind === 'stream') stream(response, Number(chunks), Number(pauseMs), Number(text))
    else if (kind === 'idle')
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk(0, 0))
    else response.writeHead(200, replyHeaders).end(replies[answered++ % replies.length])
  })
})

server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) console.log(`ready http://127.0.0.1:${address.port}`)
})
