import { createSseSplitter, sseData } from '../../src/dialects/sse.ts'
import { replyWords } from '../texts.ts'
import type { Operation } from './harness.ts'
import { manyOf } from './inputs.ts'

const maxEventBytes = 1_048_576

/** A stream's bytes, split into events. */
export const sseOperations: Operation[] = [
  {
    what: 'SSE splitting, a chunk that is one event of 0.2 KB',
    prepare() {
      const { push } = createSseSplitter({ maxEventBytes })
      const events = manyOf(64, (number) => sseData(chunkSaying(replyWords(number, 1)[0] ?? '')))
      return { once: (at) => push(events.at(at)) }
    },
  },
  perKb('64 bytes', 64),
  perKb('1,000 bytes', 1_000),
  perKb('16 KB', 16_384),
]

/** So many events of one word each, as an engine would send them: about 0.2 KB an event. */
export function eventBytes(events: number): Uint8Array {
  const words = replyWords(1, events)
  return Buffer.concat(words.map((word) => sseData(chunkSaying(word))))
}

/** The bytes in chunks of this size, the last one shorter. */
export function inChunks(bytes: Uint8Array, chunkBytes: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let from = 0; from < bytes.length; from += chunkBytes)
    chunks.push(bytes.slice(from, from + chunkBytes))
  return chunks
}

/** Splits all of them as one stream; returns how many events there were. */
export function splitAll(chunks: readonly Uint8Array[]): number {
  const { push } = createSseSplitter({ maxEventBytes })
  let events = 0
  for (const chunk of chunks) events += push(chunk).events.length
  return events
}

function perKb(size: string, chunkBytes: number): Operation {
  return {
    what: `SSE splitting, a KB that comes in chunks of ${size}`,
    prepare() {
      const bytes = eventBytes(400)
      const chunks = inChunks(bytes, chunkBytes)
      return { units: bytes.length / 1024, once: () => splitAll(chunks) }
    },
  }
}

const chunkSaying = (content: string) => ({
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'bench',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
})
