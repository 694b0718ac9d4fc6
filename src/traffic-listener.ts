import type { Config } from './config/schema.ts'
import { type Listener, type ListenOptions, listen } from './listen.ts'

/** Listens where applications send their traffic. Rejects as `listen` does. */
export function listenForTraffic(
  config: Config,
  fetch: ListenOptions['fetch'],
  idleTimeoutMs: number = idleTimeoutOf(config),
): Promise<Listener> {
  return listen({ ...limitsOf(config), idleTimeoutMs, address: config.traffic.listen, fetch })
}

/** What bounds the connections of both listeners. */
export function limitsOf({ traffic }: Config) {
  const { maxHeaderBytes, headTimeoutMs, bodyTimeoutMs, maxConnections } = traffic
  return { maxHeaderBytes, headTimeoutMs, bodyTimeoutMs, maxConnections }
}

/** Longer than any pause that an engine may make, so that only a client that stopped reading runs into it. */
export function idleTimeoutOf({ engines: { primary, backup, previous } }: Config): number {
  const waits = [primary, backup, previous].map((engine) =>
    engine === undefined
      ? 0
      : Math.min(
          engine.totalTimeoutMs,
          engine.connectTimeoutMs + engine.firstByteTimeoutMs + engine.gapTimeoutMs,
        ),
  )
  // One engine may fail at the end of its time before the next one begins.
  return waits.reduce((sum, ms) => sum + ms, 30_000)
}
