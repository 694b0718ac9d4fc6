import type { Clock } from '../clock.ts'
import type { Channel, SendResult } from './channel.ts'
import { createWebhookSigner, type WebhookSigner } from './webhook-signature.ts'

export interface WebhookTarget {
  url: string
  /** `whsec_…`; several while a receiver changes over. */
  secrets: readonly string[]
  timeoutMs: number
}

/** Receivers may refuse more. */
const maxBodyBytes = 20_000

/**
 * Delivers by a signed POST after the Standard Webhooks specification: `webhook-id` is the same for every attempt, and
 * a receiver that has seen it answers 2xx and does nothing. A 2xx is the receiver's word that it has the message. 410,
 * and any other 4xx but 408 and 429, mean never; everything else is tried again, a redirect too, which is not followed:
 * where it points has not been configured.
 */
export function createWebhookChannel(parts: {
  target(name: string): WebhookTarget | undefined
  clock: Clock
  fetch?: typeof fetch
}): Channel {
  const signers = new Map<string, Promise<WebhookSigner>>()

  function signerOf({ secrets }: WebhookTarget): Promise<WebhookSigner> {
    const key = secrets.join(' ')
    const signer = signers.get(key) ?? createWebhookSigner(secrets)
    signers.set(key, signer)
    return signer
  }

  return {
    async send({ id, target, payload }, signal): Promise<SendResult> {
      const webhook = parts.target(target)
      if (webhook === undefined) return { kind: 'retry', why: `no webhook ${target} is configured` }
      if (new TextEncoder().encode(payload).byteLength >= maxBodyBytes)
        return { kind: 'refused', why: `the message has ${maxBodyBytes} bytes or more` }
      const timestampSeconds = Math.floor(parts.clock.wallMs() / 1_000)
      const sign = await signerOf(webhook)
      const timeout = AbortSignal.timeout(webhook.timeoutMs)
      const response = await (parts.fetch ?? fetch)(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'haltgate',
          'webhook-id': id,
          'webhook-timestamp': String(timestampSeconds),
          'webhook-signature': await sign(id, timestampSeconds, payload),
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
      }).catch((error: unknown) => reasonOf(error, timeout.aborted, webhook.timeoutMs))
      if (typeof response === 'string') return { kind: 'retry', why: response }
      // Nothing in the answer matters but its status; left unread it would hold the connection.
      await response.body?.cancel().catch(() => {})
      return resultOf(response)
    },
  }
}

function resultOf({ status, headers }: Response): SendResult {
  const why = `HTTP ${status}`
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'refused', why }
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0
    ? { kind: 'retry', why, afterMs: seconds * 1_000 }
    : { kind: 'retry', why }
}

/** A code such as ECONNREFUSED; never the address, which may hold a credential. */
function reasonOf(error: unknown, timedOut: boolean, timeoutMs: number): string {
  if (timedOut) return `no answer within ${timeoutMs} ms`
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return error instanceof Error ? error.name : 'unknown error'
}
