import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Listener, listen } from '../src/listen.ts'

let listener: Listener
let client: Socket
let received = ''
const begun: string[] = []
let finishFirst = () => {}

beforeEach(async () => {
  begun.length = 0
  received = ''
  listener = await listen({
    address: '127.0.0.1:0',
    fetch: async ({ url }) => {
      const { pathname } = new URL(url)
      begun.push(pathname)
      if (pathname !== '/first') return new Response(pathname)
      return new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('begins'))
            finishFirst = () => controller.close()
          },
        }),
      )
    },
    maxHeaderBytes: 16_384,
    headTimeoutMs: 5_000,
    bodyTimeoutMs: 5_000,
    maxConnections: 10,
    idleTimeoutMs: 5_000,
  })
  client = connect(Number(new URL(listener.url).port), '127.0.0.1')
  client.setEncoding('utf8').on('data', (text: string) => {
    received += text
  })
  client.on('error', () => {})
})

afterEach(async () => {
  client.destroy()
  await listener.close(0)
})

const ask = (path: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}`

it('begins a pipelined request only when the one before has been answered', async () => {
  client.write(ask('/first') + ask('/second') + ask('/third'))
  await vi.waitFor(() => expect(received).toContain('begins'))
  expect(begun).toEqual(['/first'])
  finishFirst()
  await vi.waitFor(() => expect(received).toContain('/third'))
  expect(begun).toEqual(['/first', '/second', '/third'])
})

it('forgets the requests of a client that has left', async () => {
  client.write(ask('/first') + ask('/second'))
  await vi.waitFor(() => expect(received).toContain('begins'))
  client.destroy()
  await listener.close(0)
  expect(begun).toEqual(['/first'])
})

it('closes a connection that sends far ahead of its answers', async () => {
  const closed = new Promise((resolve) => client.once('close', resolve))
  client.write(ask('/first') + ask('/second').repeat(100))
  await closed
  expect(begun).toEqual(['/first'])
})
