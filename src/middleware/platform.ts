import type { HeaderSource } from '../engines/headers.ts'

/** What the request path asks of the platform it runs on, beside Web standards. `env` is Hono's `c.env`. */
export interface Platform {
  /** The request's headers where the platform has them parsed already; else the Web `Headers` are used. */
  headers(env: unknown): HeaderSource | undefined
  /**
   * Calls back when the client leaves before it has its whole answer; at once when it has left already. Returns how to
   * stop listening. `undefined` where the request's own `signal` is to be used, which costs more.
   */
  onClientGone(env: unknown, listener: () => void): (() => void) | undefined
  /**
   * The whole body of a request, at most `maxBytes` long, `'too-large'` beyond that; rejects when it breaks off.
   * `undefined` where it is to be read from the request, which costs more.
   */
  readBody(env: unknown, maxBytes: number): Promise<Uint8Array | 'too-large'> | undefined
  /**
   * When the step that comes now is to be taken, so that exchanges that came together take it together; `undefined`: at
   * once. Whatever was known of a halt before is to be asked again.
   */
  nextTurn(): Promise<void> | undefined
  /** Closes a client's connection at once; `false` where that cannot be done. */
  breakOff(env: unknown): boolean
}

/** A platform that offers no more than Web standards. */
export const webPlatform: Platform = {
  headers: () => undefined,
  onClientGone: () => undefined,
  readBody: () => undefined,
  nextTurn: () => undefined,
  breakOff: () => false,
}

/** One header field of a request by its lower-case name; `undefined` where it is absent. */
export function headerOf(headers: HeaderSource, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name]
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(', ') : undefined
}
