import { type Dispatcher, Pool } from 'undici'
import { type Clock, systemClock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { ByteQueue, type QueueOwner } from './byte-queue.ts'
import type { Engine, EngineName, EngineReply } from './engine.ts'
import { abortFailure, codingFailure, type Progress, timeoutFailure, transportFailure } from './failures.ts'
import { replyHeaders, wireHeaders } from './headers.ts'
import { type EngineOptions, parseTarget, targetPath } from './target.ts'
import { ExchangeTimers, type TimedPhase } from './timers.ts'

export interface UndiciEngineOptions extends EngineOptions {
  /** Connections at most; further exchanges wait, and their connect timer runs. */
  maxConnections: number
}

/** How many exchanges may wait per connection, before a further one is refused at once. */
const waitingPerConnection = 8

const nothingDecoded: ReadonlySet<string> = new Set()

/**
 * An engine over HTTP/1.1 with kept-alive connections, for Node. It handles undici's events itself, because a Web or
 * Node stream in between costs more per chunk than the rest of the proxy. Throws `Error` for a wrong url or
 * credential. Informational replies (1xx) and trailers are dropped.
 */
export function createUndiciEngine(options: UndiciEngineOptions, clock: Clock = systemClock): Engine {
  const { name, connectTimeoutMs, maxConnections } = options
  const target = parseTarget(options)
  const pool = new Pool(target.origin, {
    connections: maxConnections,
    pipelining: 1,
    // Ours are exact and know of backpressure; undici's come up to a second late.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Only to end an attempt that nobody waits for any more.
    connect: { timeout: connectTimeoutMs },
    allowH2: false,
  })
  const line: Line = { waiting: 0 }

  return {
    name,

    send(request, signal) {
      if (signal.aborted) return Promise.reject(abortFailure(signal))
      if (line.waiting >= maxConnections * waitingPerConnection) {
        return Promise.reject(
          new GatewayError(
            'engine_unreachable',
            `engine ${name} has no free connection, and too many wait for one`,
          ),
        )
      }
      try {
        const dispatch: Dispatcher.DispatchOptions = {
          path: targetPath(target, request.path),
          method: request.method,
          headers: wireHeaders(request.headers, target.credential),
          body: request.body ?? null,
        }
        const call = new Call(options, clock, signal, line, dispatch)
        pool.dispatch(dispatch, call)
        return call.reply.promise
      } catch (error) {
        return Promise.reject(transportFailure(name, error, 'connecting'))
      }
    },

    /** Takes no more, lets what is running end (its total timer bounds that), then closes the connections. */
    async close() {
      if (!pool.closed) await pool.close()
    },
  }
}

/** The exchanges of one engine that no connection has taken yet. */
interface Line {
  waiting: number
}

/** One exchange: undici's handler, the reply's promise and its body. */
class Call implements Dispatcher.DispatchHandler, QueueOwner {
  readonly reply = Promise.withResolvers<EngineReply>()
  readonly #name: EngineName
  readonly #signal: AbortSignal
  readonly #line: Line
  readonly #dispatch: Dispatcher.DispatchOptions
  readonly #body = new ByteQueue(this)
  readonly #timers: ExchangeTimers
  #controller: Dispatcher.DispatchController | undefined
  #progress: Progress = 'connecting'
  #inLine = true
  /** Nothing more is expected from undici, and nothing more is believed. */
  #over = false

  constructor(
    options: UndiciEngineOptions,
    clock: Clock,
    signal: AbortSignal,
    line: Line,
    dispatch: Dispatcher.DispatchOptions,
  ) {
    this.#name = options.name
    this.#signal = signal
    this.#line = line
    this.#dispatch = dispatch
    this.#timers = new ExchangeTimers(options, clock, this.#onTimeout)
    line.waiting++
    signal.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#leaveLine()
    // Given up while it waited. Throwing takes it out of undici's queue and, unlike `abort`, leaves the connection.
    if (this.#over) throw new Error('the exchange was given up before a connection was free')
    this.#controller = controller
    this.#progress = 'sent'
    this.#timers.connected()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#over) return
    this.#progress = 'head'
    const reply: EngineReply = { status, headers: replyHeaders(headers), body: this.#body }
    const refusal = hasBody(this.#dispatch.method, status)
      ? codingFailure(this.#name, reply.headers, nothingDecoded)
      : undefined
    if (refusal) this.#giveUp(refusal)
    else this.reply.resolve(reply)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#over) return
    this.#timers.arrived()
    if (!this.#body.push(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#finish()
    this.#body.end()
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#leaveLine()
    if (this.#over) return
    const failure = transportFailure(this.#name, error, this.#progress)
    this.#finish()
    this.#body.fail(failure, 'keep')
    this.reply.reject(failure)
  }

  onWait(): void {
    this.#timers.waiting()
  }

  onDrain(): void {
    if (!this.#over) this.#controller?.resume()
  }

  onCancel(): void {
    if (this.#over) return
    this.#finish()
    this.#controller?.abort(new Error('the reply was given up'))
  }

  /** A function: for an object with `handleEvent` Node keeps the whole exchange until a full collection. */
  readonly #onAbort = (): void => {
    this.#giveUp(abortFailure(this.#signal))
  }

  readonly #onTimeout = (phase: TimedPhase): void => {
    this.#giveUp(timeoutFailure(this.#name, phase))
  }

  #giveUp(failure: GatewayError): void {
    if (this.#over) return
    this.#finish()
    this.#body.fail(failure, 'drop')
    this.reply.reject(failure)
    // Closes the connection: the engine sees at once that nobody listens.
    this.#controller?.abort(failure)
    // Where undici still queues the exchange, it need not hold the message as well.
    this.#dispatch.body = null
  }

  #finish(): void {
    this.#over = true
    this.#timers.stop()
    this.#signal.removeEventListener('abort', this.#onAbort)
  }

  #leaveLine(): void {
    if (this.#inLine) this.#line.waiting--
    this.#inLine = false
  }
}

function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}
