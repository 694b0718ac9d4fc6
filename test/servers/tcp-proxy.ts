import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { freePort } from './ports.ts'

export interface TcpProxy {
  port: number
  /** A cable pulled with a bang: open connections are reset, new ones too. */
  cut(): void
  /** A black hole: connections stay or are accepted, and nothing passes. */
  stall(): void
  /** Back to passing everything on, also what waited in a black hole. */
  heal(): void
  close(): Promise<void>
}

export interface TcpProxyOptions {
  targetPort: number
  port?: number
  /** Replaces text in what the target says, e.g. the ports it names; both sides of equal length. */
  rewrite?: ReadonlyMap<string, string>
}

/** A TCP proxy on loopback that can be cut, stalled and healed, to make a network partition between processes. */
export async function tcpProxy({
  targetPort,
  port,
  rewrite = new Map(),
}: TcpProxyOptions): Promise<TcpProxy> {
  let mode: 'open' | 'cut' | 'stalled' = 'open'
  const sockets = new Set<Socket>()
  /** Accepted in a black hole and not yet passed on. */
  const waiting = new Set<Socket>()

  const server = createServer((client) => {
    track(client)
    if (mode === 'cut') client.resetAndDestroy()
    else if (mode === 'stalled') waiting.add(client.pause())
    else passOn(client)
  })

  function track(socket: Socket): void {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.once('close', () => {
      sockets.delete(socket)
      waiting.delete(socket)
    })
  }

  function passOn(client: Socket): void {
    const target = connect(targetPort, '127.0.0.1')
    track(target)
    forward(client, target, new Map())
    forward(target, client, rewrite)
  }

  function forward(from: Socket, to: Socket, words: ReadonlyMap<string, string>): void {
    from.on('data', (chunk: Buffer) => {
      if (to.write(replaceWords(chunk, words))) return
      from.pause()
      to.once('drain', () => mode === 'open' && from.resume())
    })
    from.once('close', () => to.destroy())
  }

  server.listen(port ?? (await freePort()), '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  return {
    port: address.port,
    cut() {
      mode = 'cut'
      for (const socket of sockets) socket.resetAndDestroy()
    },
    stall() {
      mode = 'stalled'
      for (const socket of sockets) socket.pause()
    },
    heal() {
      mode = 'open'
      for (const client of waiting) passOn(client)
      waiting.clear()
      for (const socket of sockets) socket.resume()
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A word split over two chunks is not found; the short replies of Sentinel come whole. */
function replaceWords(chunk: Buffer, words: ReadonlyMap<string, string>): Buffer {
  if (words.size === 0) return chunk
  let text = chunk.toString('latin1')
  for (const [word, replacement] of words) text = text.replaceAll(word, replacement)
  return Buffer.from(text, 'latin1')
}
