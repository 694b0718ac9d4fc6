import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Channel } from '../../src/alerts/channel.ts'
import { createWebhookChannel } from '../../src/alerts/webhook.ts'
import { createWebhookSigner } from '../../src/alerts/webhook-signature.ts'
import { handClock } from '../referrals/recorder-parts.ts'
import {
  isGenuine,
  webhookSecret as secret,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../servers/webhook-receiver.ts'

const another = `whsec_${Buffer.from('another one of thirty-two bytes .').toString('base64')}`

let receiver: WebhookReceiver

beforeEach(async () => {
  receiver = await startWebhookReceiver()
})
afterEach(() => receiver.close())

const message = {
  id: 'msg_1',
  target: 'referral',
  payload: '{"type":"crisis_event.created","n":"ü"}',
  attempt: 1,
}

const channel = (secrets: readonly string[] = [secret], timeoutMs = 2_000): Channel =>
  createWebhookChannel({ target: () => ({ url: receiver.url, secrets, timeoutMs }), clock: handClock() })

const send = (one: Channel = channel(), payload = message.payload) =>
  one.send({ ...message, payload }, new AbortController().signal)

const nowSeconds = () => Math.floor(handClock().nowMs / 1_000)

describe('a webhook', () => {
  it('is signed so that its receiver can tell who sent it and that it is whole', async () => {
    expect(await send()).toEqual({ kind: 'delivered' })
    const [one] = receiver.received
    if (one === undefined) throw new Error('nothing was received')
    expect(one.body).toBe(message.payload)
    expect(one.headers['content-type']).toBe('application/json')
    expect(one.headers['webhook-id']).toBe('msg_1')
    expect(isGenuine(one, secret, nowSeconds())).toBe(true)
    expect(isGenuine({ ...one, body: one.body.replace('ü', 'u') }, secret, nowSeconds())).toBe(false)
    expect(isGenuine(one, another, nowSeconds())).toBe(false)
    expect(isGenuine(one, secret, nowSeconds() + 301)).toBe(false)
  })

  it('is signed with both secrets while its receiver changes over', async () => {
    await send(channel([another, secret]))
    const [one] = receiver.received
    if (one === undefined) throw new Error('nothing was received')
    expect([secret, another].map((key) => isGenuine(one, key, nowSeconds()))).toEqual([true, true])
  })

  it('carries the test vector of the specification', async () => {
    // The same numbers as in the reference libraries' tests.
    const sign = await createWebhookSigner(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])
    expect(await sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  it.each([
    [200, { kind: 'delivered' }],
    [202, { kind: 'delivered' }],
    [400, { kind: 'refused', why: 'HTTP 400' }],
    [401, { kind: 'refused', why: 'HTTP 401' }],
    [404, { kind: 'refused', why: 'HTTP 404' }],
    [410, { kind: 'refused', why: 'HTTP 410' }],
    [408, { kind: 'retry', why: 'HTTP 408' }],
    [429, { kind: 'retry', why: 'HTTP 429' }],
    [500, { kind: 'retry', why: 'HTTP 500' }],
    [503, { kind: 'retry', why: 'HTTP 503' }],
  ])('answered with %d is %o', async (status, result) => {
    receiver.answer = (response) => response.writeHead(status).end('the body does not matter')
    expect(await send()).toEqual(result)
  })

  it('waits as long as the receiver asks', async () => {
    receiver.answer = (response) => response.writeHead(429, { 'retry-after': '7' }).end()
    expect(await send()).toEqual({ kind: 'retry', why: 'HTTP 429', afterMs: 7_000 })
  })

  it('follows no redirect', async () => {
    receiver.answer = (response) =>
      response.writeHead(307, { location: receiver.url.replace('referrals', 'elsewhere') }).end()
    expect(await send()).toEqual({ kind: 'retry', why: 'HTTP 307' })
    expect(receiver.received).toHaveLength(1)
  })

  it('gives up on a receiver that says nothing', async () => {
    receiver.answer = () => {}
    expect(await send(channel([secret], 60))).toEqual({ kind: 'retry', why: 'no answer within 60 ms' })
  })

  it('is tried again when nobody listens, and the reason names no address', async () => {
    await receiver.close()
    expect(await send()).toEqual({ kind: 'retry', why: 'ECONNREFUSED' })
  })

  it('of 20,000 bytes or more is never sent', async () => {
    expect(await send(channel(), 'x'.repeat(19_999))).toEqual({ kind: 'delivered' })
    expect(await send(channel(), 'ü'.repeat(10_000))).toMatchObject({ kind: 'refused' })
    expect(receiver.received).toHaveLength(1)
  })

  it('waits for its settings when they are gone', async () => {
    const gone = createWebhookChannel({ target: () => undefined, clock: handClock() })
    expect(await send(gone)).toEqual({ kind: 'retry', why: 'no webhook referral is configured' })
  })
})
