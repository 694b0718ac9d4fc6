import { randomInt } from 'node:crypto'
import { createServer, type ListenOptions, type Server } from 'node:net'

/**
 * Loopback ports for servers that cannot take 0 and tell which one it became. Five digits each, and below the range from
 * which the kernel takes the ports of outgoing connections, so that none is taken between asking and listening. Each is
 * given once: no other caller gets it while this process lives, in whatever process it asks.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(12_000, 32_000)
    if ((await claim(port)) && (await isFree(port))) ports.push(port)
  }
  return ports
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error('no free port')
  return port
}

/** Takes the name of a port among Linux's abstract sockets, which are gone with their process, however it ends. */
async function claim(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const claimed = await listening({ path: `\0haltgate-port-${port}` })
  claimed?.unref()
  return claimed !== undefined
}

/** Only for a claimed port: for a moment it is listened on here. */
async function isFree(port: number): Promise<boolean> {
  const server = await listening({ port, host: '127.0.0.1' })
  if (server) await new Promise((closed) => server.close(closed))
  return server !== undefined
}

function listening(where: ListenOptions): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(where, () => resolve(server))
  })
}
