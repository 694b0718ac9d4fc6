import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { shippedFile } from '../shipped-file.ts'
import type { ToPrimary, ToWorker } from './messages.ts'
import type { WorkerProcess } from './pool.ts'
import { createProcessChannel, hasKind } from './process-channel.ts'

/** The number of a worker, for its log lines. */
export const numberVariable = 'HALTGATE_WORKER'

/**
 * A port of this host that is free now. The workers of a gateway need it beforehand: "any port" would be another one for
 * a worker that begins when all others have ended.
 */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error(`no port of ${host} is free`)
  return address.port
}

/**
 * Starts a worker as a process of its own. Workers accept from one listening socket by themselves. Handed out in turn by
 * the primary (Node's default) a connection that is on its way to a worker when that is killed is never answered nor
 * closed, and a primary that stands still keeps people from the workers' safe replies.
 */
export function forkWorker(number: number): WorkerProcess {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  cluster.setupPrimary({
    exec: fileURLToPath(shippedFile('../bin/haltgate-worker.mjs')),
    args: [],
    // Keeps numbers, `undefined` and typed arrays as they are.
    serialization: 'advanced',
  })
  const worker = cluster.fork({ [numberVariable]: String(number) })
  // An error of the channel is followed by the end of the process.
  worker.on('error', () => {})
  const { process } = worker
  const channel = createProcessChannel<ToPrimary, ToWorker>(process, hasKind<ToPrimary>)
  return {
    send: channel.send,
    onMessage: channel.onMessage,
    get backlog() {
      return channel.backlog
    },
    pid: process.pid ?? 0,
    kill: () => void process.kill('SIGKILL'),
    onExit: (listener) =>
      void process.once('exit', (code, signal) => listener(signal === null ? `code ${code}` : signal)),
  }
}
