import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { answers, completion, type ScriptedEngine, startScriptedEngine } from '../servers/scripted-engine.ts'

let engine: ScriptedEngine
let gateway: LiveGateway

beforeAll(async () => {
  engine = await startScriptedEngine(answers(completion('You can call 988 at any hour. Tell me more.')))
  gateway = await startLiveGateway({ engines: { primary: { url: engine.url, version: 'v1' } } })
})
afterAll(async () => {
  await gateway.close()
  await engine.close()
})

const reason = 'the ramp is tried'
const keyOf = async (person: string, role: string) =>
  (await gateway.admin('POST', '/keys', { person, roles: [role] })).body.secret

async function tell(
  session: string | undefined,
  content = 'What is a good soup?',
): Promise<'engine' | 'halted'> {
  const response = await fetch(`${gateway.trafficUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(session === undefined ? {} : { 'x-session-id': session }),
    },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  })
  await response.text()
  return response.headers.get('x-haltgate')?.startsWith('halted') === true ? 'halted' : 'engine'
}

it('a ramp lets in a tenth of sessions first, the same ones each time, and nobody in a crisis', async () => {
  const { body } = await gateway.admin('POST', '/halts', { reason, scope: 'engine:primary' })
  const halts = `/halts/${body.halt.id}`
  const sessions = Array.from({ length: 400 }, (_, n) => `session-${n}`)
  expect(await tell('session-1')).toBe('halted')

  const word = { author: 'Eva Lind', statement: 'found and mended', reason }
  expect((await gateway.admin('POST', `${halts}/validations`, word)).status).toBe(201)
  const [clinical, commander] = [await keyOf('Dr Reed', 'clinical'), await keyOf('Anna Berg', 'commander')]
  for (const key of [clinical, clinical, commander])
    await gateway.admin('POST', `${halts}/approvals`, { reason }, key)
  expect((await gateway.admin('GET', `${halts}/clearance`)).body).toMatchObject({
    state: 'ramping',
    share: 0.1,
  })

  const admitted = async () => {
    const found: string[] = []
    for (const session of sessions) if ((await tell(session)) === 'engine') found.push(session)
    return found
  }
  const first = await admitted()
  expect(first.length).toBeGreaterThan(15)
  expect(first.length).toBeLessThan(75)
  expect(await admitted()).toEqual(first)
  // Who names no session joins last, and so does a session with a crisis in it, from then on.
  expect(await tell(undefined)).toBe('halted')
  const [one = ''] = first
  expect(await tell(one, 'I want to kill myself tonight')).toBe('halted')
  expect(await tell(one)).toBe('halted')

  // A new alarm of the same kind is a halt of its own, and bars everybody at once.
  await gateway.admin('POST', '/halts', { reason, scope: 'engine:primary' })
  expect(await tell(first[1])).toBe('halted')
})
