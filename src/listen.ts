import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import { concat } from './bytes.ts'
import type { Platform } from './middleware/platform.ts'
import { createTurns } from './turns.ts'

/** An HTTP listener of the gateway. */
export interface Listener {
  /** `http://host:port` as it is really bound. */
  url: string
  /** For connections made from now on; see `ListenOptions.idleTimeoutMs`. */
  setIdleTimeout(idleTimeoutMs: number): void
  /** Stops listening, lets open exchanges end for at most `graceMs`, then closes what is left. */
  close(graceMs: number): Promise<void>
}

type Fetch = (request: Request, env: NodeBindings) => Response | Promise<Response>

interface NodeBindings {
  incoming: IncomingMessage
  outgoing: ServerResponse
}

export interface ListenOptions {
  /** `host:port`; port 0 takes a free one. */
  address: string
  fetch: Fetch
  maxHeaderBytes: number
  headTimeoutMs: number
  bodyTimeoutMs: number
  maxConnections: number
  /** A connection on which nothing moves for so long is closed: a client that stopped reading, for one. */
  idleTimeoutMs: number
}

/** Listens for HTTP/1.1. Rejects when the address cannot be bound, with a message that says what to do. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port } = parseAddress(options.address)
  const handle = getRequestListener((request, env) => options.fetch(request, nodeBindings(env)), {
    hostname: host,
    errorHandler: answerUnreadable,
  })
  /** What each connection is being answered with. */
  const answering = new WeakMap<Socket, ServerResponse>()
  const server = createServer(
    {
      maxHeaderSize: options.maxHeaderBytes,
      headersTimeout: options.headTimeoutMs,
      requestTimeout: options.bodyTimeoutMs,
      keepAliveTimeout: 60_000,
      connectionsCheckingInterval: Math.min(1_000, options.headTimeoutMs),
      noDelay: true,
    },
    inTurn((incoming, outgoing) => {
      answering.set(incoming.socket, outgoing)
      return handle(incoming, outgoing)
    }),
  )
  server.maxConnections = options.maxConnections
  server.setTimeout(options.idleTimeoutMs)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const current = answering.get(socket)
    // Whatever were written now would stand in the middle of a reply.
    if (current?.headersSent && !current.writableFinished) socket.destroy()
    else answerClientError(error, socket)
  })
  await bind(server, host, port)
  const bound = server.address()
  return {
    url: `http://${formatHost(host)}:${isAddressInfo(bound) ? bound.port : port}`,
    setIdleTimeout: (idleTimeoutMs) => {
      server.setTimeout(idleTimeoutMs)
    },
    close: (graceMs) => closeServer(server, graceMs),
  }
}

/** `headers`: the ones Node has parsed already, which is much cheaper than a Web `Headers`. */
export const nodePlatform: Platform = {
  headers: (env) => (isNodeBindings(env) ? env.incoming.headers : undefined),
  onClientGone(env, listener) {
    if (!isNodeBindings(env)) return undefined
    const { outgoing } = env
    const onClose = () => {
      if (!outgoing.writableFinished) listener()
    }
    if (outgoing.closed) onClose()
    else outgoing.on('close', onClose)
    return () => outgoing.off('close', onClose)
  },
  readBody: (env, maxBytes) => (isNodeBindings(env) ? readBody(env.incoming, maxBytes) : undefined),
  nextTurn: createTurns(setImmediate),
  breakOff(env) {
    if (!isNodeBindings(env)) return false
    env.outgoing.destroy()
    return true
  },
}

/** The address a request came from, for limits on wrong keys. */
export function remoteAddress(env: unknown): string {
  return (isNodeBindings(env) ? env.incoming.socket.remoteAddress : undefined) ?? 'unknown'
}

/** Whether an address such as `127.0.0.1:8081` can only be reached from this machine. */
export function isLoopback(address: string): boolean {
  const { host } = parseAddress(address)
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

/** Host and port of an address such as `127.0.0.1:8081` or `[::1]:8081`. */
export function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) }
}

const formatHost = (host: string) => (host.includes(':') ? `[${host}]` : host)

function nodeBindings(env: object): NodeBindings {
  if (!isNodeBindings(env)) throw new TypeError('expected an HTTP/1.1 request of Node')
  return env
}

/** One piece, as most bodies come, is not copied. */
function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | 'too-large'> {
  return new Promise((resolve, reject) => {
    if (incoming.destroyed) reject(new Error('the connection was closed'))
    const pieces: Uint8Array[] = []
    let length = 0
    const onData = (piece: Uint8Array) => {
      length += piece.byteLength
      pieces.push(piece)
      if (length <= maxBytes) return
      incoming.off('data', onData).pause()
      resolve('too-large')
    }
    incoming.on('data', onData)
    incoming.on('end', () => resolve(concat(pieces, length)))
    incoming.on('error', reject)
    incoming.on('close', () => reject(new Error('the connection was closed')))
  })
}

function isNodeBindings(env: unknown): env is NodeBindings {
  return typeof env === 'object' && env !== null && 'incoming' in env && 'outgoing' in env
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

/** Requests that a connection may send ahead of their answers; memory stays bounded. */
const mostAhead = 16

/**
 * Begins a connection's requests one after the other. Node begins pipelined ones at once and keeps their answers until
 * those before have ended: AI text that was checked before a halt would go out long after it.
 */
function inTurn(handle: RequestListener): RequestListener {
  const ahead = new WeakMap<Socket, number>()
  return (incoming, outgoing) => {
    if (outgoing.socket !== null) return handle(incoming, outgoing)
    const { socket } = incoming
    const waiting = (ahead.get(socket) ?? 0) + 1
    if (waiting > mostAhead) return socket.destroy()
    ahead.set(socket, waiting)
    // The response gets the socket when its turn has come.
    outgoing.once('socket', () => {
      ahead.set(socket, (ahead.get(socket) ?? 1) - 1)
      setImmediate(() => {
        if (!socket.destroyed) handle(incoming, outgoing)
      })
    })
  }
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const advice =
        cause.code === 'EADDRINUSE'
          ? 'is taken: stop what uses it or choose another'
          : `cannot be bound (${cause.code})`
      reject(new Error(`the address ${formatHost(host)}:${port} ${advice}`, { cause }))
    })
    server.listen(port, host, resolve)
  })
}

/** A target or host that makes no URL: there is no request to hand on. */
function answerUnreadable(error: unknown): Response {
  const refused = error instanceof RequestError
  const { headers, body } = plainError(
    refused ? 'invalid_request' : 'internal',
    refused ? error.message : 'internal error',
  )
  return new Response(body, { status: refused ? 400 : 500, headers })
}

/** What is not HTTP, or too much of it, before a request exists: answered plainly and closed. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket) {
  if (!socket.writable) return
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  const { headers, body } = plainError('invalid_request', status.slice(4).toLowerCase())
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\n${head.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** An error outside of any exchange, in the shape that OpenAI's clients and ours read. */
function plainError(code: string, message: string) {
  const requestId = crypto.randomUUID()
  const type = code === 'internal' ? 'server_error' : 'invalid_request_error'
  return {
    headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    body: JSON.stringify({ error: { message, type, param: null, code, request_id: requestId } }),
  }
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // Connections that clients keep alive are idle only when their last exchange has ended.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}
