import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Config } from '../../src/config/schema.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { answers, completion, type ScriptedEngine, startScriptedEngine } from '../servers/scripted-engine.ts'

let primary: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway
let client: Socket | undefined

beforeEach(async () => {
  primary = await startScriptedEngine(answers(completion('The primary listens.')))
  backup = await startScriptedEngine(answers(completion('The backup listens.')))
  gateway = await startLiveGateway(configOf('1'))
})

afterEach(async () => {
  client?.destroy()
  await gateway.close()
  await Promise.all([primary.close(), backup.close()])
})

const configOf = (version: string) => ({
  engines: {
    primary: { url: primary.url, version, breaker: { volumeThreshold: 2 } },
    backup: { url: backup.url },
  },
})
const reload = () => gateway.reload(Config.parse(configOf('2')))
const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })

async function ask(): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${gateway.trafficUrl}/v1/chat/completions`, { method: 'POST', headers, body })
  return response.text()
}

it('lets a request that was on its way be answered by the engine it began with', async () => {
  let received = ''
  client = connect(Number(new URL(gateway.trafficUrl).port), '127.0.0.1')
  client.setEncoding('utf8').on('data', (text: string) => {
    received += text
  })
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  client.write(head + body.slice(0, 10))
  await vi.waitFor(async () => expect(await gateway.metric('haltgate_open_exchanges')).toBe(1))
  reload()
  client.write(body.slice(10))
  await vi.waitFor(() => expect(received).toMatch(/(primary|backup) listens|automated message/))
  expect(received).toContain('The primary listens.')
})

it('stays with the backup that served before', async () => {
  primary.script = answers('{}', 500)
  while ((await gateway.metric('haltgate_engine_active{engine="backup"}')) !== 1) await ask()
  primary.script = answers(completion('The primary listens.'))
  reload()
  expect(await ask()).toContain('The backup listens.')
})
