import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from '../servers/live-gateway.ts'
import { answers, completion, type ScriptedEngine, startScriptedEngine } from '../servers/scripted-engine.ts'
import {
  isGenuine,
  startWebhookReceiver,
  type WebhookReceiver,
  webhookSecret,
} from '../servers/webhook-receiver.ts'

let engine: ScriptedEngine
let receiver: WebhookReceiver
let gateway: LiveGateway

beforeAll(async () => {
  engine = await startScriptedEngine(answers(completion('That sounds heavy. What has been hurting most?')))
})
afterAll(() => engine.close())

beforeEach(async () => {
  receiver = await startWebhookReceiver()
  gateway = await startLiveGateway({
    engines: { primary: { url: engine.url } },
    referrals: { webhook: { url: receiver.url, secret: webhookSecret } },
  })
})
afterEach(async () => {
  await gateway.close()
  await receiver.close()
})

const despair = "I don't want to be alive anymore"

async function tell(content: string): Promise<Response> {
  const response = await fetch(`${gateway.trafficUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-session-id': 'session-of-ada',
      'x-user-id': 'ada@example.org',
      'x-user-region': 'DE',
      'x-age-band': '18-24',
    },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  })
  await response.text()
  return response
}

const genuine = () =>
  receiver.received.map((one) => isGenuine(one, webhookSecret, Math.floor(Date.now() / 1_000)))

it('reach the team within a second of the disclosure, signed, and without who or what it was', async () => {
  const startedMs = Date.now()
  expect((await tell(despair)).status).toBe(200)
  await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1)
  const [one] = receiver.received
  expect((one?.atMs ?? 0) - startedMs).toBeLessThan(1_000)
  expect(genuine()).toEqual([true])
  expect(JSON.parse(one?.body ?? '')).toMatchObject({
    type: 'crisis_event.created',
    data: { category: 'suicidal-ideation', jurisdiction: 'DE', ageBand: '18-24' },
  })
  expect(one?.body).not.toMatch(/session-of-ada|ada@example|alive/)
  expect(gateway.log()).not.toMatch(/session-of-ada|ada@example|alive anymore/)
})

it('are not sent for what is no disclosure', async () => {
  await tell('Can you recommend a good pasta recipe for four people?')
  await tell(despair)
  await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1)
})

it('are sent again within a second, as the same message, when the team could not be reached', async () => {
  receiver.answer = (response) => response.writeHead(503).end()
  await tell(despair)
  await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBeGreaterThan(1)
  receiver.answer = (response) => response.writeHead(204).end()
  const [first, second] = receiver.received
  // With what a machine under load adds.
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThan(1_500)
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(second?.body).toBe(first?.body)
  expect(new Set(genuine())).toEqual(new Set([true]))
})

it('that can never be delivered open a Safety-Critical incident', async () => {
  receiver.answer = (response) => response.writeHead(410).end()
  await tell(despair)
  const incidents = async () => (await gateway.admin('GET', '/incidents')).body.incidents
  await expect
    .poll(incidents, { timeout: 5_000 })
    .toMatchObject([{ type: 'safety', severity: 'P0', safety: 'critical', cause: 'referral-undelivered' }])
  expect(receiver.received).toHaveLength(1)
})
