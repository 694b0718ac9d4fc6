import { afterAll, beforeAll, expect, it } from 'vitest'
import { startGatewayProcess } from '../servers/gateway.ts'
import { chatRequest, helloStream, openRaw } from '../servers/raw-http.ts'
import {
  done,
  openStream,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
} from '../servers/scripted-engine.ts'

let engine: ScriptedEngine
beforeAll(async () => {
  engine = await startScriptedEngine(() => {})
})
afterAll(() => engine.close())

it('a gateway told to stop takes nothing new, lets a running stream end, and is gone soon after', async () => {
  const gateway = await startGatewayProcess({ engines: { primary: { url: engine.url } } })
  const client = openRaw(gateway.traffic)
  const coming = engine.call(1)
  // Kept alive, as clients with a pool do: the connection must not hold up the end.
  client.write(chatRequest(helloStream, { connection: 'keep-alive' }))
  const response = openStream(await coming)
  response.write(says('Tell '))
  await new Promise<void>((resolve) => client.socket.once('data', () => resolve()))

  gateway.signal('SIGTERM')
  await expect.poll(() => gateway.output, { timeout: 5_000 }).toContain('stopping')
  const { status } = await openRaw(gateway.traffic).answer
  expect(status).toBeNaN()

  const endedMs = performance.now()
  response.write(says('me.'))
  response.write(stop)
  response.end(done)
  const { body } = await client.answer
  expect(body).toContain('me.')
  expect(body).toContain('[DONE]')
  await expect.poll(() => isGone(gateway.pid), { timeout: 5_000 }).toBe(true)
  expect(await gateway.stop()).toBe(0)
  expect(performance.now() - endedMs).toBeLessThan(4_000)
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}
