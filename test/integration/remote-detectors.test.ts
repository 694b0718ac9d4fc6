import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createRemoteDetector } from '../../src/detectors/remote/index.ts'
import { RemoteDetectors } from '../../src/detectors/remote/options.ts'
import { createRemoteScreen, type RemoteEvent } from '../../src/detectors/remote/screen.ts'
import { freePort } from '../servers/ports.ts'
import {
  answers,
  completion,
  neverAnswers,
  type Script,
  type ScriptedEngine,
  startScriptedEngine,
  writesRaw,
} from '../servers/scripted-engine.ts'

const secretWords = 'words-of-a-person'
const messages = [{ role: 'user', text: secretWords }]
/** Where a service is to miss it; elsewhere it is long, for a busy machine. */
const shortMs = 400
/** Above what a busy machine adds to a timer. */
const slackMs = 2_000

const services: ScriptedEngine[] = []
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()))
})

async function start(script: Script): Promise<ScriptedEngine> {
  const service = await startScriptedEngine(script)
  services.push(service)
  return service
}

/** A screen as the gateway makes one from its file, with Node's own `fetch`. */
function screenOf(endpoints: unknown[], limits = {}) {
  const options = RemoteDetectors.parse({ endpoints, deadlineMs: 10_000, ...limits })
  const events: RemoteEvent[] = []
  const screen = createRemoteScreen({
    detectors: options.endpoints.map((endpoint) => createRemoteDetector(endpoint)),
    limits: options,
    clock: systemClock,
    onAnswer: (event) => events.push(event),
  })
  return { screen, events }
}

const webhook = (url: string) => ({ kind: 'webhook', url, credential: { value: 'Bearer secret-key' } })
const clear = answers('{"outcome":"clear"}')

describe('a real service that', () => {
  it('answers is believed, and sees the words, the key and nothing else', async () => {
    const service = await start(clear)
    const { screen } = screenOf([webhook(`${service.url}/crisis`)])
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'clear' })
    const [call] = service.calls
    expect(call?.request.method).toBe('POST')
    expect(call?.request.url).toBe('/crisis')
    expect(call?.request.headers.authorization).toBe('Bearer secret-key')
    expect(JSON.parse(call?.body ?? '')).toEqual({
      ask: 'user',
      messages: [{ role: 'user', content: secretWords }],
    })
    expect(
      Object.keys(call?.request.headers ?? {}).filter((name) => /haltgate|session|user-id|cookie/.test(name)),
    ).toEqual([])
  })

  it('is a moderation endpoint is understood', async () => {
    const scores = {
      'self-harm': 0.9,
      'self-harm/intent': 0.95,
      'self-harm/instructions': 0,
      violence: 0,
      'harassment/threatening': 0,
      'sexual/minors': 0,
    }
    const service = await start(
      answers(JSON.stringify({ results: [{ flagged: true, category_scores: scores }] })),
    )
    const { screen } = screenOf([{ kind: 'moderation', url: service.url }])
    expect(await screen.ask(messages, 'uncertain')).toMatchObject({
      kind: 'alert',
      findings: [{ detector: 'remote:moderation', category: 'suicidal-ideation', score: 0.95 }],
    })
    expect(service.calls[0]?.request.url).toBe('/v1/moderations')
  })

  it('is a guard model is understood', async () => {
    const service = await start(answers(completion('\n\nunsafe\nS11')))
    const { screen } = screenOf([{ kind: 'guard-chat', url: `${service.url}/base`, model: 'guard' }])
    expect(await screen.ask(messages, 'language')).toMatchObject({
      kind: 'alert',
      findings: [{ detector: 'remote:guard-chat', version: 'guard', category: 'self-harm' }],
    })
    expect(service.calls[0]?.request.url).toBe('/base/v1/chat/completions')
  })

  it.each<[string, Script, string]>([
    ['answers 500', answers('{"outcome":"clear"}', 500), 'answered with status 500'],
    ['answers 401', answers('{"outcome":"clear"}', 401), 'answered with status 401'],
    ['answers 204', ({ response }) => void response.writeHead(204).end(), 'answered with status 204'],
    ['answers a page', answers(`<html>${secretWords}</html>`), 'answered with something that is not JSON'],
    ['answers nothing', answers(''), 'answered with something that is not JSON'],
    [
      'answers other JSON',
      answers(`{"verdict":"${secretWords}"}`),
      'answered with JSON of another shape than expected',
    ],
    ['answers cut JSON', answers('{"outcome":"clear"'), 'answered with something that is not JSON'],
    [
      'answers too much',
      answers(JSON.stringify({ outcome: 'clear', padding: 'x'.repeat(70_000) })),
      'answered with more than 65536 bytes',
    ],
    [
      'answers little that unfolds to too much',
      ({ response }) => {
        const body = gzipSync(JSON.stringify({ outcome: 'clear', padding: 'x'.repeat(10_000_000) }))
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body)
      },
      'answered with more than 65536 bytes',
    ],
    [
      'breaks off',
      async ({ response, request }) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"outcome":"clear"}')
        await wait(20)
        request.socket.destroy()
      },
      'broke off its answer',
    ],
    ['answers no HTTP', writesRaw(`${secretWords}\r\n\r\n`), 'could not be reached'],
  ])('%s is down, and what it said is in no log', async (_, script, detail) => {
    const service = await start(script)
    const { screen, events } = screenOf([webhook(service.url)])
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'down', cause: 'error' })
    expect(events).toMatchObject([{ detector: 'webhook', kind: 'down', cause: 'error' }])
    expect(events[0]?.detail).toContain(detail)
    expect(JSON.stringify(events)).not.toMatch(/words-of-a-person|secret-key/)
  })

  it('nobody runs is down at once, with the reason', async () => {
    const { screen, events } = screenOf([webhook(`http://127.0.0.1:${await freePort()}`)])
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'down', cause: 'error' })
    expect(events[0]?.detail).toBe('could not be reached (ECONNREFUSED)')
  })

  it.each([301, 302, 307, 308])('redirects by %d is down, and nobody else gets the words', async (status) => {
    const other = await start(clear)
    const service = await start(answers('', status, { location: other.url }))
    const { screen, events } = screenOf([webhook(service.url)])
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'down', cause: 'error' })
    expect(events[0]?.detail).toContain('redirect')
    expect(other.calls).toEqual([])
  })

  it.each<[string, Script]>([
    ['hangs', neverAnswers],
    [
      'is too slow',
      async (call) => {
        await wait(3 * shortMs)
        await clear(call)
      },
    ],
    [
      'answers drop by drop',
      async ({ response, left }) => {
        response.writeHead(200)
        let open = true
        void left.then(() => {
          open = false
        })
        while (open) {
          response.write(' ')
          await wait(20)
        }
      },
    ],
  ])('%s costs the deadline and no more, and is left', async (_, script) => {
    const service = await start(script)
    const { screen } = screenOf([webhook(service.url)], { deadlineMs: shortMs })
    const startedMs = performance.now()
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'down', cause: 'timeout' })
    expect(performance.now() - startedMs).toBeLessThan(shortMs + slackMs)
    await (await service.call(1)).left
  })

  it('hangs does not hold up the alert of another', async () => {
    const hanging = await start(neverAnswers)
    const alerting = await start(answers('{"outcome":"alert","category":"abuse"}'))
    const { screen } = screenOf([webhook(hanging.url), { ...webhook(alerting.url), name: 'second' }])
    const startedMs = performance.now()
    expect(await screen.ask(messages, 'uncertain')).toMatchObject({
      kind: 'alert',
      findings: [{ detector: 'remote:second', category: 'abuse' }],
    })
    expect(performance.now() - startedMs).toBeLessThan(slackMs + shortMs)
    await (await hanging.call(1)).left
  })

  it('fails again and again is spared, and asked again when it is back', async () => {
    const service = await start(answers('', 503))
    const breaker = { volumeThreshold: 3, resetTimeoutMs: 2_000 }
    const { screen } = screenOf([webhook(service.url)], { breaker })
    for (let i = 0; i < 3; i++) await screen.ask(messages, 'uncertain')
    expect(await screen.ask(messages, 'uncertain')).toEqual({ kind: 'down', cause: 'breaker-open' })
    expect(service.calls.length).toBe(3)
    service.script = clear
    await expect.poll(() => screen.ask(messages, 'uncertain'), { timeout: 15_000 }).toEqual({ kind: 'clear' })
    expect(screen.states()).toEqual([{ detector: 'webhook', state: 'closed' }])
  })

  it('is asked by more people at once than configured is not overrun', async () => {
    const service = await start(neverAnswers)
    const { screen } = screenOf([webhook(service.url)], { concurrency: 3, deadlineMs: shortMs })
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => screen.ask(messages, 'uncertain')))
    const causes = verdicts.map((verdict) => (verdict.kind === 'down' ? verdict.cause : verdict.kind))
    expect(causes.filter((cause) => cause === 'busy').length).toBe(7)
    await service.call(3)
    expect(service.calls.length).toBe(3)
  })
})
