/** Something to be delivered. */
export interface OutboxMessage {
  /** The same for every attempt: receivers recognise a repeat by it. */
  id: string
  /** Which of the channel's receivers. */
  target: string
  /** JSON, as it was when the row was written. Never message text, never secrets. */
  payload: string
  /** Attempts so far, this one included. */
  attempt: number
}

/**
 * What became of an attempt. `delivered`: the receiver said that it has it. `retry`: not now, perhaps later; `afterMs`
 * when the receiver named a time. `refused`: never, whoever tries again.
 */
export type SendResult =
  | { kind: 'delivered'; providerRef?: string }
  | { kind: 'retry'; why: string; afterMs?: number }
  | { kind: 'refused'; why: string }

/**
 * A way out for messages, such as a webhook or a mail server. `why` goes to the log and to the records: it names a
 * status or an error, never a body or an address with credentials. What is thrown counts as `retry`. An attempt ends
 * when `signal` is aborted.
 */
export interface Channel {
  send(message: OutboxMessage, signal: AbortSignal): Promise<SendResult>
}
