import { fromBase64, toBase64 } from '../base64.ts'

/** Signs webhooks; one signature for each secret, so that a receiver can change from one to the next. */
export type WebhookSigner = (id: string, timestampSeconds: number, body: string) => Promise<string>

/**
 * The value of `webhook-signature`: `v1,<base64>` of HMAC-SHA256 over `id.timestamp.body`, separated by spaces.
 * Throws for a secret that is not `whsec_` and base64.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function createWebhookSigner(secrets: readonly string[]): Promise<WebhookSigner> {
  const keys = await Promise.all(secrets.map(importSecret))
  return async (id, timestampSeconds, body) => {
    const signed = new TextEncoder().encode(`${id}.${timestampSeconds}.${body}`)
    const macs = await Promise.all(keys.map((key) => crypto.subtle.sign('HMAC', key, signed)))
    return macs.map((mac) => `v1,${toBase64(new Uint8Array(mac))}`).join(' ')
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = secret.startsWith('whsec_') ? fromBase64(secret.slice('whsec_'.length)) : undefined
  if (bytes === undefined || bytes.length === 0)
    throw new Error(
      'a webhook secret is not whsec_ and base64: make one with whsec_$(openssl rand -base64 32)',
    )
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}
