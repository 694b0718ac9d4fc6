import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { Config } from '../../src/config/schema.ts'
import { type GatewayProcess, startGatewayProcess } from '../servers/gateway.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { chatRequest, hello, helloStream, openRaw, sendRaw } from '../servers/raw-http.ts'
import {
  answers,
  completion,
  done,
  openStream,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
} from '../servers/scripted-engine.ts'

let old: ScriptedEngine
let next: ScriptedEngine

beforeAll(async () => {
  old = await startScriptedEngine(answers(completion('The old engine.')))
  next = await startScriptedEngine(answers(completion('The new engine.')))
})
afterAll(() => Promise.all([old.close(), next.close()]))

const engineOf = async (url: string) => (await sendRaw(url, chatRequest(hello))).body

describe('a gateway process', () => {
  let gateway: GatewayProcess

  beforeAll(async () => {
    gateway = await startGatewayProcess({ engines: { primary: { url: old.url } } })
  }, 30_000)
  afterAll(() => gateway.stop())

  function change(edit: (config: { engines: Record<string, unknown> }) => void) {
    const config = parse(readFileSync(gateway.configFile, 'utf8'))
    edit(config)
    writeFileSync(gateway.configFile, stringify(config))
  }

  const metric = async (series: string) => {
    const page = await (await fetch(`${gateway.control}/metrics`)).text()
    return Number(new RegExp(`^${series.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(page)?.[1] ?? 0)
  }

  it('takes a changed file on SIGHUP and by itself, keeps the last good one, and lets running streams end', async () => {
    expect(await engineOf(gateway.traffic)).toBe(completion('The old engine.'))
    let response: ReturnType<typeof openStream> | undefined
    old.script = (call) => {
      response = openStream(call)
      response.write(says('Slowly'))
    }
    const client = openRaw(gateway.traffic)
    const streaming = old.call(old.calls.length + 1)
    client.write(chatRequest(helloStream))
    await streaming
    old.script = answers(completion('The old engine.'))

    // By itself: the file is looked at every second.
    change((config) => {
      config.engines.primary = { url: next.url }
    })
    await expect
      .poll(() => engineOf(gateway.traffic), { timeout: 10_000 })
      .toBe(completion('The new engine.'))
    expect(await metric('haltgate_config_reloads_total{result="taken"}')).toBe(1)

    // Wrong: it says where and what, and goes on as it was.
    writeFileSync(gateway.configFile, `${readFileSync(gateway.configFile, 'utf8')}polcy: {}\n`)
    gateway.signal('SIGHUP')
    await expect
      .poll(() => metric('haltgate_config_reloads_total{result="refused"}'), { timeout: 10_000 })
      .toBeGreaterThan(0)
    expect(gateway.output).toMatch(/polcy: unknown setting/)
    expect(gateway.output).toContain('the last good one stays')
    expect(await engineOf(gateway.traffic)).toBe(completion('The new engine.'))

    // Without an engine: nobody would answer.
    writeFileSync(
      gateway.configFile,
      stringify({
        ...parse(readFileSync(gateway.configFile, 'utf8').replace('polcy: {}\n', '')),
        engines: {},
      }),
    )
    gateway.signal('SIGHUP')
    await expect.poll(() => gateway.output, { timeout: 10_000 }).toContain('engines.primary: expected one')
    expect(await engineOf(gateway.traffic)).toBe(completion('The new engine.'))

    // On SIGHUP: back to the old engine, and a setting that needs a restart is named.
    change((config) => {
      config.engines.primary = { url: old.url }
      Object.assign(config, { policy: { haltLeaseMs: 5_000 } })
    })
    gateway.signal('SIGHUP')
    await expect
      .poll(() => engineOf(gateway.traffic), { timeout: 10_000 })
      .toBe(completion('The old engine.'))
    expect(gateway.output).toMatch(/policy\.haltLeaseMs.*next start/)

    // The stream that began before all this ends as if nothing had been.
    response?.write(stop)
    response?.end(done)
    const { body } = await client.answer
    expect(body).toContain('Slowly')
    expect(body).toContain('[DONE]')
    expect(body).not.toContain('"error"')

    const { body: audit } = await gateway.admin('GET', '/audit')
    expect(JSON.stringify(audit)).toContain('config.reload')
  })
})

describe('a reload in the process', () => {
  let gateway: LiveGateway
  const config = (engines: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
    Config.parse({ engines, ...rest })

  beforeEach(async () => {
    old.script = answers(completion('The old engine.'))
    next.script = answers(completion('The new engine.'))
    gateway = await startLiveGateway({ engines: { primary: { url: old.url } } })
  })
  afterEach(() => gateway.close())

  it('does not disturb a request that is still coming in', async () => {
    const client = openRaw(gateway.trafficUrl)
    const bytes = Buffer.from(chatRequest(hello))
    client.write(bytes.subarray(0, bytes.length - 10))
    await expect.poll(() => gateway.metric('haltgate_open_exchanges')).toBe(1)
    gateway.reload(config({ primary: { url: next.url } }))
    await wait(20)
    client.write(bytes.subarray(bytes.length - 10))
    const answer = await client.answer
    expect(answer.status).toBe(200)
    expect(answer.headers['x-haltgate']).toBeUndefined()
    expect(answer.body).toBe(completion('The old engine.'))
  })

  it('keeps a halt, a hold and a pin', async () => {
    const engines = { primary: { url: old.url }, backup: { url: next.url } }
    gateway.reload(config(engines))
    await gateway.admin('POST', '/breakers/primary/hold', { reason: 'rambles' })
    gateway.reload(config({ ...engines, primary: { url: old.url, version: '8' } }))
    expect((await gateway.admin('GET', '/breakers')).body.breakers[0].state).toBe('held')
    expect(await engineOf(gateway.trafficUrl)).toBe(completion('The new engine.'))
    await gateway.admin('POST', '/breakers/primary/release', { reason: 'repaired' })

    await gateway.admin('POST', '/engines/pin', { engine: 'backup', reason: 'for now' })
    gateway.reload(config(engines))
    expect(await engineOf(gateway.trafficUrl)).toBe(completion('The new engine.'))

    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    gateway.reload(config({ primary: { url: next.url } }))
    expect((await sendRaw(gateway.trafficUrl, chatRequest(hello))).headers['x-haltgate']).toContain('halted')
  })

  it('cuts a stream of the engine it replaced when a halt comes', async () => {
    old.script = (call) => void openStream(call).write(says('Slowly'))
    const client = openRaw(gateway.trafficUrl)
    const streaming = old.call(old.calls.length + 1)
    client.write(chatRequest(helloStream))
    const { left } = await streaming
    await wait(30)
    gateway.reload(config({ primary: { url: next.url } }))
    await gateway.admin('POST', '/halts', { reason: 'answers harmfully' })
    await left
    expect((await client.answer).body).toContain('content_filter')
  })

  it('takes changed limits at once', async () => {
    gateway.reload(config({ primary: { url: old.url } }, { traffic: { maxBodyBytes: 10 } }))
    expect((await sendRaw(gateway.trafficUrl, chatRequest(hello))).status).toBe(413)
  })
})
