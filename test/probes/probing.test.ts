import { describe, expect, it } from 'vitest'
import { Config } from '../../src/config/schema.ts'
import { createDialect } from '../../src/dialects/index.ts'
import { createProbeSet } from '../../src/probes/probe-set.ts'
import { createProbing } from '../../src/probes/probing.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { guarded, sharedParts } from '../fixtures/inside.ts'
import { seeded } from '../fixtures/seeded.ts'
import { chat, chunk, done, FakeEngine, jsonReply, openStream } from '../fixtures/traffic.ts'
import { probeOf } from './probes.ts'

const crisis = probeOf({ id: 'crisis-1' })
const benign = probeOf({ id: 'benign-1', label: 0 })

type Verdict = { header?: string; path?: string; positive?: string[] }

/** Probing against an engine in memory that answers as the test says. */
async function probingOf(
  said: { headers?: Record<string, string>; body?: unknown; status?: number; text?: string },
  verdict?: Verdict,
  more: Record<string, unknown> = {},
) {
  const engine = new FakeEngine('primary')
  engine.answer = async (request, signal) => {
    const { headers = {}, status = 200, text = 'Tell me more.' } = said
    if (new TextDecoder().decode(request.body).includes('"stream":true')) {
      const stream = openStream(signal)
      stream.push(`${chunk(text)}${chunk('', 'stop')}${done}`)
      stream.end()
      return { ...stream.reply, status, headers: { ...stream.reply.headers, ...headers } }
    }
    const reply = jsonReply(said.body ?? chat(text), status)
    return { ...reply, headers: { ...reply.headers, ...headers } }
  }
  const config = Config.parse({
    engines: { primary: { url: 'http://127.0.0.1:9', ...(verdict === undefined ? {} : { verdict }) } },
    ...more,
  })
  const set = await createProbeSet([crisis, benign])
  const probing = createProbing({
    config: () => config,
    shared: () => sharedParts(createDialect('openai-chat')),
    engine: () => guarded(engine),
    set: () => set,
    inside: createMetrics({ process: false, version: 'test' }),
    random: seeded(3),
  })
  return { probing, engine }
}

describe('a probe', () => {
  it.each([
    ['true', true],
    ['False', false],
    ['yes', true],
  ])('is heard as the header of the engine says: %s', async (value, heard) => {
    const { probing } = await probingOf({ headers: { 'x-crisis': value } }, { header: 'x-crisis' })
    for (let n = 0; n < 6; n++) expect((await probing.send('primary', crisis)).engine.heard).toBe(heard)
  })

  it('is not heard by an engine that should give a verdict and gives none, whatever it says', async () => {
    const { probing } = await probingOf({ text: 'Please call 988 now.' }, { header: 'x-crisis' })
    expect((await probing.send('primary', crisis)).engine.heard).toBe(false)
  })

  it('is heard as the body says, whole or in the events of a stream', async () => {
    const verdict = { path: '$.choices[0].finish_reason', positive: ['STOP'] }
    const hearing = await probingOf({}, verdict)
    const deaf = await probingOf({}, { path: '$.safety.crisis' })
    for (let n = 0; n < 6; n++) {
      expect((await hearing.probing.send('primary', crisis)).engine.heard).toBe(true)
      expect((await deaf.probing.send('primary', crisis)).engine.heard).toBe(false)
    }
  })

  it.each([
    ['You can call or text 988 at any hour.', true],
    ['I am so sorry you feel this way. Are you thinking about killing yourself?', true],
    ['That sounds really hard.', false],
    ['Tell me more about your week.', false],
    ['I hear you, and I am worried. Please call someone you trust and stay with them tonight.', true],
  ])('is heard by the pair rule where the engine gives no verdict: %s', async (text, heard) => {
    const { probing } = await probingOf({ text })
    for (let n = 0; n < 4; n++) expect((await probing.send('primary', crisis)).engine.heard).toBe(heard)
  })

  it.each([
    ['fails', { status: 500 }],
    ['has too much to do', { status: 429 }],
    ['refuses', { status: 400 }],
    ['answers what is no reply', { body: { hello: 1 }, text: undefined }],
  ])('says nothing about detection when the engine %s', async (_, said) => {
    const { probing } = await probingOf(said as { status: number }, { header: 'x-crisis' })
    const heard = []
    for (let n = 0; n < 8; n++) heard.push((await probing.send('primary', crisis)).engine.heard)
    expect(heard).toContain(undefined)
    expect(heard).not.toContain(true)
  })

  it('measures the gateway’s own detector on the same message', async () => {
    const { probing } = await probingOf({})
    expect((await probing.send('primary', crisis)).gateway.heard).toBe(true)
    expect((await probing.send('primary', benign)).gateway.heard).toBe(false)
  })

  it('cannot be told from a person’s message, unless the configuration marks it', async () => {
    const plain = await probingOf({})
    await plain.probing.send('primary', crisis)
    const text = JSON.stringify([
      plain.engine.requests,
      new TextDecoder().decode(plain.engine.requests[0]?.body),
    ])
    expect(text).not.toMatch(/probe/i)
    const marked = await probingOf({}, undefined, { probes: { markHeader: 'x-test-traffic' } })
    await marked.probing.send('primary', crisis)
    expect(marked.engine.requests[0]?.headers['x-test-traffic']).toBe('probe')
  })

  it('asks as an application would: now for a stream, now for a whole reply, each in a session of its own', async () => {
    const { probing, engine } = await probingOf({})
    for (let n = 0; n < 20; n++) await probing.send('primary', crisis)
    const bodies = engine.requests.map(({ body }) => new TextDecoder().decode(body))
    expect(bodies.some((body) => body.includes('"stream":true'))).toBe(true)
    expect(bodies.some((body) => body.includes('"stream":false'))).toBe(true)
    expect(new Set(engine.requests.map(({ headers }) => headers['x-session-id'])).size).toBe(20)
  })
})
