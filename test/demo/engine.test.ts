import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DemoEngine, startDemoEngine } from '../../src/demo/engine.ts'

let engine: DemoEngine
let nextRandom = 0.5

beforeEach(async () => {
  engine = await startDemoEngine({ chunkDelayMs: 0, random: () => nextRandom })
})
afterEach(() => engine.close())

const chat = (body: object, init: RequestInit = {}) =>
  fetch(`${engine.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body), ...init })
const say = (content: string, more: object = {}) => chat({ messages: [{ role: 'user', content }], ...more })
const setFaults = (faults: unknown) =>
  fetch(`${engine.url}/demo/faults`, { method: 'PUT', body: JSON.stringify(faults) })
const contentOf = async (reply: Response): Promise<string> =>
  JSON.parse(await reply.text()).choices[0].message.content
const client = () => new OpenAI({ baseURL: `${engine.url}/v1`, apiKey: 'none', maxRetries: 0 })
const hello = { model: 'any', messages: [{ role: 'user' as const, content: 'I feel sad today' }] }

describe('the demo engine', () => {
  it('says in every reply that it is a demo', async () => {
    for (const reply of [await say('hello'), await fetch(`${engine.url}/nowhere`)]) {
      expect(reply.headers.get('server')).toBe('haltgate-demo-engine')
    }
  })

  it('answers the real OpenAI client with as many choices as asked and a usage that adds up', async () => {
    const { choices, usage, object, id } = await client().chat.completions.create({ ...hello, n: 2 })
    expect(choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, 'stop'],
      [1, 'stop'],
    ])
    const words = choices.map(({ message }) => message.content?.split(' ').length ?? 0)
    expect(usage).toEqual({
      prompt_tokens: 4,
      completion_tokens: words.reduce((a, b) => a + b),
      total_tokens: 4 + words.reduce((a, b) => a + b),
    })
    expect([object, id.startsWith('chatcmpl-')]).toEqual(['chat.completion', true])
  })

  it('streams the same words to the real OpenAI client, one by one, with the usage last', async () => {
    const whole = await client().chat.completions.create({ ...hello, n: 2 })
    const streamed = ['', '']
    const ids = new Set<string>()
    let pieces = 0
    let last: OpenAI.ChatCompletionChunk | undefined
    const stream = await client().chat.completions.create({
      ...hello,
      n: 2,
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const chunk of stream) {
      ids.add(chunk.id)
      for (const { index, delta } of chunk.choices) {
        streamed[index] += delta.content ?? ''
        if (delta.content) pieces++
      }
      last = chunk
    }
    expect(streamed).toEqual(whole.choices.map(({ message }) => message.content))
    expect(pieces).toBe(whole.usage?.completion_tokens)
    expect(ids.size).toBe(1)
    expect(last).toMatchObject({ choices: [], usage: whole.usage })
  })

  it('ends each choice once and the stream with [DONE]; no usage unless asked for', async () => {
    const text = await (await say('hello', { stream: true, n: 2 })).text()
    expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(2)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(text).not.toContain('usage')
  })

  it('stamps the reply, or each chunk, with the time of its making when asked to, and not otherwise', async () => {
    const beforeMs = Date.now()
    const whole = await (await say('hello', { stamps: true })).text()
    const streamed = await (await say('hello', { stamps: true, stream: true })).text()
    const chunks = streamed.match(/^data: \{.*\}$/gm) ?? []
    expect(chunks.length).toBeGreaterThan(3)
    for (const json of [whole, ...chunks.map((line) => line.slice('data: '.length))]) {
      const { made } = JSON.parse(json)
      expect(made).toBeGreaterThanOrEqual(beforeMs)
      expect(made).toBeLessThanOrEqual(Date.now())
    }
    expect(await (await say('hello', { stream: true })).text()).not.toContain('"made"')
  })

  it('keeps to max_tokens and says that it did', async () => {
    const { choices } = await client().chat.completions.create({ ...hello, max_tokens: 3 })
    expect(choices[0]?.message.content?.split(' ')).toHaveLength(3)
    expect(choices[0]?.finish_reason).toBe('length')
  })

  it('reads content parts', async () => {
    const reply = await chat({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'I want to die' }, { type: 'image_url' }] }],
    })
    expect(reply.headers.get('x-crisis-detected')).toBe('true')
  })

  it('gives its crisis verdict in the header of JSON and streamed replies', async () => {
    for (const stream of [false, true]) {
      expect((await say('I want to kill myself', { stream })).headers.get('x-crisis-detected')).toBe('true')
      expect((await say('hello', { stream })).headers.get('x-crisis-detected')).toBe('false')
    }
  })

  it('lists its one model', async () => {
    const models = await client().models.list()
    expect(models.data.map(({ id }) => id)).toEqual(['haltgate-demo'])
  })

  it.each([
    ['{', 'not JSON'],
    ['{}', 'messages'],
    ['{"messages":[]}', 'messages'],
    ['{"messages":[{"role":"user","content":"x"}],"n":0}', 'n'],
  ])('refuses %s in the OpenAI error shape', async (body, reason) => {
    const reply = await fetch(`${engine.url}/v1/chat/completions`, { method: 'POST', body })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toEqual({
      error: expect.objectContaining({
        type: 'invalid_request_error',
        message: expect.stringContaining(reason),
      }),
    })
  })

  it('refuses a body over 4 MiB', async () => {
    const reply = await say('x'.repeat(4 * 1024 * 1024))
    expect(reply.status).toBe(413)
  })
})

describe('its fault switches', () => {
  it('are all off at first, replaced as a whole, and off again after PUT {}', async () => {
    const off = {
      slow: false,
      errors: 0,
      errorSpread: 'random',
      deaf: false,
      harmful: false,
      down: false,
    }
    expect(await (await fetch(`${engine.url}/demo/faults`)).json()).toEqual(off)
    expect(await (await setFaults({ deaf: true })).json()).toEqual({ ...off, deaf: true })
    expect(await (await setFaults({ errors: 0.5 })).json()).toEqual({ ...off, errors: 0.5 })
    expect(await (await setFaults({})).json()).toEqual(off)
  })

  it('refuse a misspelt switch and keep what was set', async () => {
    await setFaults({ deaf: true })
    expect((await setFaults({ daef: false })).status).toBe(400)
    expect((await say('I want to die')).headers.get('x-crisis-detected')).toBe('false')
  })

  it('errors: fails the share asked for with HTTP 500', async () => {
    await setFaults({ errors: 0.3 })
    nextRandom = 0.29
    expect((await say('hello')).status).toBe(500)
    nextRandom = 0.3
    expect((await say('hello')).status).toBe(200)
  })

  it('errors, spread evenly: fails exactly the share, whatever chance says', async () => {
    await setFaults({ errors: 0.1, errorSpread: 'even' })
    nextRandom = 0
    const statuses: number[] = []
    for (let number = 0; number < 30; number++) statuses.push((await say('hello')).status)
    expect(statuses.flatMap((status, at) => (status === 500 ? [at] : []))).toEqual([9, 19, 29])
  })

  it('harmful: answers dismissively', async () => {
    const before = await (await say('I feel sad')).text()
    await setFaults({ harmful: true })
    const after = await (await say('I feel sad')).text()
    expect(before).not.toContain('overreacting')
    expect(after).toContain('overreacting')
  })

  it('harmful in mid-reply: begins as usual', async () => {
    const usual = await contentOf(await say('I feel sad'))
    await setFaults({ harmful: 'mid-reply' })
    const wrong = await contentOf(await say('I feel sad'))
    expect(wrong.startsWith(`${usual} `)).toBe(true)
    expect((await setFaults({ harmful: 'at-the-end' })).status).toBe(400)
  })

  it('slow: waits before the first byte and between words', async () => {
    await setFaults({ slow: { firstByteMs: 60, perChunkMs: 5 } })
    const startMs = performance.now()
    const reply = await say('hello', { stream: true })
    const headMs = performance.now() - startMs
    const chunks = (await reply.text()).match(/^data: \{/gm)?.length ?? 0
    expect(headMs).toBeGreaterThan(55)
    expect(performance.now() - startMs).toBeGreaterThan(55 + (chunks - 1) * 4)
  })

  it('slow: gives way to the pause that one request asks for', async () => {
    await setFaults({ slow: { firstByteMs: 0, perChunkMs: 600_000 } })
    const text = await (await say('hello', { stream: true, chunkDelayMs: 0 })).text()
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('down: closes connections and running streams, but not the switches themselves', async () => {
    await setFaults({ slow: { firstByteMs: 0, perChunkMs: 600_000 } })
    const running = await say('hello', { stream: true })
    await setFaults({ down: true })
    await expect(running.text()).rejects.toThrow()
    await expect(say('hello')).rejects.toThrow()
    await setFaults({})
    expect((await say('hello')).status).toBe(200)
  })

  it('a client that leaves in mid-stream does no harm', async () => {
    await setFaults({ slow: { firstByteMs: 0, perChunkMs: 600_000 } })
    const leave = new AbortController()
    const reply = await chat(
      { messages: [{ role: 'user', content: 'x' }], stream: true },
      { signal: leave.signal },
    )
    leave.abort()
    await expect(reply.text()).rejects.toThrow()
    await setFaults({})
    expect((await say('hello')).status).toBe(200)
  })
})
