import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger } from '../../src/telemetry/logging.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { type OtlpCollector, startOtlpCollector } from '../servers/otlp-collector.ts'
import { chatRequest, hello, sendRaw } from '../servers/raw-http.ts'
import {
  answers,
  completion,
  done,
  type Script,
  type ScriptedEngine,
  says,
  startScriptedEngine,
  stop,
  streams,
} from '../servers/scripted-engine.ts'

let collector: OtlpCollector
let engine: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway
let printed = ''

beforeEach(async () => {
  printed = ''
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => {
      printed += `${words.map((word) => (word instanceof Error ? word.stack : String(word))).join(' ')}\n`
    })
  collector = await startOtlpCollector()
  engine = await startScriptedEngine(answers(completion('Tell me more.')))
  backup = await startScriptedEngine(answers(completion('The backup listens.')))
  gateway = await startLiveGateway({
    engines: {
      primary: {
        url: engine.url,
        credential: { value: 'Bearer sk-of-the-engine' },
        firstByteTimeoutMs: 300,
        breaker: { volumeThreshold: 1_000 },
      },
      backup: {
        url: backup.url,
        credential: { value: 'Bearer sk-of-the-backup' },
        firstByteTimeoutMs: 300,
        breaker: { volumeThreshold: 1_000 },
      },
    },
    telemetry: { logLevel: 'debug', otlpEndpoint: collector.url, serviceName: 'support-chat' },
    plan: { timeScale: 100 },
  })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await gateway.close()
  await Promise.all([collector.close(), engine.close(), backup.close()])
})

const ask = (headers: Record<string, string> = {}, body = hello) =>
  sendRaw(gateway.trafficUrl, chatRequest(body, headers))

describe('traces', () => {
  it('have one server and one engine span for an exchange, in the caller’s trace', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const callers = `00-${traceId}-b7ad6b7169203331-01`
    const { headers } = await ask(
      { traceparent: callers },
      JSON.stringify({ model: 'listener-1', messages: [{ role: 'user', content: 'hello' }] }),
    )
    await gateway.close()

    expect(collector.resources[0]).toMatchObject({
      'service.name': 'support-chat',
      'service.version': 'test',
    })
    expect(collector.spans.map(({ kind }) => kind).sort()).toEqual(['client', 'server'])
    const server = collector.spans.find(({ kind }) => kind === 'server')
    const call = collector.spans.find(({ kind }) => kind === 'client')
    expect(server).toMatchObject({
      name: 'POST',
      traceId,
      parentSpanId: 'b7ad6b7169203331',
      failed: false,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'haltgate.request_id': headers['x-request-id'],
        'haltgate.outcome': 'ok',
      },
    })
    expect(call).toMatchObject({
      name: 'chat listener-1',
      traceId,
      parentSpanId: server?.spanId,
      failed: false,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'haltgate.primary',
        'gen_ai.request.model': 'listener-1',
        'gen_ai.response.time_to_first_chunk': expect.any(Number),
      },
    })
    expect(engine.calls[0]?.request.headers.traceparent).toBe(`00-${traceId}-${call?.spanId}-01`)
  })

  it('show both engines when the backup took over, and the one that failed as failed', async () => {
    engine.script = answers('{}', 500)
    await ask()
    await gateway.close()
    const calls = collector.spans.filter(({ kind }) => kind === 'client')
    expect(calls.map(({ attributes, failed }) => [attributes['gen_ai.provider.name'], failed])).toEqual([
      ['haltgate.primary', true],
      ['haltgate.backup', false],
    ])
    expect(collector.spans.filter(({ kind }) => kind === 'server')).toHaveLength(1)
  })

  it('have a server span alone for what a halt answered', async () => {
    await gateway.admin('POST', '/halts', { reason: 'a drill', cause: 'drill' })
    await ask()
    await gateway.close()
    expect(collector.spans).toMatchObject([
      { kind: 'server', attributes: { 'haltgate.outcome': 'safe-reply' } },
    ])
  })
})

it('a collector that is away, or does not answer, disturbs no exchange and no end', async () => {
  const silent = await startScriptedEngine(() => {})
  for (const otlpEndpoint of ['http://127.0.0.1:9/v1/traces', `${silent.url}/v1/traces`]) {
    const other = await startLiveGateway({
      engines: { primary: { url: engine.url } },
      telemetry: { otlpEndpoint },
    })
    expect((await sendRaw(other.trafficUrl, chatRequest(hello))).status).toBe(200)
    const startedMs = performance.now()
    await other.close()
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  }
  await silent.close()
})

describe('a sentence of a person', () => {
  const sentence = 'I have not told anybody about the bridge'
  const encoded = [
    sentence,
    encodeURIComponent(sentence),
    Buffer.from(sentence).toString('base64'),
    'about the bridge',
  ]
  const about = (stream: boolean) =>
    JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: sentence }] })

  const troubles: [string, Script, string, Record<string, string>][] = [
    ['a reply', answers(completion(sentence)), about(false), {}],
    ['a stream', streams([says(sentence), stop, done]), about(true), {}],
    ['a broken stream', streams([says(sentence)], 10), about(true), {}],
    ['a stream with garbage', streams([says('x'), `data: ${sentence}\n\n`], 20), about(true), {}],
    [
      'a stream with an error',
      streams([says('x'), `data: {"error":{"message":"${sentence}","code":"${sentence}"}}\n\n`], 20),
      about(true),
      {},
    ],
    ['an error of the engine', answers(JSON.stringify({ error: sentence }), 500), about(false), {}],
    [
      'a refusal of the engine',
      answers(JSON.stringify({ error: { message: sentence } }), 422),
      about(false),
      {},
    ],
    ['garbage', answers(sentence), about(false), {}],
    ['half a JSON', answers(`{"choices":"${sentence}`), about(false), {}],
    [
      'a 200 with an error',
      answers(JSON.stringify({ error: { message: sentence, type: sentence } })),
      about(false),
      {},
    ],
    ['an engine that never answers', () => {}, about(false), {}],
    ['malformed JSON', answers('{}'), `{"messages": "${sentence}`, {}],
    ['another dialect', answers('{}'), JSON.stringify({ [sentence]: sentence, messages: sentence }), {}],
    ['a wrong content type', answers('{}'), sentence, { 'content-type': 'text/plain' }],
    ['a request id that is none', answers(completion(sentence)), about(false), { 'x-request-id': sentence }],
    [
      'a trace that is none',
      answers(completion(sentence)),
      about(false),
      { traceparent: sentence, tracestate: sentence },
    ],
  ]

  it('and every secret stay out of logs, metrics, traces, incidents, audit and files', async () => {
    for (const [, script, body, headers] of troubles) {
      engine.script = script
      backup.script = script
      await ask(
        { authorization: 'Bearer sk-of-the-caller', cookie: 'session=sk-of-the-caller', ...headers },
        body,
      )
    }
    const { body } = await gateway.admin('POST', '/halts', { reason: 'a drill', cause: 'drill' })
    await ask({}, about(true))
    await ask({}, about(false))
    await gateway.admin('POST', `/halts/${body.halt.id}/clear`, { reason: 'it was a drill' })
    await expect
      .poll(async () => (await gateway.admin('GET', '/incidents?status=all')).body.incidents.length)
      .toBeGreaterThan(0)

    const metrics = await (await fetch(`${gateway.controlUrl}/metrics`)).text()
    const views = await Promise.all(
      [
        '/incidents?status=all',
        '/audit',
        '/state',
        '/engines',
        '/signals',
        '/keys',
        '/persons',
        '/halts',
      ].map(async (path) =>
        JSON.stringify((await gateway.admin('GET', path, undefined, await keyOfAll())).body),
      ),
    )
    const files = filesIn(gateway.dataDir)
    await gateway.close()

    expect(metrics).toContain('haltgate_exchanges_total')
    expect(collector.spans.length).toBeGreaterThan(troubles.length)
    expect(gateway.log().split('\n').length).toBeGreaterThan(troubles.length)
    expect([...files.keys()].join()).toMatch(/records\.db/)
    const places = new Map([
      ['the log', gateway.log()],
      ['the console', printed],
      ['the metrics', metrics],
      ['the traces', collector.received],
      ['the API', views.join('\n')],
      ...files,
    ])
    for (const [place, text] of places) {
      for (const words of encoded) expect([place, text.includes(words)]).toEqual([place, false])
      for (const secret of ['sk-of-the-caller', 'sk-of-the-engine', 'sk-of-the-backup', gateway.adminKey])
        expect([place, secret, text.includes(secret)]).toEqual([place, secret, false])
    }
  })

  async function keyOfAll(): Promise<string> {
    const { body } = await gateway.admin('POST', '/keys', { person: 'Reader', roles: ['admin', 'commander'] })
    return body.secret
  }
})

describe('a log line', () => {
  it('is JSON with its level and time, and replaces what must not be in it', () => {
    const stream = new PassThrough()
    const logger = createLogger({ level: 'info', stream })
    logger.info(
      { authorization: 'Bearer x', key: 'hg_x', text: 'hello', body: 'hello', requestId: 'r-1' },
      'something',
    )
    logger.debug({}, 'too fine')
    const lines = String(stream.read()).trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      authorization: '[redacted]',
      key: '[redacted]',
      text: '[redacted]',
      body: '[redacted]',
      requestId: 'r-1',
      msg: 'something',
    })
  })

  it('tells of every exchange that did not go well with its request id', async () => {
    engine.script = answers('{}', 500)
    backup.script = answers('{}', 500)
    const { headers } = await ask()
    const lines = gateway
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'info',
        msg: 'exchange',
        requestId: headers['x-request-id'],
        outcome: 'engine-error',
        status: 502,
      }),
    )
  })
})

/** Every file of a folder and its folders, as text. */
function filesIn(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')]),
  )
}
