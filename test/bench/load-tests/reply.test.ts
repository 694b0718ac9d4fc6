import { describe, expect, it } from 'vitest'
import { createReplyReader } from '../../../bench/load-tests/lib/reply.ts'

const chunk = (made: number) => `data: {"choices":[{"delta":{"content":"x"}}],"made":${made}}\n\n`
const safe = 'data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n\n'
const done = 'data: [DONE]\n\n'

/** Reads a text in pieces of this size; each piece comes one millisecond after the one before, from 1 on. */
function read(text: string, size = text.length) {
  const reader = createReplyReader()
  for (let at = 0; at < text.length; at += size) reader.take(text.slice(at, at + size), 1 + at / size)
  return reader
}

describe('a reader of replies', () => {
  it.each([1, 3, 7, 1_000])('finds the newest stamp, read in pieces of %i', (size) => {
    const reader = read(chunk(1_790_000_000_001) + chunk(1_790_000_000_009) + safe + done, size)
    expect(reader.madeAtMs).toBe(1_790_000_000_009)
    expect(reader.ending(true)).toBe('safe')
  })

  it('notes when the last AI text came, and takes no text of the gateway for it', () => {
    const reader = createReplyReader()
    reader.take(chunk(1_790_000_000_001), 10)
    reader.take(safe, 20)
    reader.take(done, 30)
    expect(reader.lastAiAtMs).toBe(10)
  })

  it('knows no AI text where the engine has made none', () => {
    const reader = read(safe + done)
    expect([reader.madeAtMs, reader.lastAiAtMs]).toEqual([undefined, undefined])
  })

  it.each([
    ['a stream that ended as it should', chunk(1_790_000_000_001) + done, true, 'whole'],
    ['a stream that broke off', chunk(1_790_000_000_001), true, 'broken'],
    ['a stream with the safe ending that broke off', chunk(1_790_000_000_001) + safe, true, 'broken'],
    [
      'a whole reply',
      '{"choices":[{"finish_reason":"stop"}],"usage":{},"made":1790000000001}',
      false,
      'whole',
    ],
    ['a safe reply', '{"choices":[{"finish_reason":"content_filter"}],"usage":{}}', false, 'safe'],
    ['half a reply', '{"choices":[{"finish_reason":"stop"', false, 'broken'],
    ['an error', '{"error":{"message":"internal error"}}', false, 'broken'],
    ['nothing', '', false, 'broken'],
  ] as const)('tells %s', (_, text, isStream, expected) => {
    expect(read(text).ending(isStream)).toBe(expected)
  })
})
