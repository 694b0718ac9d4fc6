import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../../servers/live-gateway.ts'
import {
  answers,
  openStream,
  type ScriptedEngine,
  startScriptedEngine,
  streams,
} from '../../servers/scripted-engine.ts'

/** An engine of one's own, with its own JSON, behind the gateway by configuration alone. */

let engine: ScriptedEngine
let gateway: LiveGateway

beforeAll(async () => {
  engine = await startScriptedEngine(answers('{}'))
})
afterAll(() => engine.close())
beforeEach(async () => {
  engine.script = answers('{ "answer": {"text":"Tell me more."},\n "turn":1e2 }')
  gateway = await startLiveGateway({
    engines: {
      primary: {
        url: engine.url,
        dialect: 'generic-json',
        genericJson: {
          paths: ['POST /talk'],
          userText: '$.message',
          replyText: '$.answer.text',
          streamDelta: '$.piece',
        },
      },
    },
  })
})
afterEach(() => gateway.close())

const say = (message: string, stream = false) =>
  fetch(`${gateway.trafficUrl}/talk`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-region': 'GB' },
    body: JSON.stringify({ message, stream }),
  })
const halt = () => gateway.admin('POST', '/halts', { reason: 'answers harmfully' })

describe('an engine with its own JSON', () => {
  it('answers byte for byte, and under a halt the safe reply stands where its text would', async () => {
    expect(await (await say('hello')).text()).toBe('{ "answer": {"text":"Tell me more."},\n "turn":1e2 }')
    await halt()
    const halted = await say('hello')
    expect(halted.status).toBe(200)
    expect((await halted.json()).answer.text).toContain('116 123')
  })

  it('has its errors told in its own shape, with a request id', async () => {
    engine.script = answers('<html>', 200)
    const response = await say('hello')
    expect(response.status).toBe(502)
    expect(await response.json()).toEqual({
      code: 'engine_garbage',
      request_id: response.headers.get('x-request-id'),
      error: expect.stringContaining('not JSON'),
    })
  })

  it('streams byte for byte', async () => {
    const pieces = ['data: {"piece":"Tell "}\n\n', 'data: {"piece":"me."}\n\n', 'data: [DONE]\n\n']
    engine.script = streams(pieces, 5)
    expect(await (await say('hello', true)).text()).toBe(pieces.join(''))
  })

  it('has a running stream turned into the safe reply, with its own end mark', async () => {
    engine.script = (call) => void openStream(call).write('data: {"piece":"You could "}\n\n')
    const response = await say('hello', true)
    const decoder = new TextDecoder()
    let rest = ''
    for await (const piece of response.body ?? []) {
      const text = decoder.decode(piece, { stream: true })
      if (text.includes('You could')) await halt()
      else rest += text
    }
    const said = [...rest.matchAll(/^data: (\{.*\})$/gm)]
      .map(([, data]) => JSON.parse(data ?? '').piece)
      .join('')
    expect(said).toContain('116 123')
    expect(rest.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('gets no message on another path unread while halted', async () => {
    await halt()
    const asked = engine.calls.length
    const response = await fetch(`${gateway.trafficUrl}/other`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(503)
    expect(engine.calls).toHaveLength(asked)
  })
})
