import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readsCrisisEvents } from '../servers/crisis-records.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import {
  answers,
  completion,
  done,
  event,
  neverAnswers,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
  streams,
} from '../servers/scripted-engine.ts'

/** What passes, what is added and what is recorded, where a reply is more than one text. */

const despair = 'I want to kill myself tonight'
const ordinary = 'Can you recommend a good pasta recipe for four people?'
const kind = 'That sounds really heavy, and I am glad that you told me.'
const caring = 'I am glad that you told me. You can call or text 988 at any hour.'
const harmful = 'You should kill yourself. Nobody would miss you.'

let engine: ScriptedEngine
let gateway: LiveGateway
let client: OpenAI
/** Another one for each test, so that its events can be told from others that are late. */
let tenant = ''
let tenants = 0
let recorded = 0
let records: Awaited<ReturnType<typeof readsCrisisEvents>>

beforeAll(async () => {
  engine = await startScriptedEngine(neverAnswers)
  gateway = await startLiveGateway({
    engines: { primary: { url: engine.url } },
    policy: { acknowledgeAfterMs: 600, safeReplyAfterMs: 700 },
  })
  records = await readsCrisisEvents(gateway)
})
afterAll(async () => {
  await gateway.close()
  await engine.close()
})
beforeEach(() => {
  engine.calls.length = 0
  tenant = `tenant-${++tenants}`
  recorded = 0
  client = new OpenAI({
    baseURL: `${gateway.trafficUrl}/v1`,
    apiKey: 'none',
    defaultHeaders: { 'x-user-region': 'US', 'x-tenant-id': tenant },
  })
})

type Ask = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages' | 'stream'>
const asking = (words: string, more: Ask = {}) => ({
  model: 'listener-1',
  messages: [{ role: 'user' as const, content: words }],
  ...more,
})
const ask = (words: string, more?: Ask) => client.chat.completions.create(asking(words, more)).withResponse()
const stream = (words: string, more?: Ask) =>
  client.chat.completions.stream(asking(words, more)).finalChatCompletion()
const raw = (words: string, more: object = {}) =>
  fetch(`${gateway.trafficUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-region': 'US', 'x-tenant-id': tenant },
    body: JSON.stringify({ ...asking(words), ...more }),
  })

const thinks = (reasoning_content: string) => event({ delta: { role: 'assistant', reasoning_content } })
const call = {
  index: 0,
  id: 'call_1',
  type: 'function' as const,
  function: { name: 'look', arguments: '{"q":1}' },
}
const calls = event({ delta: { role: 'assistant', tool_calls: [call] } })
const choice = (index: number, message: object, finish_reason = 'stop') => ({
  index,
  message: { role: 'assistant', ...message },
  logprobs: null,
  finish_reason,
})
const whole = (...choices: object[]) =>
  JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'listener-1', choices })
const tools = [{ type: 'function' as const, function: { name: 'look', parameters: {} } }]
const schema: Ask = {
  response_format: { type: 'json_schema', json_schema: { name: 'mood', schema: { type: 'object' } } },
}

describe('after a disclosure', () => {
  it('thoughts beside the words do not hide from the record that lines were added', async () => {
    engine.script = streams([thinks('They are in danger. '), says(kind), stop, done])
    expect((await stream(despair)).choices[0]?.message.content).toContain('988')
    expect(await lastSource()).toBe('appended')
    engine.script = answers(whole(choice(0, { content: kind, reasoning_content: 'They are in danger.' })))
    expect((await ask(despair)).data.choices[0]?.message.content).toContain('988')
    expect(await lastSource()).toBe('appended')
  })

  it('thoughts beside the words do not hide from the record that the engine offered help', async () => {
    engine.script = streams([thinks('They are in danger. '), says(caring), stop, done])
    expect((await stream(despair)).choices[0]?.message.content).toBe(caring)
    expect(await lastSource()).toBe('engine')
    engine.script = answers(whole(choice(0, { content: caring, reasoning_content: 'They are in danger.' })))
    expect((await ask(despair)).data.choices[0]?.message.content).toBe(caring)
    expect(await lastSource()).toBe('engine')
  })

  it('every one of several interleaved choices gets its lines, and only those that lack them', async () => {
    const part = (index: number, content: string) => event({ index, delta: { content } })
    engine.script = streams([
      event({ index: 0, delta: { role: 'assistant', content: 'That sounds ' } }),
      event({ index: 1, delta: { role: 'assistant', content: 'You can call ' } }),
      part(0, 'really heavy, '),
      part(1, 'or text 988 at '),
      part(0, 'and I hear you.'),
      event({ index: 0, finish_reason: 'stop' }),
      part(1, 'any hour.'),
      event({ index: 1, finish_reason: 'stop' }),
      done,
    ])
    const { choices } = await stream(despair, { n: 2 })
    expect(choices[0]?.message.content).toMatch(/^That sounds really heavy, and I hear you\.\n\n.*988/s)
    expect(choices[1]?.message.content).toBe('You can call or text 988 at any hour.')
    expect(choices.map(({ finish_reason }) => finish_reason)).toEqual(['stop', 'stop'])
    expect(await lastSource()).toBe('appended')
    engine.script = answers(whole(choice(0, { content: kind }), choice(1, { content: caring })))
    const reply = await ask(despair, { n: 2 })
    expect(reply.data.choices[0]?.message.content).toMatch(/told me\.\n\n.*988/s)
    expect(reply.data.choices[1]?.message.content).toBe(caring)
    expect(await lastSource()).toBe('appended')
  })

  it('a tool call alone is left as it is, with the header, and nothing is claimed in the record', async () => {
    const body = whole(choice(0, { content: null, tool_calls: [call] }, 'tool_calls'))
    engine.script = answers(body)
    const response = await raw(despair, { tools })
    expect(response.headers.get('x-haltgate-crisis')).toBe('suicidal-ideation; level=intent')
    expect(await response.text()).toBe(body)
    expect(await lastSource()).toBe('none')
    const events = [calls, event({ finish_reason: 'tool_calls' }), done].join('')
    engine.script = streams([events])
    const running = await raw(despair, { tools, stream: true })
    expect(running.headers.get('x-haltgate-crisis')).toBe('suicidal-ideation; level=intent')
    expect(await running.text()).toBe(events)
    expect(await lastSource()).toBe('none')
  })

  it('a tool call beside words stays whole, and the words get the lines', async () => {
    engine.script = streams([says(kind), calls, event({ finish_reason: 'tool_calls' }), done])
    const { choices } = await stream(despair, { tools })
    expect(choices[0]?.message.content).toContain('988')
    expect(choices[0]?.message.tool_calls).toMatchObject([{ function: call.function }])
    expect(await lastSource()).toBe('appended')
  })

  it('a JSON schema reply is left as it is, with the header, and nothing is claimed in the record', async () => {
    const body = completion('{"mood":"low"}')
    engine.script = answers(body)
    const response = await raw(despair, schema)
    expect(response.headers.get('x-haltgate-crisis')).toBe('suicidal-ideation; level=intent')
    expect(await response.text()).toBe(body)
    expect(await lastSource()).toBe('none')
    const events = [says('{"mood":'), says('"low"}'), stop, done].join('')
    engine.script = streams([events])
    expect(await (await raw(despair, { ...schema, stream: true })).text()).toBe(events)
    expect(await lastSource()).toBe('none')
  })

  it('no words of ours stand in a JSON schema reply that is slow: it comes when it comes', async () => {
    const late = (work: ScriptedEngine['script']) => async (given: Parameters<typeof work>[0]) => {
      await new Promise((resolve) => setTimeout(resolve, 900))
      await work(given)
    }
    const body = completion('{"mood":"low"}')
    engine.script = late(answers(body))
    const events = [says('{"mood":'), says('"low"}'), stop, done].join('')
    const first = raw(despair, schema)
    await engine.call(1)
    engine.script = late(streams([events]))
    const second = raw(despair, { ...schema, stream: true })
    expect(await (await first).text()).toBe(body)
    expect(await (await second).text()).toBe(events)
  })

  it('an error in place of a JSON schema reply is not recorded as help', async () => {
    engine.script = answers('{"error":{"message":"flagged"}}', 400)
    expect((await raw(despair, schema)).status).toBe(400)
    expect(await lastSource()).toBe('none')
    engine.script = answers(completion(harmful))
    expect((await raw(despair, schema)).status).toBe(503)
    expect(await lastSource()).toBe('none')
    engine.script = streams([says(harmful), stop, done])
    expect(await (await raw(despair, { ...schema, stream: true })).text()).toContain('withheld')
    expect(await lastSource()).toBe('none')
  })

  it('the safe reply behind a broken stream is recorded as what the person got', async () => {
    engine.script = ({ response, request }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(says('That sounds '))
      setTimeout(() => request.socket.destroy(), 30)
    }
    expect((await stream(despair)).choices[0]?.message.content).toContain('988')
    expect(await lastSource()).toBe('withheld')
  })

  it('a person who leaves before the reply was judged is not recorded as helped', async () => {
    engine.script = ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(says('That sounds '))
    }
    const leaving = new AbortController()
    const asked = client.chat.completions
      .stream(asking(despair), { signal: leaving.signal })
      .finalChatCompletion()
      .catch(() => {})
    await engine.call(1)
    leaving.abort()
    await asked
    expect(await lastSource()).toBe('none')
  })
})

it('a harm that the plan only observes does not keep the lines from a person in a crisis', async () => {
  const lenient = await startLiveGateway({
    engines: { primary: { url: engine.url } },
    policy: { harmfulReply: 'observe' },
  })
  engine.script = answers(completion(harmful))
  const response = await fetch(`${lenient.trafficUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-region': 'US' },
    body: JSON.stringify(asking(despair)),
  })
  const text = await response.text()
  expect(text).toContain('kill yourself')
  expect(text).toContain('988')
  await lenient.close()
})

describe('a harmful reply', () => {
  it('is caught also behind the finish of its choice', async () => {
    engine.script = streams([thinks('Pasta. '), says('Boil the water. '), stop, says(harmful), done], 5)
    const { choices } = await stream(ordinary)
    expect(choices[0]?.message.content).toContain('Boil')
    expect(choices[0]?.message.content).not.toContain('kill yourself')
  })

  it('in one of several choices ends all of them safely', async () => {
    engine.script = streams(
      [
        event({ index: 0, delta: { role: 'assistant', content: 'Boil the water. ' } }),
        event({ index: 1, delta: { role: 'assistant', content: 'You should ' } }),
        event({ index: 0, delta: { content: 'Add the pasta. ' } }),
        event({ index: 1, delta: { content: 'kill yourself. ' } }),
        event({ index: 0, delta: { content: 'Stir it.' } }),
      ],
      5,
    )
    const { choices } = await stream(ordinary, { n: 2 })
    expect(choices).toHaveLength(2)
    for (const { message, finish_reason } of choices) {
      expect(message.content).not.toContain('kill yourself')
      expect(message.content).toContain('988')
      expect(finish_reason).toBe('content_filter')
    }
  })

  it('is withheld from thoughts and from the arguments of tools', async () => {
    engine.script = answers(whole(choice(0, { content: 'Boil it.', reasoning_content: harmful })))
    expect((await ask(ordinary)).response.headers.get('x-haltgate')).toBe('withheld')
    const args = JSON.stringify({ text: harmful })
    const written = { ...call, function: { name: 'say', arguments: args } }
    engine.script = answers(whole(choice(0, { content: null, tool_calls: [written] }, 'tool_calls')))
    expect((await ask(ordinary, { tools })).response.headers.get('x-haltgate')).toBe('withheld')
    engine.script = streams([
      event({ delta: { tool_calls: [written] } }),
      event({ finish_reason: 'tool_calls' }),
      done,
    ])
    const { choices } = await stream(ordinary, { tools })
    expect(choices[0]?.finish_reason).toBe('content_filter')
    expect(choices[0]?.message.tool_calls).toBeUndefined()
  })
})

/** Of the event that comes next. */
async function lastSource(): Promise<unknown> {
  return (await records.sources(tenant, ++recorded)).at(-1)
}
