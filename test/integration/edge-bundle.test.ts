import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { startEngine, type TestEngine } from '../edge/node/engine.ts'
import { buildWorker, type EdgeWorker, startWorker } from '../servers/edge-worker.ts'

/** The Worker as it is uploaded, in the real runtime: each request has a context of its own, as at the edge. */
let engine: TestEngine
let edge: EdgeWorker
const dir = mkdtempSync(join(tmpdir(), 'haltgate-edge-'))
const adminKey = 'hg_edge-test-key'

beforeAll(async () => {
  buildWorker(dir)
  engine = await startEngine()
  await start()
  expect(await admin('POST', '/init')).toMatchObject({ status: 200 })
  await served()
})

afterAll(async () => {
  await edge?.stop()
  await engine?.close()
  rmSync(dir, { recursive: true, force: true })
})

afterEach(async () => {
  const { body } = await admin('GET', '/halts?state=engaged')
  for (const { id } of z.object({ halts: z.array(z.object({ id: z.string() })) }).parse(body).halts)
    await admin('POST', `/halts/${id}/clear`, { reason: 'the test is over', breakGlass: true })
})

async function start() {
  const breaker = { volumeThreshold: 2, resetTimeoutMs: 300 }
  edge = await startWorker(join(dir, 'state'), {
    HALTGATE_CONFIG: JSON.stringify({ engines: { primary: { url: engine.url, breaker } } }),
    HALTGATE_ADMIN_KEY_SHA256: createHash('sha256').update(adminKey).digest('hex'),
  })
}

/** Waits until AI replies are on. */
const served = () =>
  vi.waitFor(async () => expect((await ask('json').response).headers.get('x-haltgate')).toBeNull(), 4_000)

function ask(scenario: string): { id: string; response: Promise<Response> } {
  const id = crypto.randomUUID()
  const response = fetch(new URL('/v1/chat/completions', edge.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-call-id': id,
      'x-scenario': scenario,
      'accept-language': 'en',
    },
    body: bodyFor(scenario),
  })
  return { id, response }
}

function bodyFor(scenario: string): string {
  const stream = scenario !== 'json' && scenario !== 'fail'
  return JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'hello' }] })
}

async function admin(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(`/__haltgate/admin/v1${path}`, edge.url), {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const engineAborted = (id: string) => vi.waitFor(() => expect(engine.seen(id)?.aborted).toBe(true), 4_000)

describe('the Worker as it is uploaded', () => {
  it('carries no client of Node', () => {
    const { inputs } = z
      .object({ inputs: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync(join(dir, 'bundle-meta.json'), 'utf8')))
    const files = Object.keys(inputs)
    expect(files).toContain('src/traffic.ts')
    const packages = new Set(files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]))
    for (const client of ['ioredis', 'undici', 'pg', 'kysely', 'pino', 'opossum', '@hono/node-server'])
      expect(packages).not.toContain(client)
    expect(readFileSync(join(dir, 'worker.js'), 'utf8')).not.toContain('node:sqlite')
  })

  it('cuts the streams of several clients when a halt is engaged, a silent one too, and aborts their engine calls', async () => {
    const calls = [ask('endless'), ask('silent'), ask('endless')]
    const readers = await Promise.all(calls.map(async ({ response }) => (await response).body?.getReader()))
    const utf8 = new TextDecoder()
    for (const reader of readers) expect(utf8.decode((await reader?.read())?.value)).toContain('"one"')
    const engagedMs = performance.now()
    expect(await admin('POST', '/halts', { reason: 'answers harmfully' })).toMatchObject({ status: 201 })
    for (const reader of readers) {
      let rest = ''
      for (;;) {
        const piece = await reader?.read()
        if (piece === undefined || piece.done) break
        rest += utf8.decode(piece.value)
      }
      expect(rest).toContain('disregard')
      expect(rest.endsWith('data: [DONE]\n\n')).toBe(true)
    }
    expect(performance.now() - engagedMs).toBeLessThan(1_000)
    for (const { id } of calls) await engineAborted(id)
  })

  it('ends the engine call when a client leaves, and goes on serving the others', async () => {
    const { id, response } = ask('endless')
    await response
    const left = crypto.randomUUID()
    const client = httpRequest(new URL('/v1/chat/completions', edge.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-call-id': left, 'x-scenario': 'endless' },
    })
    client.on('error', () => {})
    client.end(bodyFor('endless'))
    await vi.waitFor(() => expect(engine.seen(left)?.events).toBeGreaterThan(1), 4_000)
    client.destroy()
    await engineAborted(left)
    const before = engine.seen(id)?.events ?? 0
    expect((await ask('json').response).headers.get('x-haltgate')).toBeNull()
    await vi.waitFor(() => expect(engine.seen(id)?.events).toBeGreaterThan(before), 4_000)
    await (await response).body?.cancel()
    await engineAborted(id)
  })

  it('opens the circuit of a failing engine and tries it again, each in another request', async () => {
    await vi.waitFor(
      async () => expect((await ask('fail').response).headers.get('x-haltgate')).toBe('unavailable'),
      {
        timeout: 4_000,
        interval: 1,
      },
    )
    await served()
  })

  it('takes a halt from the command line', async () => {
    const halting = spawnSync(
      process.execPath,
      ['bin/haltgate.mjs', 'halt', '--reason', 'answers harmfully'],
      {
        encoding: 'utf8',
        env: { ...process.env, HALTGATE_URL: `${edge.url}/__haltgate`, HALTGATE_KEY: adminKey },
      },
    )
    expect(halting).toMatchObject({ status: 0, stdout: expect.stringContaining('HALTED') })
    expect((await ask('json').response).headers.get('x-haltgate')).toMatch(/^halted; /)
  })

  it('is still halted after it has been stopped and started', async () => {
    await admin('POST', '/halts', { reason: 'answers harmfully' })
    await edge.stop()
    await start()
    const { id, response } = ask('json')
    expect((await response).headers.get('x-haltgate')).toMatch(/^halted; /)
    expect(engine.seen(id)).toBeUndefined()
  })
})
