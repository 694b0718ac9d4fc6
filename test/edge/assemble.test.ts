import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { assembleEdge } from '../../src/edge/assemble-edge.ts'
import { durableObjectHalts, type HaltRpc } from '../../src/stores/durable-object.ts'
import { ask, pieces, seen, waitFor } from './edge-client.ts'

/** A gateway of its own over a Durable Object of its own, which the test can make unreachable. */
async function assemble(config: object = { policy: { haltLeaseMs: 500 } }, variables: object = {}) {
  const name = crypto.randomUUID()
  const reach = { object: true }
  const connect = (): HaltRpc => {
    if (!reach.object) throw new Error('the Durable Object cannot be reached')
    return env.HALTS.getByName(name)
  }
  const halts = durableObjectHalts(connect)
  const primary = { url: env.ENGINE_URL }
  const text = JSON.stringify({ engines: { primary }, telemetry: { logLevel: 'error' }, ...config })
  const gateway = await assembleEdge({
    env: { HALTGATE_CONFIG: text, ...variables },
    halts,
    keepAlive: () => {},
  })
  return {
    fetch: gateway.fetch,
    halts,
    reach,
    initialise: () => halts.initialise({ id: 'genesis-1', atMs: Date.now() }),
  }
}

describe('the halt store', () => {
  it('that was never set up keeps AI replies off until it is', async () => {
    const { fetch, initialise } = await assemble()
    const { id, response } = ask('json', fetch)
    const answer = await response
    expect(answer.headers.get('x-haltgate')).toBe('suspended; why=unknown-store')
    expect(await answer.text()).toContain('content_filter')
    expect(await seen(id)).toBeNull()
    await initialise()
    const served = await waitFor('AI replies are on', async () => {
      const next = await ask('json', fetch).response
      return next.headers.get('x-haltgate') === null ? next : undefined
    })
    expect(await served.text()).toContain('Tell me more.')
  })

  it('that cannot be reached turns AI replies off within the lease, and they come back with it', async () => {
    const { fetch, initialise, reach } = await assemble()
    await initialise()
    expect((await ask('json', fetch).response).headers.get('x-haltgate')).toBeNull()
    reach.object = false
    const lostMs = Date.now()
    await waitFor('suspended', async () => {
      const answer = await ask('json', fetch).response
      return answer.headers.get('x-haltgate') === 'suspended; why=lease' ? true : undefined
    })
    expect(Date.now() - lostMs).toBeLessThan(900)
    reach.object = true
    await waitFor('AI replies are on', async () => {
      const answer = await ask('json', fetch).response
      return answer.headers.get('x-haltgate') === null ? true : undefined
    })
  })

  it('that is lost in mid-stream ends the stream safely within the lease', async () => {
    const { fetch, initialise, reach } = await assemble()
    await initialise()
    const { id, response } = ask('silent', fetch)
    const stream = pieces(await response)
    await stream.next()
    reach.object = false
    const lostMs = Date.now()
    let rest = ''
    for await (const piece of stream) rest += piece.text
    expect(rest).toContain('content_filter')
    expect(Date.now() - lostMs).toBeLessThan(1_000)
    await waitFor('the engine call is aborted', async () => ((await seen(id))?.aborted ? true : undefined))
  })
})

describe('the control', () => {
  it.each([undefined, '', 'not a hash'])('lets nobody in while the admin key is %j', async (hash) => {
    const { fetch } = await assemble({}, { HALTGATE_ADMIN_KEY_SHA256: hash })
    const answer = await fetch(
      new Request('http://edge.test/__haltgate/admin/v1/init', {
        method: 'POST',
        headers: { authorization: 'Bearer undefined' },
      }),
    )
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      error: { code: 'unavailable', message: /HALTGATE_ADMIN_KEY_SHA256/ },
    })
  })

  it('takes a halt while the store cannot be reached, enforces it, and says that it is not durable', async () => {
    const { fetch, reach, initialise } = await assemble(
      { policy: { haltLeaseMs: 60_000 } },
      { HALTGATE_ADMIN_KEY_SHA256: env.HALTGATE_ADMIN_KEY_SHA256 },
    )
    await initialise()
    expect((await ask('json', fetch).response).headers.get('x-haltgate')).toBeNull()
    reach.object = false
    const answer = await fetch(
      new Request('http://edge.test/__haltgate/admin/v1/halts', {
        method: 'POST',
        headers: { authorization: `Bearer ${env.ADMIN_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ reason: 'answers harmfully' }),
      }),
    )
    expect(answer.status).toBe(202)
    expect(await answer.json()).toMatchObject({ acknowledged: false, missing: /shared store/ })
    expect((await ask('json', fetch).response).headers.get('x-haltgate')).toMatch(/^halted; /)
  })
})

describe('the configuration', () => {
  it('may be a table of wrangler.toml as well as text', async () => {
    const table = { engines: { primary: { url: env.ENGINE_URL } } }
    const { fetch, initialise } = await assemble({}, { HALTGATE_CONFIG: table })
    await initialise()
    expect(await (await ask('json', fetch).response).text()).toContain('Tell me more.')
  })

  it('is refused with what is wrong, and without the values', async () => {
    await expect(assemble({ trafic: {} })).rejects.toThrow(/HALTGATE_CONFIG.*trafic/s)
    await expect(assemble({ engines: {} })).rejects.toThrow('engines.primary: expected an engine')
    const engines = { primary: { url: env.ENGINE_URL, credential: { value: 'Bearer ${NOT_SET}' } } }
    await expect(assemble({ engines })).rejects.toThrow('wrangler secret put NOT_SET')
    await expect(assemble({}, { HALTGATE_CONFIG: '{"secret": "hush"' })).rejects.toThrow(
      /^(?!.*hush).*not JSON/,
    )
  })
})
