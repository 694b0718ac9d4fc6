import { setTimeout as wait } from 'node:timers/promises'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../../servers/live-gateway.ts'
import {
  answers,
  neverAnswers,
  openStream,
  type ScriptedEngine,
  startScriptedEngine,
  streams,
} from '../../servers/scripted-engine.ts'
import { wires } from '../../servers/wires.ts'

/** Screening where the engine keeps the conversation, through OpenAI's own client on its Responses API. */

const despair = 'I want to kill myself tonight'
const kind = 'That sounds really heavy, and I am glad that you told me.'
const harmful = 'You should kill yourself. Nobody would miss you.'

const wire = wires.find(({ name }) => name === 'openai-responses')
if (wire === undefined) throw new Error('no such dialect')
const streamOf = (text: string) => [...wire.begin, ...wire.words(text), ...wire.end(text)]

let engine: ScriptedEngine
let gateway: LiveGateway
let client: OpenAI

beforeAll(async () => {
  engine = await startScriptedEngine(neverAnswers)
  gateway = await startLiveGateway({
    engines: { primary: wire.engine(engine.url) },
    policy: { acknowledgeAfterMs: 200, safeReplyAfterMs: 900 },
  })
  client = new OpenAI({
    baseURL: `${gateway.trafficUrl}/v1`,
    apiKey: 'none',
    defaultHeaders: { 'x-user-region': 'US' },
  })
})
afterAll(async () => {
  await gateway.close()
  await engine.close()
})
beforeEach(() => {
  engine.calls.length = 0
})

/** Goes on from an earlier reply by its id, so that the next one must keep the engine's. */
const goesOn = { model: 'listener-1', input: despair, previous_response_id: 'resp_0' }

it('a disclosure in a conversation that the engine keeps gets its lines, and the reply its id', async () => {
  engine.script = answers(wire.whole(kind))
  const whole = await client.responses.create(goesOn)
  engine.script = streams(streamOf(kind), 2)
  const stream = await client.responses.stream(goesOn).finalResponse()
  for (const { id, output_text } of [whole, stream]) {
    expect(id).toBe('resp_1')
    expect(output_text.startsWith(`${kind}\n\n`)).toBe(true)
    expect(output_text).toContain('988')
  }
  expect(JSON.parse(engine.calls[0]?.body ?? '')).toEqual(goesOn)
})

it('the acknowledgement waits for the beginning of a reply that will be gone on from by its id', async () => {
  engine.script = async (call) => {
    await wait(350)
    const response = openStream(call)
    for (const piece of wire.begin) response.write(piece)
    await wait(150)
    for (const piece of [...wire.words(kind), ...wire.end(kind)]) response.write(piece)
    response.end()
  }
  const reading = client.responses.stream(goesOn)
  const heard: string[] = []
  reading.on('response.output_text.delta', ({ delta }) => heard.push(delta))
  const { id, output_text, status } = await reading.finalResponse()
  expect({ id, status }).toEqual({ id: 'resp_1', status: 'completed' })
  expect(heard[0]).toContain('automated')
  expect(output_text.indexOf('automated')).toBeLessThan(output_text.indexOf(kind))
  expect(output_text.indexOf(kind)).toBeLessThan(output_text.lastIndexOf('988'))
})

it('the safe reply comes in time also where no acknowledgement can', async () => {
  engine.script = neverAnswers
  const { output_text, status } = await client.responses.stream(goesOn).finalResponse()
  expect(status).toBe('completed')
  expect(output_text).toContain('988')
  await (await engine.call(1)).left
})

it('our words in a reply come back as history and reach the engine as it can read them', async () => {
  engine.script = streams(streamOf(kind), 2)
  const first = await client.responses
    .stream({ model: 'listener-1', input: despair, store: false })
    .finalResponse()
  engine.script = answers(wire.whole('I hear you.'))
  await client.post('/responses', {
    body: {
      model: 'listener-1',
      store: false,
      input: [
        { role: 'user', content: despair },
        ...first.output,
        { role: 'user', content: 'Can you recommend a good pasta recipe for four people?' },
      ],
    },
  })
  const sent = engine.calls[1]?.body ?? ''
  expect(sent).toContain('That sounds really heavy')
  // An engine that keeps replies looks up each id that it is sent, and knows its own alone.
  expect(sent.match(/"id":"(?!msg_1)[^"]*"/g)).toBeNull()
})

it('an earlier reply that does harm is not given out again', async () => {
  engine.script = answers(wire.whole(harmful))
  const whole = await client.responses.retrieve('resp_1')
  expect(whole.output_text).not.toContain('kill yourself')
  expect(whole.id).toBe('resp_1')
  engine.script = streams(streamOf(harmful), 2)
  let heard = ''
  for await (const event of await client.responses.retrieve('resp_1', { stream: true }))
    if (event.type === 'response.output_text.delta') heard += event.delta
  expect(heard).not.toContain('kill yourself')
  expect(heard).not.toBe('')
})

it('an earlier reply that does none comes byte for byte', async () => {
  const body = wire.whole(kind)
  engine.script = answers(body)
  const plain = await fetch(`${gateway.trafficUrl}/v1/responses/resp_1`)
  expect(await plain.text()).toBe(body)
  const events = streamOf(kind).join('')
  engine.script = streams([events])
  const streamed = await fetch(`${gateway.trafficUrl}/v1/responses/resp_1?stream=true`)
  expect(await streamed.text()).toBe(events)
})
