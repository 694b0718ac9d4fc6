import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { chatRequest, hello, sendRaw } from '../servers/raw-http.ts'
import {
  answers,
  completion,
  type Script,
  type ScriptedEngine,
  startScriptedEngine,
} from '../servers/scripted-engine.ts'

/** With `timeScale: 60` a window of a minute is a second. Limits of latencies do not shrink, so they are set lower. */

const calm = answers(completion('Tell me more.'))
const slow =
  (ms: number): Script =>
  async (call) => {
    await wait(ms)
    await calm(call)
  }
const failing = (every: number): Script => {
  let count = 0
  return (call) => (count++ % every === 0 ? answers('{}', 500) : calm)(call)
}

let primary: ScriptedEngine
let backup: ScriptedEngine
let gateway: LiveGateway
let load: { stop(): Promise<void> }

beforeEach(async () => {
  primary = await startScriptedEngine(calm)
  backup = await startScriptedEngine(answers(completion('The backup listens.')))
})

afterEach(async () => {
  await load.stop()
  await gateway.close()
  await Promise.all([primary.close(), backup.close()])
})

const start = async (options: { withBackup: boolean; breaker?: Record<string, unknown> }) => {
  gateway = await startLiveGateway({
    engines: {
      primary: { url: primary.url, breaker: options.breaker ?? { volumeThreshold: 100_000 } },
      ...(options.withBackup ? { backup: { url: backup.url } } : {}),
      failback: { retryAfterMs: 300, healthyForMs: 300, trialEvery: 2 },
    },
    plan: {
      timeScale: 60,
      thresholds: {
        'response-time-notice': false,
        'response-time-warning': { above: 60 },
        'response-time-critical': { above: 500 },
        'response-time-rollback': false,
      },
    },
  })
  // The first readings of a fresh process take a while; they are no engine's fault.
  for (let n = 0; n < 40; n++) await sendRaw(gateway.trafficUrl, chatRequest(hello))
  load = applyLoad(gateway.trafficUrl)
}

/** Twenty people who ask again as soon as they have an answer. */
function applyLoad(url: string) {
  let stopped = false
  const person = async () => {
    while (!stopped) {
      await sendRaw(url, chatRequest(hello))
      await wait(5)
    }
  }
  const people = Array.from({ length: 20 }, person)
  return {
    async stop() {
      stopped = true
      await Promise.all(people)
    },
  }
}

const patient = { timeout: 10_000, interval: 50 }
const breached = (threshold: string) =>
  gateway.metric(`haltgate_breach{threshold="${threshold}",engine="primary"}`)
const incidents = async () => (await gateway.admin('GET', '/incidents?status=all')).body.incidents
const eventsOf = async (id: string) =>
  (await gateway.admin('GET', `/incidents/${id}`)).body.events.map(({ type }: { type: string }) => type)
const primaryIs = async () => (await gateway.admin('GET', '/engines')).body.engines[0].state

describe('a slow engine', () => {
  it('is warned of, then replaced by the backup, and serves again when it is fast; one incident tells it all', async () => {
    await start({ withBackup: true })
    primary.script = slow(90)
    await expect.poll(() => breached('response-time-warning'), patient).toBe(1)
    expect(await breached('response-time-critical')).toBe(0)
    expect(await primaryIs()).toBe('active')
    await expect.poll(incidents).toMatchObject([
      {
        severity: 'P1',
        safety: 'none',
        source: 'signals',
        cause: 'response-time',
        scope: 'engine:primary',
        timeScale: 60,
      },
    ])

    primary.script = slow(750)
    await expect.poll(() => breached('response-time-critical'), patient).toBe(1)
    await expect.poll(() => gateway.metric('haltgate_engine_active{engine="backup"}'), patient).toBe(1)
    expect(gateway.log()).toMatch(/"threshold":"response-time-critical".*threshold breached/)
    expect(gateway.log()).toMatch(/"state":"backup".*route changed/)
    expect(
      await gateway.metric('haltgate_breaches_total{threshold="response-time-critical",engine="primary"}'),
    ).toBe(1)
    const { body } = await gateway.admin('GET', '/state')
    expect(body.breaches.map(({ threshold }: { threshold: string }) => threshold)).toContain(
      'response-time-critical',
    )

    primary.script = calm
    await expect.poll(primaryIs, patient).toBe('active')
    await expect.poll(() => breached('response-time-warning'), patient).toBe(0)
    expect(await breached('response-time-critical')).toBe(0)
    const [incident, ...others] = await incidents()
    expect(others).toEqual([])
    await expect.poll(() => eventsOf(incident.id)).toEqual(expect.arrayContaining(['opened', 'breach-ended']))
  })
})

describe('an engine that fails now and then', () => {
  it('is replaced by the backup, with one incident, though its circuit never opens', async () => {
    await start({ withBackup: true })
    primary.script = failing(5)
    await expect.poll(() => breached('error-rate-critical'), patient).toBe(1)
    await expect.poll(() => gateway.log(), patient).toMatch(/error-rate-critical breached.*route changed/)
    await expect
      .poll(incidents)
      .toMatchObject([{ cause: 'error-rate', severity: 'P1', type: 'availability' }])
    const { body } = await gateway.admin('GET', '/breakers')
    expect(body.breakers[0]).toEqual({ engine: 'primary', state: 'closed' })
  })
})

describe('an engine that fails with nothing behind it', () => {
  it('opens its circuit and a P0 incident, people get the safe reply, and it serves again when it can', async () => {
    await start({ withBackup: false, breaker: { volumeThreshold: 5, resetTimeoutMs: 200 } })
    primary.script = answers('{}', 500)
    await expect
      .poll(() => gateway.metric('haltgate_safe_replies_total{why="unavailable"}'), patient)
      .toBeGreaterThan(0)
    const answer = await sendRaw(gateway.trafficUrl, chatRequest(hello, { 'x-user-region': 'GB' }))
    expect(answer.headers['x-haltgate']).toBe('unavailable')
    expect(answer.body).toContain('116 123')
    const outage = async () =>
      (await incidents()).filter(
        ({ dedupeKey }: { dedupeKey: string }) => dedupeKey === 'breaker:nothing-left',
      )
    await expect.poll(outage, patient).toMatchObject([
      {
        severity: 'P0',
        type: 'availability',
        source: 'breaker',
        cause: 'breaker-open',
        scope: 'engine:primary',
      },
    ])
    // The circuit opens again and again meanwhile: still one incident.
    await wait(700)
    expect(await outage()).toHaveLength(1)
    expect((await outage())[0].signalCount).toBeGreaterThan(1)

    primary.script = calm
    const served = async () =>
      (await sendRaw(gateway.trafficUrl, chatRequest(hello))).headers['x-haltgate-engine']
    await expect.poll(served, patient).toBe('primary')
    expect((await gateway.admin('GET', '/breakers')).body.breakers[0].state).toBe('closed')
  })
})
