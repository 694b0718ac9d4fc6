import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask, clearAllHalts, control, halt, pieces, seen, waitFor, worker } from './edge-client.ts'

const readiness = async () =>
  (await worker(new Request('http://edge.test/readyz'))).json<{ replies: string }>()

beforeAll(async () => {
  expect((await control('POST', '/init')).status).toBe(200)
  await waitFor('AI replies are on', async () => ((await readiness()).replies === 'on' ? true : undefined))
})
afterEach(clearAllHalts)

const text = async (response: Promise<Response>) => (await response).text()

describe('an exchange', () => {
  it('goes to the engine with its own credential and comes back whole', async () => {
    const { id, response } = ask('json')
    const answer = await response
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-haltgate-engine')).toBe('primary')
    expect(await answer.text()).toContain('Tell me more.')
    expect(await seen(id)).toMatchObject({ authorization: `Bearer ${env.ENGINE_KEY}`, aborted: false })
  })

  it('streams event by event, as the engine sends them', async () => {
    const got = []
    for await (const piece of pieces(await ask('stream').response)) got.push(piece)
    expect(got.map((piece) => piece.text).join('')).toMatch(/one.*word-2.*word-3.*\[DONE\]\n\n$/s)
    const [first, , last] = got
    expect((last?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(100)
  })

  it('ends the engine call when the client leaves', async () => {
    const { id, response } = ask('endless')
    const reader = (await response).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await waitFor('the engine call is aborted', async () => ((await seen(id))?.aborted ? true : undefined))
  })

  it('gets the error of a failing engine in its dialect', async () => {
    const answer = await ask('fail').response
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'engine_error' } })
  })
})

describe('a halt', () => {
  it('answers with the safe reply and never asks the engine', async () => {
    const haltId = await halt()
    const { id, response } = ask('json')
    const answer = await response
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-haltgate')).toBe(`halted; id=${haltId}; cause=operator`)
    expect(await answer.text()).toContain('content_filter')
    expect(await seen(id)).toBeNull()
  })

  it('cuts streams of several clients that are under way, and aborts their engine calls', async () => {
    const calls = [ask('endless'), ask('silent'), ask('endless')]
    const streams = await Promise.all(calls.map(async ({ response }) => pieces(await response)))
    for (const stream of streams) expect((await stream.next()).value?.text).toContain('one')
    const engagedMs = Date.now()
    await halt()
    for (const stream of streams) {
      let rest = ''
      for await (const piece of stream) rest += piece.text
      expect(rest).toContain('disregard')
      expect(rest).toContain('"finish_reason":"content_filter"')
      expect(rest.endsWith('data: [DONE]\n\n')).toBe(true)
    }
    expect(Date.now() - engagedMs).toBeLessThan(1_500)
    for (const { id } of calls)
      await waitFor('the engine call is aborted', async () => ((await seen(id))?.aborted ? true : undefined))
  })

  it.each(['endless', 'silent'])(
    'taken elsewhere cuts a stream that is %s, within 250 ms and a little',
    async (scenario) => {
      const { id, response } = ask(scenario)
      const stream = pieces(await response)
      await stream.next()
      const entry = { id: `halt-${crypto.randomUUID()}`, kind: 'engaged', scope: 'all', cause: 'operator' }
      const engaged = { ...entry, atMs: Date.now(), by: 'ada', reason: 'from another isolate' }
      await env.HALTS.getByName('halts').append([{ id: entry.id, entry: JSON.stringify(engaged) }])
      const engagedMs = Date.now()
      let rest = ''
      for await (const piece of stream) rest += piece.text
      expect(rest).toContain('content_filter')
      expect(Date.now() - engagedMs).toBeLessThan(1_000)
      await waitFor('the engine call is aborted', async () => ((await seen(id))?.aborted ? true : undefined))
    },
  )

  it('ends with its clearance', async () => {
    const id = await halt('all', 'drill')
    expect((await control('POST', `/halts/${id}/clear`, { reason: 'the engine is repaired' })).status).toBe(
      200,
    )
    expect(await text(ask('json').response)).toContain('Tell me more.')
  })

  it('closes paths that no dialect reads', async () => {
    await halt()
    expect(
      (await worker(new Request('http://edge.test/v1/embeddings', { method: 'POST', body: '{}' }))).status,
    ).toBe(503)
  })
})

describe('the control', () => {
  it('lets nobody in without the key', async () => {
    for (const key of ['wrong', `${env.ADMIN_KEY}x`, env.HALTGATE_ADMIN_KEY_SHA256]) {
      const refused = await control('POST', '/halts', { reason: 'no business here' }, key)
      expect(refused.status).toBe(401)
    }
    const { halts } = await (await control('GET', '/halts?state=engaged')).json<{ halts: unknown[] }>()
    expect(halts).toEqual([])
  })

  it('says when a halt is durable, and lists it', async () => {
    const engaged = await control('POST', '/halts', { scope: 'tenant:acme', reason: 'answers harmfully' })
    expect(engaged.status).toBe(201)
    expect(await engaged.json()).toMatchObject({
      acknowledged: true,
      halt: { scope: 'tenant:acme', engagedBy: 'edge-admin' },
    })
    const { halts } = await (await control('GET', '/halts?state=engaged')).json<{ halts: object[] }>()
    expect(halts).toMatchObject([{ scope: 'tenant:acme', acknowledged: true }])
  })

  it('refuses a wrong request with what was expected', async () => {
    const refused = await control('POST', '/halts', { scope: 'everything', reason: 'answers harmfully' })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: 'invalid_request', message: /scope/ } })
  })

  it('keeps the first genesis', async () => {
    const first = await (await control('POST', '/init')).json()
    expect(await (await control('POST', '/init')).json()).toEqual(first)
  })

  it('tells whether replies are on', async () => {
    expect(await readiness()).toEqual({ ready: true, replies: 'on', haltStore: 'confirmed' })
    await halt()
    expect(await readiness()).toMatchObject({ ready: true, replies: 'halted' })
    expect((await worker(new Request('http://edge.test/healthz'))).status).toBe(200)
  })
})
