/** The engines a gateway knows. `previous` is where a rollback goes. */
export const engineNames = ['primary', 'backup', 'previous'] as const
export type EngineName = (typeof engineNames)[number]

/** One call to an engine. Headers are lower case and already free of hop-by-hop fields. */
export interface EngineRequest {
  method: string
  /** Path and query, as the caller sent them. */
  path: string
  headers: Record<string, string | string[]>
  body: Uint8Array | undefined
}

/** The head of an engine's reply and its body, still to be read. */
export interface EngineReply {
  status: number
  /** Lower-case names; free of hop-by-hop fields. */
  headers: Record<string, string | string[]>
  body: ByteSource
}

/** A body read piece by piece, with backpressure: nothing is read ahead beyond one transport buffer. */
export interface ByteSource {
  /**
   * The next bytes, `undefined` at the end.
   * Rejects with `GatewayError`: `engine_closed` when the body was cut, `engine_timeout` when a timer ran out
   * (first byte, gap, total), `client_closed` when the signal was aborted.
   */
  read(): Promise<Uint8Array | undefined>
  /** Ends the call; what is still to come is thrown away. Safe to call at any time, more than once. */
  cancel(): void
}

/** Sends one exchange to one engine. Made by `engines/undici.ts` on Node and `engines/fetch.ts` elsewhere. */
export interface Engine {
  readonly name: EngineName
  /**
   * Resolves at the reply's head, whatever its status. Aborting `signal` closes the connection at once.
   * Rejects with `GatewayError`: `engine_unreachable`, `engine_timeout` (connect, first byte), `client_closed`.
   */
  send(request: EngineRequest, signal: AbortSignal): Promise<EngineReply>
  close(): Promise<void>
}
