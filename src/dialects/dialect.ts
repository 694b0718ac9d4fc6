import type { GatewayError } from '../errors.ts'
import type { RequestView, TextDelta } from '../exchange.ts'

/**
 * A wire format: how to read the conversation and how to write a reply in it, JSON and SSE.
 * Pure: no I/O, no clock. One file and one line in `index.ts` make a dialect.
 */
export interface Dialect {
  readonly name: string
  /** Its streams carry an end mark, so a body that ends without one was cut; where `false`, any end is a normal end. */
  readonly streamsEndMarked: boolean
  /** A header, besides `x-request-id`, from which its clients read the request id. */
  readonly requestIdHeader?: string
  /** Whether this dialect reads requests of this method and path (without the query). */
  reads(method: string, path: string): boolean
  /**
   * Whether what it reads there has no body, such as the retrieval of an earlier reply: `readRequest` then gets
   * `undefined`. Left out: everything it reads has one.
   */
  hasNoBody?(method: string, path: string): boolean
  /**
   * Whether an operation carries no AI text either way (counting tokens), so that it stays open while halted. Strict
   * about spelling, for a doubt counts as AI text. Left out: none.
   */
  carriesNoText?(method: string, path: string): boolean
  /** Reads a parsed request body. Throws `GatewayError` `invalid_request` that names the field. */
  readRequest(body: unknown, target?: RequestTarget): RequestView
  /**
   * A parsed request body without the ids of items that we put into earlier replies, which no engine knows and some
   * refuse; to be sent in place of the caller's. `undefined`, mostly: there are none, and the caller's own bytes go.
   */
  withoutOwnItems?(body: unknown): unknown
  /**
   * Reads a parsed whole reply (HTTP 200). Returns its texts, all choices.
   * Throws `GatewayError` `engine_garbage` when it is not of this dialect and `engine_error` when a 200 carries an error.
   */
  readReply(body: unknown, request?: RequestView): TextDelta[]
  /** The parsed body of a whole reply that says `text` in every choice, and that clients show as it is. */
  safeReply(request: RequestView, text: string, made: Made): unknown
  /** The parsed body of an error. */
  errorBody(error: GatewayError, requestId: string): unknown
  /** A reader and writer for one streamed reply. */
  openStream(request: RequestView, made: Made): ReplyStream
  /**
   * A parsed whole reply with `text` added, as a paragraph of its own, to the end of each choice in `choices` (all when
   * left out) that says something to a person. The given body is not changed. `undefined` where none can take it: JSON
   * schema, tool calls alone.
   */
  addText(body: unknown, text: string, request: RequestView, choices?: readonly number[]): unknown
}

/** Where a request goes, for what it says outside its body. */
export interface RequestTarget {
  method: string
  pathAndQuery: string
}

/** Stamps for replies that we write ourselves. */
export interface Made {
  requestId: string
  nowMs: number
}

/**
 * How text of the gateway's own joins a streamed reply that otherwise stays the engine's: a few words before it, or a
 * paragraph after it.
 */
export interface ReplyAdditions {
  /**
   * SSE bytes that say `text` as the first paragraph of every choice asked for, the engine's own words still to follow.
   * Only while no words of the engine's have been sent (it often begins at once and then thinks); after it every event
   * goes out as `rewrite` says. `undefined` where no text of ours may stand (JSON schema). Before the first event it
   * gives the same bytes for the same text, so that a stream opened later can be told of it.
   */
  openWith(text: string): Uint8Array | undefined
  /**
   * The choices that the event read last brings to their end as text that a paragraph may still be added to: not tool
   * calls, not JSON schema, not a refusal by the engine's own filter without text. Mostly empty.
   */
  finishing(): readonly number[]
  /**
   * The bytes that stand for the next event that goes out (in the order read; `data` and `event` are those of it), with
   * `added.text` at the end of `added.choices`, which that event finishes. `undefined` when the engine's own bytes do.
   * Called once for each event from the first addition on.
   */
  rewrite(
    data: string,
    event: string | undefined,
    added?: { text: string; choices: readonly number[] },
  ): Uint8Array | undefined
  /**
   * Only where streams have no end mark, so that no event is ever `finishing`: SSE bytes that add `text` to `choices`
   * (all that have spoken when left out) once the body has come to its end and all of it has been sent.
   */
  closeWith?(text: string, choices?: readonly number[]): Uint8Array
}

/** One streamed reply. Knows which choices are open, so that it can end them. */
export interface ReplyStream extends ReplyAdditions {
  /**
   * Reads the `data` of one SSE event; returns the new texts in it.
   * Throws `GatewayError` `engine_garbage` for data that is not of this dialect and `engine_error` for an error inside.
   */
  read(data: string, event: string | undefined): TextDelta[]
  /**
   * The first `events` not yet reported of the events read have gone out to the client; all of them when left out.
   * `endSafely` follows what was sent, not what was read: a finish that was read and then held back,
   * or cut by a halt just before its write, must not leave the person without the text.
   */
  sent(events?: number): void
  /** The stream's own end mark has been read (`[DONE]`, or its last event); never where streams carry none. */
  ended(): boolean
  /**
   * SSE bytes that say `text` in every open choice and end the stream as one that clients take for normal.
   * Follows whatever was already sent; before the first event it is a whole stream.
   * `undefined` where no text of ours may stand (JSON schema): the caller ends with an error instead.
   */
  endSafely(text: string): Uint8Array | undefined
  /** SSE bytes of an error frame, without the end mark: it never looks like a finished answer. */
  endWithError(error: GatewayError, requestId: string): Uint8Array
}
