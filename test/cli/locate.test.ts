import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { haltgate, startFakeGateway, state } from './fake-gateway.ts'

let gateway: Awaited<ReturnType<typeof startFakeGateway>>
beforeEach(async () => {
  gateway = await startFakeGateway()
  gateway.answer('GET /state', 200, state)
})
afterEach(() => gateway.close())

const status = (env: NodeJS.ProcessEnv = {}, ...options: string[]) =>
  haltgate(['status', '--data-dir', gateway.dataDir, ...options], { env })
const write = (name: string, text: string) => writeFile(join(gateway.dataDir, name), text)

describe('finding the gateway', () => {
  it('takes address and key from the data directory', async () => {
    expect((await status()).exitCode).toBe(0)
    expect(gateway.asked[0]?.authorization).toBe('Bearer hg_local-secret')
  })

  it('lets HALTGATE_URL and HALTGATE_KEY win, even over a broken data directory', async () => {
    await write('control.json', '{')
    const { exitCode } = await status({ HALTGATE_URL: `${gateway.url}/`, HALTGATE_KEY: 'hg_env' })
    expect(exitCode).toBe(0)
    expect(gateway.asked[0]?.authorization).toBe('Bearer hg_env')
  })

  it('lets HALTGATE_KEY alone win over the local key', async () => {
    await status({ HALTGATE_KEY: 'hg_env' })
    expect(gateway.asked[0]?.authorization).toBe('Bearer hg_env')
  })

  it('never sends the local key to another address', async () => {
    const other = await startFakeGateway()
    const { exitCode, stderr } = await status({ HALTGATE_URL: other.url })
    await other.close()
    expect([exitCode, other.asked]).toEqual([2, []])
    expect(stderr).toContain('Set HALTGATE_KEY')
  })

  it('uses the local key when HALTGATE_URL is the local gateway', async () => {
    expect((await status({ HALTGATE_URL: gateway.url })).exitCode).toBe(0)
  })

  it('follows no redirect with a key', async () => {
    gateway.answer('GET /state', 307, {}, { location: '/elsewhere' })
    const { exitCode, stderr } = await status()
    expect([exitCode, gateway.asked.length]).toEqual([3, 1])
    expect(stderr).toContain('is not a haltgate control listener (HTTP 307)')
  })

  it('exits 3 and says how to name one when there is none', async () => {
    await rm(join(gateway.dataDir, 'control.json'))
    const { exitCode, stderr, stdout } = await status({}, '--json')
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/haltgate start.*--data-dir.*HALTGATE_URL and HALTGATE_KEY/s)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unreachable' } })
  })

  it('exits 3 and says that the process is gone when control.json outlived its gateway', async () => {
    await write('control.json', JSON.stringify({ url: 'http://127.0.0.1:9', pid: 2 ** 30 }))
    const refused = new TypeError('x', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })
    const { exitCode, stderr } = await haltgate(['status', '--data-dir', gateway.dataDir], {
      fetch: () => Promise.reject(refused),
    })
    expect(exitCode).toBe(3)
    expect(stderr).toContain(
      `Process ${2 ** 30}, which wrote ${join(gateway.dataDir, 'control.json')}, is gone.`,
    )
  })

  it('exits 3 when something else answers there', async () => {
    const { exitCode, stderr } = await haltgate(['halts', '--data-dir', gateway.dataDir])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('the control port is 8081 by default')])
  })

  it('says where a refused key came from, and never the key', async () => {
    gateway.answer('GET /state', 401, { error: { code: 'unauthorized', message: 'unknown key' } })
    const { exitCode, stderr, stdout } = await status()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      `The key from ${join(gateway.dataDir, 'admin.key')} is unknown here or was revoked.`,
    )
    expect(stderr + stdout).not.toContain('hg_local')
  })

  it.each([
    ['control.json', 'not json'],
    ['control.json', '{"url":"gopher://x"}'],
    ['admin.key', ''],
    ['admin.key', 'two\nlines-of-secret'],
  ])('exits 2 for a broken %s (%s) and shows none of a key', async (name, text) => {
    await write(name, text)
    const { exitCode, stderr } = await status()
    expect([exitCode, gateway.asked]).toEqual([2, []])
    expect(stderr).not.toContain('lines-of-secret')
    expect(stderr.split('\n').length).toBeGreaterThan(2)
  })

  it('exits 2 for an address that is none', async () => {
    const { exitCode, stderr } = await status({ HALTGATE_URL: 'localhost:8081', HALTGATE_KEY: 'k' })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('http://127.0.0.1:8081')])
  })
})
