import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../src/cli/run.ts'

export interface Asked {
  method: string
  /** Path and query after `/admin/v1`. */
  path: string
  authorization: string | undefined
  body: unknown
}

/** Plays the admin API: answers what the test says and remembers what was asked. */
export async function startFakeGateway() {
  const answers = new Map<string, { status: number; body: string; headers: Record<string, string> }>()
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const path = (request.url ?? '').replace('/admin/v1', '')
      asked.push({ method: request.method ?? '', path, authorization: request.headers.authorization, body })
      const answer = answers.get(`${request.method} ${path}`)
      if (!answer) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>nothing here</h1>')
      else response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const url = `http://127.0.0.1:${address.port}`
  const dataDir = await mkdtemp(join(tmpdir(), 'haltgate-cli-'))
  await writeFile(join(dataDir, 'control.json'), JSON.stringify({ url, pid: process.pid }))
  await writeFile(join(dataDir, 'admin.key'), 'hg_local-secret\n', { mode: 0o600 })
  return {
    url,
    dataDir,
    asked,
    answer(route: string, status: number, body: unknown, headers: Record<string, string> = {}) {
      const sent = { 'content-type': 'application/json', ...headers }
      answers.set(route, { status, body: JSON.stringify(body), headers: sent })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dataDir, { recursive: true })
    },
  }
}

async function read(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  const text = Buffer.concat(pieces).toString()
  return text === '' ? undefined : JSON.parse(text)
}

/** Runs one command with captured output, in Berlin, without a terminal unless told otherwise. */
export async function haltgate(
  argv: readonly string[],
  more: {
    env?: NodeJS.ProcessEnv
    isTTY?: boolean
    fetch?: typeof fetch
    untilStopped?: () => Promise<void>
  } = {},
) {
  let stdout = ''
  let stderr = ''
  const exitCode = await run(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    isTTY: false,
    fetch: globalThis.fetch,
    timeZone: 'Europe/Berlin',
    ...more,
  })
  return { exitCode, stdout, stderr }
}

/** 2026-11-20 13:03:12 UTC, 14:03:12 in Berlin. */
export const engagedAtMs = Date.UTC(2026, 10, 20, 13, 3, 12)

export const halt = {
  id: '01halt0000000001',
  scope: 'all',
  cause: 'operator',
  reason: 'replies encourage self-harm',
  engagedBy: 'anna',
  engagedAtMs,
  state: 'engaged',
  acknowledged: true,
}

export const healthy = { suspended: false, leaseAgeMs: 0, unacknowledged: 0, storeErrors: 0 }

export const state = {
  version: '0.1.0',
  startedAtMs: engagedAtMs - 7_200_000,
  nowMs: engagedAtMs + 720_000,
  timeScale: 1,
  replies: 'on',
  halts: [],
  health: healthy,
  engines: [
    {
      name: 'primary',
      url: 'https://engine.internal',
      version: '2026-11-18',
      breaker: 'closed',
      state: 'active',
      signals: {
        windowMs: 300_000,
        samples: 250,
        errorRate: 0.004,
        firstByte: { samples: 250, p50Ms: 210.4, p95Ms: 820, p99Ms: 900 },
      },
    },
  ],
  breaches: [],
  incidents: { open: 0 },
  warnings: [],
}
