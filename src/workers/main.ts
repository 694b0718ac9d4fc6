import { once } from 'node:events'
import { assembleWorker } from '../assemble-worker.ts'
import type { Listener } from '../listen.ts'
import type { LogFields, Logger } from '../logger.ts'
import { errorFields } from '../logger.ts'
import { createLogger } from '../telemetry/logging.ts'
import { idleTimeoutOf, listenForTraffic } from '../traffic-listener.ts'
import { version } from '../version.ts'
import { numberVariable } from './cluster.ts'
import type { ToPrimary, ToWorker, WorkerChannel } from './messages.ts'
import { createProcessChannel, hasKind } from './process-channel.ts'

/** A worker: started by the primary, and ended with it. `onReady` is called when it is about to say that it serves. */
export async function runWorker({ onReady }: { onReady(): void }): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  // A terminal and a service manager signal every process of the group; the primary decides what follows.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  // Node ends it at once when the channel is gone.
  process.once('disconnect', () => process.exit(1))

  const number = Number(process.env[numberVariable])
  const channel = createProcessChannel<ToWorker, ToPrimary>(process, hasKind<ToWorker>)
  const begun = new Promise<Begin>((resolve) => {
    channel.onMessage((message) => {
      if (message.kind === 'begin') resolve(message)
    })
  })
  channel.send({ kind: 'hello', version })
  const begin = await begun
  const logger = withWorker(
    createLogger({ level: begin.config.telemetry.logLevel, stream: process.stderr }),
    number,
  )
  try {
    const url = await serve(begin, channel, logger)
    onReady()
    channel.send({ kind: 'listening', url })
  } catch (error) {
    channel.send({ kind: 'failed', why: error instanceof Error ? error.message : String(error) })
  }
}

type Begin = Extract<ToWorker, { kind: 'begin' }>

/** Serves, and does what the primary says. Resolves to the URL. */
async function serve(begin: Begin, channel: WorkerChannel, logger: Logger): Promise<string> {
  const worker = await assembleWorker(begin, { channel, version, logger })
  const listener = await listenForTraffic(worker.config(), worker.fetch)
  channel.onMessage((message) => {
    switch (message.kind) {
      case 'config':
        try {
          worker.reload(message.config)
          listener.setIdleTimeout(idleTimeoutOf(worker.config()))
        } catch (error) {
          // The primary has taken it: a worker with another configuration must not go on serving.
          logger.error(errorFields(error), 'the changed configuration cannot be used: this worker ends')
          process.exit(1)
        }
        return
      case 'engines':
        worker.follow(message.engines)
        return
      case 'crisis-session':
        worker.hearOf(message)
        return
      case 'collect':
        void worker.collect(message.id)
        return
      case 'stop':
        void stop(listener, worker.close, message.graceMs)
    }
  })
  return listener.url
}

async function stop(listener: Listener, close: () => Promise<void>, graceMs: number) {
  await listener.close(graceMs)
  await close()
  // What has been sent is written before the channel is closed.
  if (process.connected) {
    const gone = once(process, 'disconnect')
    process.disconnect?.()
    await gone
  }
  process.exit(0)
}

/** Each line of a worker's log says whose it is. */
function withWorker(to: Logger, worker: number): Logger {
  const marked = (fields: LogFields) => ({ worker, ...fields })
  return {
    debug: (fields, message) => to.debug(marked(fields), message),
    info: (fields, message) => to.info(marked(fields), message),
    warn: (fields, message) => to.warn(marked(fields), message),
    error: (fields, message) => to.error(marked(fields), message),
  }
}
