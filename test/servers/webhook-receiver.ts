import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface ReceivedWebhook {
  headers: IncomingMessage['headers']
  body: string
  atMs: number
}

/** Receives webhooks on a free loopback port, as the team's own service would. */
export interface WebhookReceiver {
  readonly url: string
  readonly received: ReceivedWebhook[]
  /** How it answers from now on; 204 at first. */
  answer: (response: ServerResponse) => void
  close(): Promise<void>
}

export const webhookSecret = `whsec_${Buffer.from('a secret of thirty-two bytes ....').toString('base64')}`

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(pieces).toString(), atMs: Date.now() })
      receiver.answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${address.port}/referrals`,
    received,
    answer: (response) => response.writeHead(204).end(),
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/**
 * Verifies as a receiver does, by the Standard Webhooks specification and with another library than the sender: its
 * signature, and that it is not older or newer than five minutes.
 */
export function isGenuine(
  { headers, body }: Pick<ReceivedWebhook, 'headers' | 'body'>,
  secret: string,
  nowSeconds: number,
): boolean {
  const id = String(headers['webhook-id'])
  const timestamp = String(headers['webhook-timestamp'])
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - nowSeconds) > 300) return false
  const expected = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, mac = ''] = signature.split(',')
      const bytes = Buffer.from(mac, 'base64')
      return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected)
    })
}
