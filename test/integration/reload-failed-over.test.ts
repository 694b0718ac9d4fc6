import { afterEach, beforeEach, expect, it } from 'vitest'
import { Config } from '../../src/config/schema.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { answers, completion, type ScriptedEngine, startScriptedEngine } from '../servers/scripted-engine.ts'

let primary: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway

const configOf = (version: string) => ({
  engines: {
    primary: { url: primary.url, version, breaker: { volumeThreshold: 2 } },
    backup: { url: backup.url },
  },
})

beforeEach(async () => {
  primary = await startScriptedEngine(answers('{}', 500))
  backup = await startScriptedEngine(answers(completion('The backup listens.')))
  gateway = await startLiveGateway(configOf('1'))
})
afterEach(async () => {
  await gateway.close()
  await Promise.all([primary.close(), backup.close()])
})

async function ask(): Promise<string> {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${gateway.trafficUrl}/v1/chat/completions`, { method: 'POST', headers, body })
  return response.text()
}

it('a gateway that had failed over stays with the backup through a reload', async () => {
  while ((await gateway.metric('haltgate_engine_active{engine="backup"}')) !== 1) await ask()
  primary.script = answers(completion('The primary listens.'))
  gateway.reload(Config.parse(configOf('2')))
  expect(await ask()).toContain('The backup listens.')
})
