import type { IncomingMessage, ServerResponse } from 'node:http'

const maxBodyBytes = 4 * 1024 * 1024

/** A request that the demo engine does not serve. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads a JSON body of at most 4 MiB. Throws `Refusal` 400 or 413. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request) {
    if (!(piece instanceof Uint8Array)) throw new Refusal(400, 'the body is not bytes')
    size += piece.byteLength
    if (size > maxBodyBytes) throw new Refusal(413, `the body is longer than ${maxBodyBytes} bytes`)
    pieces.push(piece)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)))
  } catch {
    throw new Refusal(400, 'the body is not JSON')
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.byteLength })
    .end(bytes)
}

/** The OpenAI error shape; a client that has left, or a reply already begun, is just closed. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const status = error instanceof Refusal ? error.status : 500
  const message = error instanceof Refusal ? error.message : 'internal error'
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  sendJson(response, status, { error: { message, type, param: null, code: null } })
}
