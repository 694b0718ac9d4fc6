import { z } from 'zod'
import { CliError, exit } from './io.ts'
import type { Located } from './locate.ts'

/** An answer of the admin API: as it came, for `--json`, and read, for people. */
export interface Answer<T> {
  document: unknown
  data: T
}

/** The admin API of one gateway. */
export interface Gateway {
  readonly url: string
  /** `path` follows `/admin/v1`. Rejects with `CliError`. */
  get<T>(path: string, shape: z.ZodType<T>): Promise<Answer<T>>
  post<T>(path: string, body: object, shape: z.ZodType<T>): Promise<Answer<T>>
}

const timeoutMs = 15_000

export function createGateway(located: Located, fetchImpl: typeof fetch): Gateway {
  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    shape: z.ZodType<T>,
  ): Promise<Answer<T>> {
    const { status, text } = await send(located, fetchImpl, method, `/admin/v1${path}`, body)
    const document = parseJson(text)
    if (status < 200 || status > 299) throw refusal(located, status, document)
    const read = shape.safeParse(document)
    if (!read.success) {
      const said = method === 'POST' ? 'did what was asked and answered' : 'answered'
      throw new CliError(
        exit.failed,
        `the gateway at ${located.url} ${said} something that this haltgate does not understand: ` +
          z.prettifyError(read.error),
        { next: 'Use the command line of the same version as the gateway.', document, inDoubt: true },
      )
    }
    return { document, data: read.data }
  }
  return {
    url: located.url,
    get: (path, shape) => call('GET', path, undefined, shape),
    post: (path, body, shape) => call('POST', path, body, shape),
  }
}

async function send(
  located: Located,
  fetchImpl: typeof fetch,
  method: string,
  path: string,
  body: object | undefined,
) {
  try {
    const response = await fetchImpl(located.url + path, {
      method,
      headers: {
        authorization: `Bearer ${located.key}`,
        accept: 'application/json',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      // A key is not carried to wherever an answer points.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    throw unreachable(located, error)
  }
}

function unreachable({ url, urlFrom, pid }: Located, error: unknown): CliError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new CliError(
      exit.unreachable,
      `the gateway at ${url} did not answer within ${timeoutMs / 1_000} s`,
      {
        next: 'Look at its log, or speak to another gateway with HALTGATE_URL and HALTGATE_KEY.',
        inDoubt: true,
      },
    )
  }
  const code = causeCode(error)
  const gone = pid !== undefined && !isRunning(pid) ? ` Process ${pid}, which wrote ${urlFrom}, is gone.` : ''
  return new CliError(
    exit.unreachable,
    `no gateway answers at ${url} (${code ?? 'connection failed'}; the address is from ${urlFrom}).${gone}`,
    {
      next: 'Start it with "haltgate start", name its data directory with --data-dir, or set HALTGATE_URL and HALTGATE_KEY.',
      inDoubt: code === undefined || !neverSent.has(code),
    },
  )
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function causeCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process: it runs, we may not signal it.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const ErrorDocument = z.looseObject({
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    requestId: z.string().optional(),
    missing: z.union([z.string(), z.array(z.string())]).optional(),
  }),
})

function refusal({ url, keyFrom }: Located, status: number, document: unknown): CliError {
  const read = ErrorDocument.safeParse(document)
  if (!read.success || status < 400) {
    return new CliError(
      exit.unreachable,
      `what answers at ${url} is not a haltgate control listener (HTTP ${status})`,
      {
        next: 'Check the address: the control port is 8081 by default, the traffic port 8080 is another one.',
      },
    )
  }
  const { message, missing, requestId } = read.data.error
  const lacking = missing === undefined ? '' : ` Missing: ${[missing].flat().join(', ')}.`
  const reference = requestId === undefined ? '' : ` (request ${requestId})`
  const next = whatNext(status, keyFrom)
  return new CliError(
    status === 400 ? exit.usage : exit.failed,
    `${message.replace(/\.$/, '')}.${lacking}${reference}`,
    {
      document,
      inDoubt: status >= 500,
      ...(next === undefined ? {} : { next }),
    },
  )
}

function whatNext(status: number, keyFrom: string): string | undefined {
  switch (status) {
    case 401:
      return `The key from ${keyFrom} is unknown here or was revoked. Set HALTGATE_KEY to a valid one.`
    case 403:
      return 'Use a key that has the role (HALTGATE_KEY). An admin makes one: haltgate keys create --person NAME --role ROLE'
    case 404:
      return 'Check the id or name; of an id a unique beginning is enough.'
    case 429:
      return 'Wait a minute and try again.'
    default:
      return status >= 500 ? 'Look at the gateway’s log and at "haltgate status".' : undefined
  }
}
