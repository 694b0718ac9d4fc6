import { type Clock, systemClock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { ByteSource, Engine, EngineName, EngineReply, EngineRequest } from './engine.ts'
import { abortFailure, codingFailure, type Progress, timeoutFailure, transportFailure } from './failures.ts'
import { replyHeaders, wireHeaders } from './headers.ts'
import { type EngineOptions, parseTarget, type Target, targetPath } from './target.ts'
import { ExchangeTimers } from './timers.ts'

/** What every `fetch` undoes by itself; on Cloudflare Workers it also asks for it, whatever our headers say. */
const decodedByFetch: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br'])

/**
 * An engine over `fetch`, for Workers. Like `createUndiciEngine`, except that `fetch` does not show its connecting:
 * `connectTimeoutMs` has no effect and the first-byte timer runs from the call. Redirects are passed on, not followed.
 * Throws `Error` for a wrong url or credential.
 */
export function createFetchEngine(
  options: EngineOptions,
  clock: Clock = systemClock,
  fetcher: (request: Request) => Promise<Response> = (request) => fetch(request),
): Engine {
  const target = parseTarget(options)
  return {
    name: options.name,
    async send(request, signal) {
      if (signal.aborted) throw abortFailure(signal)
      const call = new Call(options, clock, signal)
      return call.send(target, request, fetcher)
    },
    async close() {},
  }
}

/** One exchange, and its body. Holds at most one chunk: the first, read ahead to stop the first-byte timer. */
class Call implements ByteSource {
  readonly #name: EngineName
  readonly #signal: AbortSignal
  readonly #timers: ExchangeTimers
  readonly #abort = new AbortController()
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #ahead: Promise<Uint8Array | undefined> | undefined
  #failure: GatewayError | undefined
  #progress: Progress = 'connecting'
  #over = false

  constructor(options: EngineOptions, clock: Clock, signal: AbortSignal) {
    this.#name = options.name
    this.#signal = signal
    this.#timers = new ExchangeTimers(
      options,
      clock,
      (phase) => this.#giveUp(timeoutFailure(this.#name, phase)),
      'first-byte',
    )
    signal.addEventListener('abort', this.#onAbort)
  }

  /** A function: for an object with `handleEvent` Node keeps the whole exchange until a full collection. */
  readonly #onAbort = (): void => {
    this.#giveUp(abortFailure(this.#signal))
  }

  async send(
    target: Target,
    request: EngineRequest,
    fetcher: (request: Request) => Promise<Response>,
  ): Promise<EngineReply> {
    try {
      const response = await fetcher(this.#request(target, request))
      return this.#onHead(response, request.method)
    } catch (error) {
      throw this.#settle(error)
    }
  }

  read(): Promise<Uint8Array | undefined> {
    if (this.#failure) return Promise.reject(this.#failure)
    const ahead = this.#ahead
    this.#ahead = undefined
    return ahead ?? this.#next()
  }

  cancel(): void {
    this.#giveUp(new GatewayError('client_closed', 'the reply was given up before its end'))
  }

  #request(target: Target, { method, path, headers, body }: EngineRequest): Request {
    const url = target.origin + targetPath(target, path)
    try {
      return new Request(url, {
        method,
        headers: pairs(wireHeaders(headers, target.credential)),
        // A copy, because `fetch` takes no view of shared memory and the type cannot tell.
        body: body === undefined ? null : new Uint8Array(body),
        redirect: 'manual',
        signal: this.#abort.signal,
      })
    } catch (cause) {
      const message = `the request cannot be sent to engine ${this.#name} as it is`
      throw new GatewayError('invalid_request', message, { cause })
    }
  }

  #onHead(response: Response, method: string): EngineReply {
    this.#progress = 'head'
    const headers = replyHeaders(response.headers)
    const refusal = response.body && codingFailure(this.#name, headers, decodedByFetch)
    if (refusal) {
      this.#giveUp(refusal)
      throw refusal
    }
    if (headers['content-encoding'] !== undefined && method !== 'HEAD') {
      // The bytes are decoded by now; what described the encoded ones is no longer true.
      delete headers['content-encoding']
      delete headers['content-length']
    }
    if (response.body) {
      this.#reader = response.body.getReader()
      this.#ahead = this.#next()
      this.#ahead.catch(() => {})
    } else this.#finish()
    return { status: response.status, headers, body: this }
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#over || !this.#reader) return undefined
    this.#timers.waiting()
    try {
      const { done, value } = await this.#reader.read()
      // A cancelled reader says "done", which must not pass for the reply's end.
      if (this.#failure) throw this.#failure
      if (done) this.#finish()
      else this.#timers.arrived()
      return value
    } catch (error) {
      throw this.#settle(error)
    }
  }

  #giveUp(failure: GatewayError): void {
    if (this.#over) return
    this.#settle(failure)
    this.#abort.abort(failure)
    this.#reader?.cancel(failure).catch(() => {})
  }

  /** Ends the call with the first failure it met. */
  #settle(error: unknown): GatewayError {
    this.#failure ??= transportFailure(this.#name, error, this.#progress)
    this.#finish()
    return this.#failure
  }

  #finish(): void {
    this.#over = true
    this.#timers.stop()
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

function pairs(wire: string[]): [string, string][] {
  const result: [string, string][] = []
  for (let i = 0; i + 1 < wire.length; i += 2) result.push([wire[i] ?? '', wire[i + 1] ?? ''])
  return result
}
