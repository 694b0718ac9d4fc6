import { describe, expect, it } from 'vitest'
import { type Fetch, postJson, type RemoteError } from '../../../src/detectors/remote/json-post.ts'

const post = (fetch: Fetch) =>
  postJson(
    { url: 'https://x.example', credential: { header: 'authorization', value: 'Bearer secret-key' }, fetch },
    { text: 'words of a person' },
    new AbortController().signal,
  )
/** Everything that a logger could write of the failure. */
const failing = (error: unknown) =>
  post(() => Promise.reject(error)).catch((thrown: RemoteError) => ({
    ...thrown,
    name: thrown.name,
    message: thrown.message,
    cause: thrown.cause,
  }))

describe('a question to a remote detector', () => {
  it('fails with the code of the transport, and with nothing else of its error', async () => {
    const refused = Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' })
    expect(await failing(new TypeError('fetch failed', { cause: refused }))).toMatchObject({
      name: 'RemoteError',
      message: 'could not be reached (ECONNREFUSED)',
    })
    expect(await failing(Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }))).toMatchObject({
      message: 'could not be reached (UND_ERR_SOCKET)',
    })
  })

  it.each([
    ['a message', new Error('invalid header value: Bearer secret-key')],
    ['a code that is none', Object.assign(new Error('x'), { code: 'Bearer secret-key' })],
    ['a number for a code', Object.assign(new Error('x'), { code: 20 })],
    ['no error at all', 'Bearer secret-key'],
  ])('never fails with a secret in its words: %s', async (_, error) => {
    expect(await failing(error)).toEqual({
      name: 'RemoteError',
      message: 'could not be reached',
      cause: undefined,
    })
  })

  it('gives up an answer that was refused, so that its connection is free', async () => {
    let cancelled = 0
    const body = () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
        cancel: () => {
          cancelled++
        },
      })
    await expect(post(async () => new Response(body(), { status: 503 }))).rejects.toThrow('status 503')
    await expect(post(async () => new Response(body()))).rejects.toThrow('more than 65536 bytes')
    expect(cancelled).toBe(2)
  })

  it('takes a redirect for one where fetch hides its status', async () => {
    await expect(post(async () => Response.error())).rejects.toThrow('redirect')
  })

  it('reads an answer in which a letter is split between two pieces', async () => {
    const bytes = new TextEncoder().encode('{"name":"é"}')
    const body = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await post(async () => new Response(body))).toEqual({ name: 'é' })
  })
})
