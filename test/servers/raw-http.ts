import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  /** NaN when the connection was closed without an answer. */
  status: number
  headers: Record<string, string>
  /** As it came: with its chunk lengths where it is chunked. */
  body: string
}

/** A client that writes bytes as it likes, where an HTTP library would correct it. */
export interface RawClient {
  readonly socket: Socket
  write(bytes: string | Uint8Array): void
  /** The answer, as soon as as much of it as it declares has come; else when the other side closes. */
  answer: Promise<RawAnswer>
}

export function openRaw(url: string): RawClient {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const pieces: Buffer[] = []
  socket.on('error', () => {})
  const answer = new Promise<RawAnswer>((resolve) => {
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece)
      if (pieces.length > 1000) return
      const soFar = readAnswer(Buffer.concat(pieces).toString())
      const length = soFar.headers['content-length']
      if (length !== undefined && Buffer.byteLength(soFar.body) >= Number(length)) resolve(soFar)
    })
    socket.once('close', () => resolve(readAnswer(Buffer.concat(pieces).toString())))
  })
  return { socket, write: (bytes) => void socket.write(bytes), answer }
}

/** Sends these bytes on a connection of their own. */
export async function sendRaw(url: string, bytes: string | Uint8Array): Promise<RawAnswer> {
  const client = openRaw(url)
  client.write(bytes)
  const answer = await client.answer
  client.socket.destroy()
  return answer
}

function readAnswer(bytes: string): RawAnswer {
  const [head = '', ...rest] = bytes.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const headers = Object.fromEntries(
    fields.map((field) => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
    }),
  )
  const complete = rest.length > 0
  return {
    status: Number(line.split(' ')[1] ?? Number.NaN),
    headers: complete ? headers : {},
    body: rest.join('\r\n\r\n'),
  }
}

/** The bytes of a chat request; every header may be replaced, or left out by `undefined`. */
export function chatRequest(
  body: string | Uint8Array,
  headers: Record<string, string | undefined> = {},
  target = '/v1/chat/completions',
): Uint8Array {
  const bytes = Buffer.from(body)
  const all: Record<string, string | undefined> = {
    host: 'gateway.test',
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    connection: 'close',
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  )
  return Buffer.concat([Buffer.from(`POST ${target} HTTP/1.1\r\n${lines.join('')}\r\n`), bytes])
}

export const hello = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })
export const helloStream = JSON.stringify({
  model: 'm',
  stream: true,
  messages: [{ role: 'user', content: 'hello' }],
})
