import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { freePort, freePorts } from './ports.ts'

const module = new URL('./ports.ts', import.meta.url).href

const others = Array.from({ length: 20 }, (_, index) => 31_980 + index)

/** What another process is given that would try `first` before the others. */
async function givenElsewhere(first: number): Promise<number> {
  const program = `
    import crypto from 'node:crypto'
    import { syncBuiltinESMExports } from 'node:module'
    const numbers = ${JSON.stringify([first, ...others])}
    crypto.randomInt = () => numbers.shift()
    syncBuiltinESMExports()
    const { freePort } = await import(${JSON.stringify(module)})
    console.log(await freePort())`
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', program])
  return Number(stdout)
}

describe('free ports', () => {
  it('are each given once', async () => {
    const ports = (await Promise.all(Array.from({ length: 20 }, () => freePorts(20)))).flat()
    expect(new Set(ports).size).toBe(400)
  })

  it('are not given to another process before anybody listens on them', async () => {
    expect(others).toContain(await givenElsewhere(await freePort()))
  })

  it('are not those that somebody listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(others).toContain(await givenElsewhere(port))
    server.close()
  })
})
