import { GatewayError } from '../errors.ts'
import type { ByteSource } from './engine.ts'

/** What the queue tells the transport that fills it. */
export interface QueueOwner {
  /** A reader waits and nothing is queued. */
  onWait(): void
  /** There is room again after `push` had returned false. */
  onDrain(): void
  /** The reader has given up. */
  onCancel(): void
}

/** How much may be queued before the transport is asked to pause: one of its buffers. */
const highWaterBytes = 64 * 1024

/**
 * A reply's body between a transport that pushes and a reader that pulls, one reader at a time. Bytes that came
 * before the end or before a break are read first; after a cancellation, or `fail` with `drop`, nothing is.
 */
export class ByteQueue implements ByteSource {
  readonly #owner: QueueOwner
  #chunks: Uint8Array[] = []
  #queuedBytes = 0
  #full = false
  #ended = false
  #failure: GatewayError | undefined
  #waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined

  constructor(owner: QueueOwner) {
    this.#owner = owner
  }

  /** Returns false when the transport should pause until `onDrain`. */
  push(chunk: Uint8Array): boolean {
    if (this.#waiting) {
      const { resolve } = this.#waiting
      this.#waiting = undefined
      resolve(chunk)
      return true
    }
    // What a transport still had in hand when the reader gave up.
    if (this.#failure) return true
    this.#chunks.push(chunk)
    this.#queuedBytes += chunk.length
    this.#full = this.#queuedBytes >= highWaterBytes
    return !this.#full
  }

  end(): void {
    if (this.#failure) return
    this.#ended = true
    this.#waiting?.resolve(undefined)
    this.#waiting = undefined
  }

  fail(error: GatewayError, queued: 'keep' | 'drop'): void {
    if (this.#ended && queued === 'keep') return
    this.#failure ??= error
    if (queued === 'drop') {
      this.#chunks = []
      this.#queuedBytes = 0
    }
    this.#waiting?.reject(this.#failure)
    this.#waiting = undefined
  }

  read(): Promise<Uint8Array | undefined> {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#queuedBytes -= chunk.length
      if (this.#full && this.#queuedBytes < highWaterBytes / 2) {
        this.#full = false
        this.#owner.onDrain()
      }
      return Promise.resolve(chunk)
    }
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#ended) return Promise.resolve(undefined)
    if (this.#waiting) return Promise.reject(new Error('read() was called while another read() waits'))
    this.#waiting = Promise.withResolvers()
    this.#owner.onWait()
    return this.#waiting.promise
  }

  /** A read after this rejects with `client_closed`, so that a body given up never looks like one that ended. */
  cancel(): void {
    if (this.#failure || (this.#ended && this.#chunks.length === 0)) return
    this.fail(new GatewayError('client_closed', 'the reply was given up before its end'), 'drop')
    this.#owner.onCancel()
  }
}
