import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { chatRequest, hello, helloStream, openRaw, sendRaw } from '../servers/raw-http.ts'
import {
  answers,
  completion,
  type EngineCall,
  neverAnswers,
  openStream,
  type Script,
  type ScriptedEngine,
  says,
  startScriptedEngine,
} from '../servers/scripted-engine.ts'

let engine: ScriptedEngine
let gateway: LiveGateway

beforeAll(async () => {
  engine = await startScriptedEngine(neverAnswers)
  gateway = await startLiveGateway({
    engines: { primary: { url: engine.url, breaker: { volumeThreshold: 2, errorThresholdPercentage: 1 } } },
  })
})

afterAll(async () => {
  await gateway.close()
  await engine.close()
})

const thinking: Script = neverAnswers
const headOnly: Script = (call) => void openStream(call)
const midStream: Script = (call) => void openStream(call).write(says('You could '))
const halfJson: Script = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":')
}

/** Sends a request, lets the engine come as far as its script says, and leaves. */
async function askAndLeave(bytes: Uint8Array): Promise<{ call: EngineCall; leftMs: number }> {
  const client = openRaw(gateway.trafficUrl)
  const coming = engine.call(engine.calls.length + 1)
  client.write(bytes)
  const call = await coming
  // Time for what the engine has written to arrive.
  await wait(30)
  const leftMs = performance.now()
  client.socket.destroy()
  return { call, leftMs }
}

describe('a client that leaves', () => {
  it.each<[string, Uint8Array, Script]>([
    ['while it waits for a whole reply', chatRequest(hello), thinking],
    ['while a whole reply is coming in', chatRequest(hello), halfJson],
    ['before a stream has its head', chatRequest(helloStream), thinking],
    ['before the first event of a stream', chatRequest(helloStream), headOnly],
    ['in mid-stream', chatRequest(helloStream), midStream],
    ['in a reply that no dialect reads', chatRequest(hello, {}, '/v1/audio/speech'), halfJson],
  ])('%s ends the engine’s work within 100 ms', async (_when, bytes, script) => {
    engine.script = script
    const { call, leftMs } = await askAndLeave(bytes)
    expect((await call.left) - leftMs).toBeLessThan(100)
    await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(0)
  })

  it('is counted apart from errors and never opens the circuit', async () => {
    engine.script = midStream
    for (let n = 0; n < 5; n++) await (await askAndLeave(chatRequest(helloStream))).call.left
    await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(0)
    const { body } = await gateway.admin('GET', '/breakers')
    expect(body.breakers).toEqual([{ engine: 'primary', state: 'closed' }])
    const page = await (await fetch(`${gateway.controlUrl}/metrics`)).text()
    expect(page).toMatch(/haltgate_exchanges_total\{.*outcome="client-closed"\} [1-9]/)
    expect(page).not.toMatch(/haltgate_exchanges_total\{.*outcome="(engine|internal)-error"\}/)
    const { body: signals } = await gateway.admin('GET', '/signals')
    for (const { errorRate } of signals.signals.engines) expect(errorRate ?? 0).toBe(0)
  })
})

it('a thousand clients that leave leave nothing behind', { timeout: 60_000 }, async () => {
  const whole = [thinking, halfJson]
  const streamed = [thinking, headOnly, midStream]
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  const round = async (count: number) => {
    for (let done = 0; done < count; done += 25) {
      const clients = Array.from({ length: 25 }, () => openRaw(gateway.trafficUrl))
      const calls = clients.map((client, n) => {
        client.write(chatRequest(n % 2 === 0 ? hello : helloStream))
        return engine.call(engine.calls.length + n + 1)
      })
      engine.script = (call) => {
        const stages = call.body.includes('"stream":true') ? streamed : whole
        return stages[engine.calls.length % stages.length]?.(call)
      }
      const came = await Promise.all(calls)
      await wait(5)
      for (const { socket } of clients) socket.destroy()
      await Promise.all(came.map(({ left }) => left))
    }
    await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(0)
  }
  // Pools, caches and compiled code come with the first ones.
  await round(200)
  engine.calls.length = 0
  const heapBefore = heapAfterGc()
  await round(1_000)
  engine.calls.length = 0
  process.off('warning', onWarning)

  expect(warnings).toEqual([])
  await expect.poll(() => engine.openConnections).toBe(0)
  // 1,000 leaked exchanges would be several megabytes.
  expect(heapAfterGc() - heapBefore).toBeLessThan(3 * 1024 * 1024)

  engine.script = answers(completion('Tell me more.'))
  expect((await sendRaw(gateway.trafficUrl, chatRequest(hello))).status).toBe(200)
})

/** Bytes in use that the collector cannot free. */
function heapAfterGc(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('the collector cannot be called')
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
