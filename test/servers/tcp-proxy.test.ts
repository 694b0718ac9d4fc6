import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts'

describe('A TCP proxy', () => {
  const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  const clients: Socket[] = []
  let proxy: TcpProxy

  beforeEach(async () => {
    echo.listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const targetPort = (echo.address() as AddressInfo).port
    proxy = await tcpProxy({ targetPort, rewrite: new Map([['11111', '22222']]) })
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await proxy.close()
    await new Promise((resolve) => echo.close(resolve))
  })

  function client() {
    const socket = connect(proxy.port, '127.0.0.1')
    clients.push(socket)
    const state = { heard: '', closed: false, send: (text: string) => void socket.write(text) }
    socket.on('error', () => {})
    socket.on('data', (data) => {
      state.heard += data
    })
    socket.on('close', () => {
      state.closed = true
    })
    return state
  }

  it('passes everything on, and replaces words in what the target says', async () => {
    const one = client()
    one.send('port 11111 of 33333')
    await vi.waitFor(() => expect(one.heard).toBe('port 22222 of 33333'))
  })

  it('resets old and new connections when it is cut, and takes new ones when healed', async () => {
    const old = client()
    old.send('a')
    await vi.waitFor(() => expect(old.heard).toBe('a'))
    proxy.cut()
    const fresh = client()
    await vi.waitFor(() => expect([old.closed, fresh.closed]).toEqual([true, true]))
    proxy.heal()
    const later = client()
    later.send('b')
    await vi.waitFor(() => expect(later.heard).toBe('b'))
  })

  it('keeps silent and open while it is stalled, and then passes on what waited', async () => {
    const old = client()
    old.send('a')
    await vi.waitFor(() => expect(old.heard).toBe('a'))
    proxy.stall()
    const fresh = client()
    old.send('b')
    fresh.send('c')
    // Another connection to the same target goes and comes in less than nothing has passed here.
    const beside = await tcpProxy({ targetPort: (echo.address() as AddressInfo).port })
    const other = connect(beside.port, '127.0.0.1')
    other.write('x')
    await once(other, 'data')
    other.destroy()
    await beside.close()
    expect([old.heard, fresh.heard, old.closed, fresh.closed]).toEqual(['a', '', false, false])
    proxy.heal()
    await vi.waitFor(() => expect([old.heard, fresh.heard]).toEqual(['ab', 'c']))
  })
})
