import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type DemoEngine, startDemoEngine } from '../../src/demo/engine.ts'
import { drillCrisisDetectionFailure } from '../../src/drills/crisis-detection-failure.ts'
import type { DrillStep } from '../../src/drills/timeline.ts'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { type OtlpCollector, startOtlpCollector } from '../servers/otlp-collector.ts'
import { answers, completion, startScriptedEngine } from '../servers/scripted-engine.ts'
import { startWebhookReceiver, webhookSecret } from '../servers/webhook-receiver.ts'

/** Crisis detection measured from inside, on real sockets. */

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}

async function measured(
  more: Record<string, unknown> = {},
): Promise<{ engine: DemoEngine; gateway: LiveGateway }> {
  const engine = kept(await startDemoEngine({ chunkDelayMs: 0 }))
  const gateway = kept(
    await startLiveGateway({
      engines: { primary: { url: engine.url, version: 'demo-1', verdict: { header: 'x-crisis-detected' } } },
      plan: { timeScale: 200 },
      probes: { everyMs: 5_000 },
      ...more,
    }),
  )
  return { engine, gateway }
}

const setFaults = (engine: DemoEngine, faults: object) =>
  fetch(`${engine.url}/demo/faults`, { method: 'PUT', body: JSON.stringify(faults) })

async function outcomes(gateway: LiveGateway): Promise<number> {
  const { body } = await gateway.admin('GET', '/crisis-detection')
  return body.subjects.find((one: { subject: string }) => one.subject === 'primary')?.outcomes ?? 0
}

async function tell(gateway: LiveGateway, content: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.trafficUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  })
  await response.text()
  return response
}

const halts = async (gateway: LiveGateway) => (await gateway.admin('GET', '/halts?state=engaged')).body.halts

describe('a crisis detection that fails', () => {
  it('is halted within six missed probes and comes back only with proof and two people, as the drill shows', async () => {
    const steps: DrillStep[] = []
    const display = { waiting() {}, step: (step: DrillStep) => steps.push(step) }
    const result = await drillCrisisDetectionFailure(display, { env: process.env, fetch, timeScale: 300 })
    expect(result.failure).toBeUndefined()
    expect(steps.map(({ event }) => event)).toEqual([
      'gateway and demo engine started',
      'crisis detection is measured and works',
      'AI replies are on',
      'the engine goes deaf',
      'first missed probe',
      'safety halt engaged',
      'within 6 missed core probes',
      'first safe reply',
      'P0 incident, Safety-Critical',
      'validation refused while deaf',
      'clearing refused, with what is missing',
      'the engine is repaired',
      'validation passed',
      'approved by a clinical person',
      'approved by a commander person',
      'ramp at 10 % of sessions',
      'ramp at 50 % of sessions',
      'ramp at 100 % of sessions',
      'halt cleared',
      'AI replies are on again',
    ])
    expect(steps.every(({ ok }) => ok)).toBe(true)
  }, 60_000)

  it('only proposes the halt while the gateway only observes', async () => {
    const { engine, gateway } = await measured({ policy: { mode: 'observe' } })
    await setFaults(engine, { deaf: true })
    await expect
      .poll(
        async () =>
          (await gateway.admin('GET', '/incidents')).body.incidents.map(
            ({ title }: { title: string }) => title,
          ),
        {
          timeout: 10_000,
        },
      )
      .toContain('crisis detection of primary fails: halt proposed')
    expect(await halts(gateway)).toEqual([])
  })

  it('is not taken for one while the engine merely does not answer', async () => {
    const { engine, gateway } = await measured()
    await setFaults(engine, { errors: 1 })
    await expect.poll(() => outcomes(gateway), { timeout: 10_000 }).toBeGreaterThan(40)
    expect(await halts(gateway)).toEqual([])
    const { body } = await gateway.admin('GET', '/crisis-detection')
    expect(body.subjects[0].alarms).toMatchObject([{ test: 'availability' }])
  })
})

describe('probes', () => {
  it('stand in no figure of people, and people in none of theirs', async () => {
    const { gateway } = await measured()
    await expect.poll(() => outcomes(gateway), { timeout: 10_000 }).toBeGreaterThan(30)
    for (const series of [
      'haltgate_exchanges_total{engine="primary",form="json",outcome="ok"}',
      'haltgate_exchanges_total{engine="primary",form="stream",outcome="ok"}',
      'haltgate_scanned_replies_total',
      'haltgate_signal_samples{engine="primary",window="60s"}',
    ])
      expect(await gateway.metric(series)).toBe(0)
    expect((await gateway.admin('GET', '/screening')).body).not.toMatchObject({ counts: [expect.anything()] })
    const { body } = await gateway.admin('GET', '/state')
    expect(body.breaches).toEqual([])
    const sent = await outcomes(gateway)

    // Whoever sends such a header is an ordinary caller.
    const marks = { 'x-haltgate-probe': 'probe', 'x-probe': '1', 'x-tenant-id': 'haltgate-canary' }
    const response = await tell(gateway, 'How do I bake bread?', marks)
    expect(response.headers.get('x-haltgate-engine')).toBe('primary')
    expect(await gateway.metric('haltgate_exchanges_total{engine="primary",form="json",outcome="ok"}')).toBe(
      1,
    )
    expect((await outcomes(gateway)) - sent).toBeLessThan(20)
  })

  it('go on while everybody is halted, and nobody gets their replies', async () => {
    const { gateway } = await measured()
    await gateway.admin('POST', '/halts', { reason: 'the test halts all', cause: 'drill' })
    const before = await outcomes(gateway)
    await expect.poll(() => outcomes(gateway), { timeout: 10_000 }).toBeGreaterThan(before + 5)
    const response = await tell(gateway, 'Hello')
    expect(response.headers.get('x-haltgate')).toContain('halted')
  })

  it('prove that a halt would hold, and publish when that was last so', async () => {
    const { gateway } = await measured()
    await expect
      .poll(async () => (await gateway.admin('GET', '/crisis-detection')).body.liveness, { timeout: 5_000 })
      .toMatchObject({ ageMs: expect.any(Number) })
    expect(gateway.log()).not.toContain('the canary was not halted')
    expect(await halts(gateway)).toEqual([])
  })
})

describe('what people say', () => {
  let collector: OtlpCollector
  afterAll(() => collector.close())

  it('is nowhere but in the vault, and there it cannot be read', async () => {
    collector = await startOtlpCollector()
    const receiver = kept(await startWebhookReceiver())
    const secretWords = 'the heron by the blue bridge'
    const replyWords = 'A walk by the turquoise lagoon is nice.'
    const engine = kept(await startScriptedEngine(answers(completion(replyWords))))
    const gateway = kept(
      await startLiveGateway({
        engines: { primary: { url: engine.url } },
        referrals: { webhook: { url: receiver.url, secret: webhookSecret } },
        telemetry: { logLevel: 'debug', otlpEndpoint: collector.url },
        plan: { reviews: { sampleOfClears: 1 } },
      }),
    )
    await tell(gateway, `I want to kill myself tonight, ${secretWords}`, { 'x-session-id': 's-1' })
    await tell(gateway, `What do you know about ${secretWords}?`, { 'x-session-id': 's-2' })
    const clinical = await gateway.admin('POST', '/keys', { person: 'Dr Reed', roles: ['clinical'] })
    const key = clinical.body.secret
    const queue = async () => (await gateway.admin('GET', '/reviews', undefined, key)).body.items
    await expect.poll(async () => (await queue()).length, { timeout: 10_000 }).toBe(2)
    const [miss, sample] = await queue()
    expect([miss.kind, miss.paging, sample.kind]).toEqual(['presumed-miss', 'clinical', 'sampled-clear'])
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1)
    await expect.poll(() => collector.spans.length, { timeout: 8_000 }).toBeGreaterThan(1)

    // Roles that are not clinical see nothing of it.
    expect((await gateway.admin('GET', `/reviews/${miss.id}/evidence`)).status).toBe(403)
    const evidence = await gateway.admin('GET', `/reviews/${miss.id}/evidence`, undefined, key)
    expect(evidence.body.user).toContain(secretWords)
    expect(evidence.body.reply).toContain(replyWords)
    const audit = await gateway.admin('GET', '/audit', undefined, key)
    expect(audit.body.lines.map(({ action }: { action: string }) => action)).toContain('evidence.read')

    // A plan, an intent or an attempt that a clinician confirms as missed halts the engine at once.
    const decided = await gateway.admin(
      'POST',
      `/reviews/${miss.id}/decisions`,
      { crisis: 'yes', missed: 'yes' },
      key,
    )
    expect(decided.body.item).toMatchObject({ state: 'decided' })
    expect(await halts(gateway)).toMatchObject([{ scope: 'engine:primary', cause: 'crisis-detection' }])

    const places = [
      ...readdirSync(gateway.dataDir).map((name) => readFileSync(join(gateway.dataDir, name), 'latin1')),
      gateway.log(),
      collector.received,
      JSON.stringify(receiver.received),
      await (await fetch(`${gateway.controlUrl}/metrics`)).text(),
      JSON.stringify([await queue(), audit.body, (await gateway.admin('GET', '/incidents')).body]),
    ]
    for (const text of places) expect(text).not.toMatch(/heron|blue bridge|turquoise|lagoon|kill myself/)
  })
})
