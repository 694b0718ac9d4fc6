import type { ReplyStream } from '../../src/dialects/dialect.ts'
import { createSseSplitter, type SseEvent, sseFrame } from '../../src/dialects/sse.ts'

/** One event of an engine's stream. */
export interface HeldEvent {
  data: string
  event?: string
}

/** The text to add to a choice that finishes, where there is one. */
export type Added = (choice: number) => string | undefined

const encoder = new TextEncoder()

/**
 * A gateway in small: it reads events, holds them, and sends them as a stream of replies says. `hold` gives how many
 * are read before the oldest ones are sent, one at a time where left out. With an acknowledgement, that went out by a
 * stream object of its own before the engine's stream began.
 */
export function gatewayOf(
  open: () => ReplyStream,
  acknowledgement: string | undefined,
  hold: Iterator<number> = { next: () => ({ value: 1 }) },
) {
  const stream = open()
  const out: Uint8Array[] = []
  const finishing: number[][] = []
  let altered = false

  if (acknowledgement !== undefined) {
    const first = open().openWith(acknowledgement)
    if (first !== undefined) {
      out.push(first)
      stream.openWith(acknowledgement)
      altered = true
    }
  }

  function read({ data, event }: HeldEvent): void {
    stream.read(data, event)
    finishing.push([...stream.finishing()])
  }

  function send({ data, event }: HeldEvent, at: number, added: Added): void {
    const byText = new Map<string, number[]>()
    for (const choice of finishing[at] ?? []) {
      const text = added(choice)
      if (text !== undefined) byText.set(text, [...(byText.get(text) ?? []), choice])
    }
    const [first] = byText
    if (first !== undefined) altered = true
    const addition = first === undefined ? undefined : { text: first[0], choices: first[1] }
    const bytes = altered ? stream.rewrite(data, event, addition) : undefined
    out.push(bytes ?? encoder.encode((event === undefined ? '' : `event: ${event}\n`) + sseFrame(data)))
    stream.sent(1)
  }

  function sendAll(events: readonly HeldEvent[], added: Added, limit: number): void {
    let sentCount = 0
    for (const [at, event] of events.entries()) {
      read(event)
      const held = at + 1 - sentCount
      if (held < hold.next().value && at + 1 < events.length) continue
      for (; sentCount <= at && sentCount < limit; sentCount++) {
        const next = events[sentCount]
        if (next !== undefined) send(next, sentCount, added)
      }
    }
  }

  const bytes = () => new Uint8Array(out.flatMap((piece) => [...piece]))

  return {
    stream,
    /** Sends all of them; `finishing` is what the stream said after each. */
    send(events: readonly HeldEvent[], added: Added = () => undefined) {
      sendAll(events, added, events.length)
      return { bytes: bytes(), finishing }
    },
    /** Reads all of them, and ends safely when `limit` have been sent. */
    cut(events: readonly HeldEvent[], added: Added, limit: number, text: string) {
      sendAll(events, added, limit)
      out.push(stream.endSafely(text) ?? new Uint8Array())
      return { bytes: bytes() }
    },
  }
}

/** The events in whole SSE bytes. */
export function sseEvents(bytes: Uint8Array): SseEvent[] {
  const { events } = createSseSplitter({ maxEventBytes: 1_000_000 }).push(bytes)
  return events
}
